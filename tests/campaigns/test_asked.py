"""A private match is worth what it is among all who were asked for, and one thing is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from campaign_builders import account_name, owners_of
from random_worlds import CAMPAIGN, random_population
from test_peers import SETTINGS, N, of_campaign

from revenuer.campaigns.asked import Asked, surprise
from revenuer.campaigns.judge import judge
from revenuer.campaigns.peer_statements import peers_said
from revenuer.campaigns.peers import kind_of, rare_only, sightings_of, source_of
from revenuer.campaigns.population import Population
from revenuer.features.expressions import SEPARATOR
from revenuer.records import Axis

CARDS = frozenset({"payment-fingerprint"})
Held = Mapping[str, Iterable[int]]
"""Owners that have a thing."""


def rows_of(
    held: Held, has: Iterable[str], *, kind: str = "payment-fingerprint", source: str = "peer"
) -> pl.DataFrame:
    """What was asked of a peer that has some of the things."""
    theirs = frozenset(has)
    rows = [
        (account_name(owner), kind, source, thing, "cluster" if thing in theirs else None)
        for thing, owners in held.items()
        for owner in owners
    ]
    names = ["account_id", "kind", "source", "unit", "cluster"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def asked_of(held: Held, has: Iterable[str], n: int = N) -> Asked:
    return Asked.of(rows_of(held, has), owners_of(n))


def own_cards(n: int = N) -> dict[str, list[int]]:
    return {f"card {owner}": [owner] for owner in range(n)}


def hearing(population: Population, rows: pl.DataFrame) -> Population:
    """The population with what was asked for and met, as a scan reads it."""
    owners = population.accounts.select("account_id", "owner")
    met = rows.drop_nulls("cluster")
    token = pl.concat_str(["kind", "cluster", "source"], separator=SEPARATOR)
    sightings = sightings_of(met.select("account_id", token=token).unique(), owners)
    return replace(population, sightings=sightings, asked=Asked.of(rows, owners))


def nats(asked: Asked, members: Iterable[int], kinds: frozenset[str] = CARDS) -> float:
    group = np.full(asked.n_owners, -1)
    group[list(members)] = 0
    return float(asked.log_e_values(group, 1, kinds)[0])


@pytest.mark.parametrize(("met", "own", "asked"), [(2, 3, 9), (5, 6, 20), (9, 4, 30), (8, 12, 15)])
def test_the_bet_is_fair_under_innocence(met: int, own: int, asked: int) -> None:
    """Over all draws of the other things, each as likely as any other, it gains nothing."""
    rng = np.random.default_rng(1)
    draws = np.array([rng.permutation(asked - 1)[: met - 1] for _ in range(60_000)])
    inside = 1 + (draws < own - 1).sum(axis=1)
    counts = (np.full(inside.size, one) for one in (met, own, asked))
    gains = np.exp(surprise(inside, *counts))
    assert gains.min() >= 0.5
    assert gains.mean() < 1 + 4 * gains.std() / np.sqrt(inside.size)


def test_several_things_of_ones_own_that_a_peer_has_are_evidence() -> None:
    asked = asked_of(own_cards(), [f"card {owner}" for owner in range(4)])
    assert nats(asked, range(7)) > 5


def test_one_thing_that_many_share_is_none() -> None:
    """An office behind one address, a pool with one card: our own links tell of it."""
    held = own_cards() | {"of the office": range(20)}
    assert nats(asked_of(held, ["of the office"]), range(20)) <= 0


def test_a_list_with_half_of_the_world_in_it_is_none() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(30):
        has = [f"card {owner}" for owner in range(N) if owner < 7 or rng.random() < 0.5]
        found.append(nats(asked_of(own_cards(), has), range(7)))
    # All seven and half of the others: as surprising as seven heads.
    assert max(found) < np.log(2.0**6)


def test_a_match_without_controls_is_none() -> None:
    held = {f"card {owner}": [owner] for owner in range(7)}
    assert nats(asked_of(held, [f"card {owner}" for owner in range(4)]), range(7)) <= 0


def test_whoever_has_more_things_is_met_more_often() -> None:
    """Members with many addresses are compared by things, and not by heads."""
    held = own_cards() | {
        f"{owner} and {number}": [owner] for owner in range(7) for number in range(40)
    }
    has = [f"{owner} and 0" for owner in range(3)] + ["card 100", "card 101", "card 102"]
    light = asked_of(own_cards(), [f"card {owner}" for owner in (0, 1, 2, 100, 101, 102)])
    assert nats(asked_of(held, has), range(7)) < 1 < nats(light, range(7))


def test_lists_that_know_nothing_of_us_are_an_e_value() -> None:
    """Ten groups, 2,000 lists drawn at random: on average each group gains nothing."""
    rng = np.random.default_rng(3)
    owners = np.arange(N)
    things = own_cards() | {
        f"shared {group}": np.flatnonzero(owners % 10 == group) for group in range(10)
    }
    names, group = np.array(sorted(things)), owners % 10
    total = np.zeros(10)
    for _ in range(400):
        has = rng.choice(names, int(rng.integers(2, 40)), replace=False)
        total += np.exp(asked_of(things, has).log_e_values(group, 10, CARDS))
    assert (total / 400).mean() <= 1.0


def test_a_flood_of_clusters_makes_its_own_word_lighter_and_hardly_anothers() -> None:
    honest = rows_of(own_cards(), [f"card {owner}" for owner in range(4)])
    flood = pl.concat(
        rows_of(own_cards(), [f"card {at}", f"card {at + 1}"], source="flood").with_columns(
            cluster=pl.when(pl.col("cluster").is_not_null()).then(pl.lit(f"c{at}"))
        )
        for at in range(100)
    )
    alone = nats(Asked.of(honest, owners_of(N)), range(7))
    beside = nats(Asked.of(pl.concat([honest, flood]), owners_of(N)), range(7))
    assert alone - 1 < beside < alone
    assert nats(Asked.of(flood, owners_of(N)), range(7)) < 1


def test_what_was_asked_is_dealt_out_anew_with_everything_else() -> None:
    asked = asked_of(own_cards() | {"shared": range(5)}, ["card 0", "card 1"])
    cohort = (np.arange(N) % 2).astype(np.int64)
    fixed = np.arange(N) < 3
    dealt = asked.dealt(cohort, fixed, np.random.default_rng(0))
    assert dealt.things["unit"].sort().equals(asked.things["unit"].sort())
    assert not dealt.things.sort("owner", "unit").equals(asked.things.sort("owner", "unit"))
    before, after = (
        one.things.group_by("owner").agg("unit").sort("owner") for one in (asked, dealt)
    )
    assert after.filter(pl.col("owner") < 3).equals(before.filter(pl.col("owner") < 3))
    for parity in (0, 1):
        mine = [one.filter(pl.col("owner") % 2 == parity)["unit"] for one in (before, after)]
        assert sorted(map(sorted, mine[0])) == sorted(map(sorted, mine[1]))


@pytest.mark.parametrize("kind", ["address", "payment-fingerprint"])
def test_a_campaign_gains_by_what_a_peer_has(kind: str) -> None:
    """Every kind counts, addresses too, where our own evidence suspects the group."""
    gains = []
    for seed in range(3):
        population = random_population(seed, n=N, shown=tuple(Axis))
        rows = rows_of(own_cards(), [f"card {owner}" for owner in CAMPAIGN], kind=kind)
        alone = of_campaign(judge(population, SETTINGS, seed=1))
        heard = of_campaign(judge(hearing(population, rows), SETTINGS, seed=1))
        # At one resolution at least; at a fine one its other links hold a part of it together.
        assert max(after.peers.log_e_value for after in heard) > 5
        for before, after in zip(alone, heard, strict=True):
            assert after.peers.counts
            gains.append(after.axes[Axis.COORDINATION] - before.axes[Axis.COORDINATION])
    # Where our own ties say more than the peer can, listening costs its share of the mean.
    assert min(gains) > -0.5
    assert max(gains) > 1


def test_an_office_and_a_campus_gain_nothing_by_an_address_that_a_peer_names() -> None:
    """Their address is in a peer's list, since a campaign hid there too: their groups stay."""
    gains = []
    for seed in range(4):
        population = random_population(seed, n=N)
        groups = judge(population, SETTINGS, seed=1).groups
        held: dict[str, list[int]] = {f"home {owner}": [owner] for owner in range(N)}
        for number, group in enumerate(groups):
            held[f"office {number}"] = group.members.tolist()
        rows = rows_of(held, [name for name in held if name.startswith("office")], kind="address")
        # Each office is one thing; the cluster names one of them.
        rows = rows.with_columns(
            cluster=pl.when(pl.col("cluster").is_not_null()).then(pl.col("unit"))
        )
        for group in judge(hearing(population, rows), SETTINGS, seed=1).groups:
            assert group.peers is not None
            gains.append(group.peers.log_e_value)
    assert len(gains) > 20
    assert max(gains) <= 0


