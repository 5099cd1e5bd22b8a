"""Groups are convicted on three axes, and worlds without campaigns convict nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from campaign_builders import judged, population_of
from random_worlds import CAMPAIGN, random_population

from revenuer.campaigns.judge import judge, judge_each_alone, select
from revenuer.campaigns.weighing import distinct, weigh_detectors
from revenuer.records import Axis
from revenuer.settings import JudgeSettings

SETTINGS = JudgeSettings()
QUIET = 230
"""Accounts of a world that is judged often: a few more than a baseline needs."""


def _passing(seed: int, shown: tuple[Axis, ...], n: int = QUIET) -> list[set[int]]:
    judgement = judge(random_population(seed, n=n, shown=shown), SETTINGS, seed=1)
    return [set(group.members.tolist()) for group in judgement.groups if group.passes]


def test_worlds_without_campaigns_convict_nobody() -> None:
    convicting = [seed for seed in range(50) if _passing(seed, ())]
    assert convicting == []


@pytest.mark.parametrize("missing", list(Axis))
def test_two_axes_of_three_convict_nobody(missing: Axis) -> None:
    shown = tuple(axis for axis in Axis if axis is not missing)
    convicting = [seed for seed in range(100, 110) if _passing(seed, shown)]
    assert convicting == []


def test_a_planted_campaign_is_convicted_and_nobody_else() -> None:
    for seed in range(6):
        found = _passing(seed, tuple(Axis), n=320)
        assert set(CAMPAIGN) in found
        assert all(members <= set(CAMPAIGN.tolist()) for members in found)


def test_the_same_accounts_as_one_open_organization_are_no_group() -> None:
    owners = np.concatenate([np.zeros(CAMPAIGN.size, np.int64), np.arange(1, 321 - CAMPAIGN.size)])
    population = random_population(0, shown=tuple(Axis), owners=owners)
    judgement = judge(population, SETTINGS, seed=1)
    assert population.n_owners == 321 - CAMPAIGN.size
    assert not any(0 in group.members and group.passes for group in judgement.groups)
    (alone,) = judge_each_alone(population, judgement, np.array([0]), SETTINGS)
    assert alone.axes[Axis.EXTRACTION] > 0.5
    assert alone.axes[Axis.COORDINATION] == 0
    assert alone.log_e_value <= 0
    assert not alone.passes


def test_the_convicted_are_not_part_of_the_baseline() -> None:
    judgement = judge(random_population(0, shown=tuple(Axis)), SETTINGS, seed=1)
    assert not judgement.baseline[CAMPAIGN].any()
    assert judgement.baseline.mean() > 0.9


def test_groups_that_extract_nothing_stay_in_the_baseline() -> None:
    shown = (Axis.COORDINATION, Axis.CONCEALMENT)
    judgement = judge(random_population(0, shown=shown), SETTINGS, seed=1)
    assert judgement.baseline[CAMPAIGN].all()


def test_a_small_baseline_abstains_and_says_why() -> None:
    judgement = judge(random_population(0, n=130, shown=tuple(Axis)), SETTINGS, seed=1)
    assert max(group.log_e_value for group in judgement.groups) > 5
    assert not any(group.passes for group in judgement.groups)
    assert "200 are needed" in judgement.abstains[0]


def test_a_groups_evidence_is_that_of_its_weakest_axis() -> None:
    judgement = judge(random_population(1, shown=tuple(Axis)), SETTINGS, seed=1)
    assert judgement.groups
    for group in judgement.groups:
        assert group.log_e_value == min(group.axes.values())


def test_the_same_seed_gives_the_same_judgement() -> None:
    population = random_population(2, shown=tuple(Axis))
    one, other = (judge(population, SETTINGS, seed=5) for _ in range(2))
    assert [(g.members.tolist(), g.parts) for g in one.groups] == [
        (g.members.tolist(), g.parts) for g in other.groups
    ]


def test_a_log_without_links_has_no_groups() -> None:
    judgement = judge(population_of(5, {}), SETTINGS, seed=1)
    assert judgement.groups == []
    assert judgement.baseline.all()


def test_one_set_of_owners_is_one_hypothesis() -> None:
    """By hand: two sets, one of them formed four times; 41 * 1 / 2 passes the bar of 20."""
    strong = [judged([0, 1, 2], coordination=np.log(41.0)) for _ in range(4)]
    weak = judged([3, 4], coordination=0.0)
    assert select([*strong, weak], 0.05).tolist() == [True] * 4 + [False]
    # Four sets of five: 41 * 4 / 5 is over the bar; one of five, 41 * 1 / 5, is not.
    apart = [judged([n, n + 10, n + 20], coordination=np.log(41.0)) for n in range(4)]
    assert select([*apart, weak], 0.05).tolist() == [True] * 4 + [False]
    assert not select([apart[0], *[judged([n, n + 1], coordination=0.0) for n in range(30, 34)]],
                      0.05).any()  # fmt: skip


def test_a_set_that_is_strong_at_one_resolution_alone_is_weak_on_average() -> None:
    copies = [judged([0, 1, 2], coordination=nats) for nats in (np.log(41.0), 0.0, 0.0, 0.0)]
    assert not select(copies, 0.05).any()
    assert select(copies[:1], 0.05).all()


def test_what_one_client_does_for_all_is_one_observation() -> None:
    rng = np.random.default_rng(8)
    values = np.full(40, 3.2) + rng.uniform(0, 0.1, 40)
    assert distinct(values, np.zeros(40, np.int64), 1).tolist() == [1]
    mixed = np.array([0.0, 5.0, 1.0, np.nan, 2.0, 0.1, 5.1])
    assert distinct(mixed, np.array([0, 2, 0, 1, 0, 0, 2]), 3).tolist() == [3, 1, 1]
    counted = nats_of_a_shared_sign("stripped-metadata", "other")
    assert counted["other"] > 4 * counted["stripped-metadata"] > 0


def test_how_all_members_signed_up_is_one_observation() -> None:
    counted = nats_of_a_shared_sign("throwaway-identity", "other")
    assert counted["other"] > 4 * counted["throwaway-identity"] > 0


def nats_of_a_shared_sign(*names: str) -> dict[str, float]:
    """What each detector says of a group whose members all have its strongest sign."""
    population, rng = random_population(3, n=600), np.random.default_rng(8)
    counted = {}
    for name in names:
        lifted = rng.normal(size=600)
        lifted[CAMPAIGN] = 9.0
        statistics = {Axis.CONCEALMENT: {name: lifted, "more": rng.normal(size=600)}}
        told = judge(replace(population, statistics=statistics), SETTINGS, seed=1)
        shown = told.evidence[Axis.CONCEALMENT]
        nats = shown.leaving_out(CAMPAIGN)
        one, end = np.zeros(CAMPAIGN.size, np.int64), np.array([CAMPAIGN.size])
        (parts,) = weigh_detectors(shown, CAMPAIGN, one, nats, end, SETTINGS)
        counted[name] = parts[name]
    return counted
