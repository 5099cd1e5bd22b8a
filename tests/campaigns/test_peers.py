"""A peer's word forms no group, convicts nobody alone, and says nothing of what many have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from campaign_builders import ADDRESS, TEMPLATE, account_name, judged, permits_of, population_of
from random_worlds import CAMPAIGN, random_holders, random_population

from revenuer.campaigns.cases import make_cases
from revenuer.campaigns.judge import Judgement, judge
from revenuer.campaigns.peer_statements import peers_said, sighted_members
from revenuer.campaigns.peers import (
    PEER_SIGHTING,
    PeerWord,
    counts,
    rare_only,
    sightings_of,
    source_of,
)
from revenuer.campaigns.population import Population
from revenuer.campaigns.rewiring import rewire
from revenuer.campaigns.waterfall import axis_e_value, axis_waterfall
from revenuer.features.expressions import SEPARATOR
from revenuer.records import Axis
from revenuer.settings import JudgeSettings

SETTINGS = JudgeSettings()
N = 230
Said = Mapping[tuple[str, str, str], Iterable[int]]
"""Owners that have it, by kind, cluster and source."""


def hearing(population: Population, said: Said) -> Population:
    rows = [
        {"account_id": account_name(int(owner)), "token": SEPARATOR.join(thing)}
        for thing, owners in said.items()
        for owner in owners
    ]
    tokens = pl.DataFrame(rows, schema={"account_id": pl.String, "token": pl.String})
    owners = population.accounts.select("account_id", "owner")
    return replace(population, sightings=sightings_of(tokens, owners))


def everything(owners: Iterable[int], source: str = "peer", cluster: str = "cluster") -> Said:
    """The strongest word: one thing of each family that these owners have and nobody else."""
    kinds = ("address", "tls-fingerprint", "payment-fingerprint")
    return {(kind, cluster, source): list(owners) for kind in kinds}


def loosely_linked(seed: int) -> Population:
    """A campaign whose members share a wording and an exit in threes only."""
    rng = np.random.default_rng(seed)
    held = random_holders(rng, 320)
    for number in range(6):
        held[TEMPLATE][f"campaign shingle {number}"] = set(range(2 * number, 2 * number + 3))
        held[ADDRESS][f"campaign exit {number}"] = set(range(2 * number + 1, 2 * number + 4))
    held[ADDRESS]["campaign relay"] = set(range(5))
    shown = (Axis.EXTRACTION, Axis.CONCEALMENT)
    campaign = random_population(seed, shown=shown)
    return replace(campaign, incidences=population_of(320, held).incidences)


def of_campaign(judgement: Judgement) -> list:  # type: ignore[type-arg]
    return [one for one in judgement.groups if np.isin(one.members, CAMPAIGN).mean() > 0.5]


@pytest.mark.parametrize(
    ("coordination", "extraction", "concealment", "sources", "heard"),
    [
        (3.0, 3.0, 0.1, ("one",), True),
        (3.0, 3.0, 0.1, (), False),
        (2.9, 9.0, 9.0, ("one", "two", "three"), False),
        (9.0, 2.9, 9.0, ("one", "two", "three"), False),
        (9.0, 9.0, 0.0, ("one", "two", "three"), False),
    ],
)
def test_a_word_counts_beside_our_own_sighting_only(
    coordination: float,
    extraction: float,
    concealment: float,
    sources: tuple[str, ...],
    heard: bool,
) -> None:
    own = judged([0], coordination=coordination, extraction=extraction, concealment=concealment)
    assert counts(own.axes, sources) is heard


def test_a_peers_word_forms_no_group() -> None:
    quiet = population_of(N, {})
    judgement = judge(hearing(quiet, everything(range(12))), SETTINGS, seed=1)
    assert judgement.groups == []


def test_the_same_groups_form_whatever_peers_say() -> None:
    population = random_population(3, n=N, shown=tuple(Axis))
    without = judge(population, SETTINGS, seed=1)
    rng = np.random.default_rng(0)
    lies = everything(rng.integers(0, N, 60)) | everything(range(12, 40), "liar", "other")
    heard = judge(hearing(population, lies), SETTINGS, seed=1)
    assert [one.members.tolist() for one in heard.groups] == [
        one.members.tolist() for one in without.groups
    ]
    assert (heard.baseline == without.baseline).all()


def test_worlds_without_campaigns_convict_nobody_whatever_a_liar_says() -> None:
    """The liar even knows who shares what here, and names exactly them."""
    convicting = []
    for seed in range(10):
        population = random_population(seed, n=N)
        groups = judge(population, SETTINGS, seed=1).groups
        lies: dict[tuple[str, str, str], list[int]] = {}
        for number, group in enumerate(groups):
            for source in ("liar", "accomplice"):
                lies |= everything(group.members.tolist(), source, f"cluster {number}")  # type: ignore[arg-type]
        if any(one.passes for one in judge(hearing(population, lies), SETTINGS, seed=1).groups):
            convicting.append(seed)
    assert convicting == []


@pytest.mark.parametrize("missing", [Axis.EXTRACTION, Axis.CONCEALMENT])
def test_a_lie_cannot_replace_extraction_or_concealment(missing: Axis) -> None:
    shown = tuple(axis for axis in Axis if axis is not missing)
    for seed in range(100, 103):
        population = random_population(seed, n=N, shown=shown)
        heard = judge(hearing(population, everything(CAMPAIGN)), SETTINGS, seed=1)
        assert not any(one.passes for one in heard.groups)


def test_a_true_word_lifts_the_coordination_of_what_we_suspect() -> None:
    lifted = 0
    for seed in range(3):
        population = loosely_linked(seed)
        alone = of_campaign(judge(population, SETTINGS, seed=1))
        heard = of_campaign(judge(hearing(population, everything(CAMPAIGN)), SETTINGS, seed=1))
        for before, after in zip(alone, heard, strict=True):
            own = before.axes
            assert after.peers is not None
            assert after.peers.counts is counts(own, after.peers.sources)
            if after.peers.counts:
                assert after.axes[Axis.COORDINATION] > own[Axis.COORDINATION]
                lifted += 1
            else:
                assert after.axes[Axis.COORDINATION] <= own[Axis.COORDINATION]
            others = (Axis.EXTRACTION, Axis.CONCEALMENT)
            assert [after.axes[one] for one in others] == [own[one] for one in others]
    assert lifted


def test_one_peer_is_one_sighting_however_much_it_sends() -> None:
    population = random_population(0, n=N, shown=tuple(Axis))
    flood = {
        (kind, f"cluster {number}", "peer"): CAMPAIGN.tolist()
        for kind in ("address", "tls-fingerprint", "payment-fingerprint")
        for number in range(50)
    }
    few = of_campaign(judge(hearing(population, everything(CAMPAIGN)), SETTINGS, seed=1))
    many = of_campaign(judge(hearing(population, flood), SETTINGS, seed=1))
    assert {one.peers.sources for one in many} == {("peer",)}
    # Each cluster that was named is one more try, so a flood weighs no more.
    assert max(one.peers.log_e_value for one in many) <= max(one.peers.log_e_value for one in few)


def test_what_many_ordinary_owners_have_says_nothing() -> None:
    population = random_population(0, n=N, shown=tuple(Axis))
    popular = {("asn", "cluster", "peer"): range(150), ("user-agent", "cluster", "peer"): range(40)}
    for group in of_campaign(judge(hearing(population, popular), SETTINGS, seed=1)):
        assert group.peers.sources == ()
        assert not group.peers.counts


def test_a_word_that_does_not_count_costs_a_fixed_share_of_the_mean() -> None:
    population = random_population(0, n=N, shown=tuple(Axis))
    own = of_campaign(judge(population, SETTINGS, seed=1))[0]
    heard = of_campaign(judge(hearing(population, {}), SETTINGS, seed=1))[0]
    pieces = len(own.parts[Axis.COORDINATION])
    cost = own.axes[Axis.COORDINATION] - heard.axes[Axis.COORDINATION]
    assert cost == pytest.approx(np.log((pieces + 1) / pieces))
    assert heard.attention == pytest.approx(own.axes[Axis.COORDINATION])


def test_the_waterfall_of_a_heard_group_adds_up() -> None:
    population = random_population(0, n=N, shown=tuple(Axis))
    for group in of_campaign(judge(hearing(population, everything(CAMPAIGN)), SETTINGS, seed=1)):
        parts = group.parts[Axis.COORDINATION]
        shares = axis_waterfall(Axis.COORDINATION, parts)
        assert sum(shares.values()) == pytest.approx(axis_e_value(Axis.COORDINATION, parts))


def test_attention_follows_a_word_that_does_not_count() -> None:
    group = judged(range(5), coordination=1.0, passes=False)
    group = replace(group, peers=PeerWord(20.0, ("peer",)))
    group.parts[Axis.COORDINATION][PEER_SIGHTING] = group.peers.weighed
    assert group.attention > 15
    judgement = Judgement([group], np.ones(N, dtype=bool), (), {})
    population = hearing(population_of(N, {}), everything(range(5)))
    (case,) = make_cases(judgement, population, permits_of(), SETTINGS)
    assert case.verdict == "suspected"


def test_a_sentence_names_the_peer_and_says_whether_it_counts() -> None:
    word = PeerWord(9.0, ("Acme (identity--1)",), counts=True)
    group = replace(judged(range(6)), peers=word)
    said = everything(range(4), "Acme (identity--1)", "x--12345678-9")
    population = hearing(population_of(N, {}), {**said, ("asn", "c", "b"): range(4, 90)})
    ordinary = np.ones(N, dtype=bool)
    sentence = peers_said(population, group, ordinary)
    assert sentence == (
        "4 of 6 owners have what Acme (identity--1) names as its cluster 12345678 (address, "
        "payment-fingerprint, tls-fingerprint; 0 others do); with our own evidence these are 2 "
        "sightings."
    )
    assert sighted_members(population, group, ordinary).tolist() == [0, 1, 2, 3]
    unheard = replace(group, peers=replace(word, counts=False))
    assert "it does not count" in peers_said(population, unheard, ordinary)


def test_kinds_that_nobody_knows_are_left_out() -> None:
    population = hearing(population_of(N, {}), {("horoscope", "c", "peer"): range(5)})
    assert population.sightings is not None
    assert population.sightings.n_tokens == 0


def test_what_peers_say_is_dealt_out_anew_with_everything_else() -> None:
    """Calibration by rewiring covers a peer's list as any other link."""
    population = hearing(population_of(N, {}), everything(range(8)))
    sightings = population.sightings
    assert sightings is not None
    cohort, fixed = np.zeros(N, np.int64), np.zeros(N, bool)
    dealt = rewire(sightings, cohort, fixed, np.random.default_rng(0))
    assert np.bincount(dealt.owner, minlength=N).sum() == np.bincount(sightings.owner).sum()


def test_rarity_is_counted_among_ordinary_owners() -> None:
    population = hearing(population_of(N, {}), {("asn", "c", "peer"): range(40)})
    assert population.sightings is not None
    everybody = np.ones(N, dtype=bool)
    assert rare_only(population.sightings, everybody).owner.size == 0
    others = everybody.copy()
    others[:35] = False
    kept = rare_only(population.sightings, others)
    assert kept.owner.size == 40
    assert source_of(str(kept.names[0])) == "peer"