def test_what_controls_have_too_is_no_sighting() -> None:
    held = own_cards()
    everybodys = [f"card {owner}" for owner in range(0, N, 3)]
    population = hearing(random_population(0, n=N, shown=tuple(Axis)), rows_of(held, everybodys))
    assert population.sightings is not None
    ordinary = np.arange(N) >= CAMPAIGN.size
    assert rare_only(population.sightings, ordinary).owner.size == 0
    few = [f"card {owner}" for owner in (*CAMPAIGN[:4], 200, 201)]
    population = hearing(population, rows_of(held, few))
    assert population.sightings is not None
    kept = rare_only(population.sightings, ordinary, population.asked)
    assert kept.owner.size == 6
    (name,) = kept.names
    assert (kind_of(name), source_of(name)) == ("payment-fingerprint", "peer")
    # Three of 100 that were asked for is no longer rare, though few of all accounts have it.
    some = rows_of({name: held[name] for name in list(held)[:112]}, [*few[:4], *list(held)[50:53]])
    population = hearing(population, some)
    assert population.sightings is not None
    assert rare_only(population.sightings, ordinary, population.asked).owner.size == 0


def test_a_sentence_says_of_how_many_that_were_asked_for() -> None:
    population = random_population(0, n=N, shown=tuple(Axis))
    rows = rows_of(own_cards(), [f"card {owner}" for owner in (*CAMPAIGN[:4], 200)])
    population = hearing(population, rows)
    judgement = judge(population, SETTINGS, seed=1)
    group = next(one for one in of_campaign(judgement) if one.peers.counts)
    others = N - group.members.size
    said = peers_said(population, group, judgement.baseline)
    assert f"(payment-fingerprint; 1 of {others} others that were asked for do)" in said
    assert "2 sightings" in said
