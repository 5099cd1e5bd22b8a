"""From groups to disjoint cases with verdicts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from campaign_builders import (
    CARD,
    CLIENT,
    TEMPLATE,
    account_name,
    judged,
    permits_of,
    population_of,
)
from numpy.typing import NDArray
from random_worlds import CAMPAIGN, random_population

from revenuer.campaigns.cases import (
    adds_bystanders,
    case_of_accounts,
    disjoint,
    is_fused,
    make_cases,
    verdict_of,
    without_innocents,
)
from revenuer.campaigns.explain import PERMIT
from revenuer.campaigns.judge import Judged, Judgement, judge
from revenuer.campaigns.population import Population
from revenuer.campaigns.relays import OPEN_RELAY
from revenuer.records import Axis, InnocentExplanation, Verdict
from revenuer.settings import JudgeSettings

SETTINGS = JudgeSettings()
LEFT, RIGHT, BOTH = range(10), range(10, 20), range(20)
HOLDS = InnocentExplanation("popular client", "", holds=True)
FAILS = InnocentExplanation("popular client", "", holds=False)


@pytest.fixture(scope="module")
def world() -> Population:
    return random_population(0, shown=tuple(Axis))


@pytest.fixture(scope="module")
def judgement(world: Population) -> Judgement:
    return judge(world, SETTINGS, seed=1)


def _parts() -> list[Judged]:
    return [judged(LEFT, resolution=2.0), judged(RIGHT, resolution=2.0)]


@pytest.mark.parametrize(
    ("explanations", "passes", "extraction", "verdict"),
    [
        ((FAILS,), True, 9.0, Verdict.CONVICTED),
        ((HOLDS,), True, 9.0, Verdict.CLEARED),
        ((FAILS,), False, 9.0, Verdict.SUSPECTED),
        ((FAILS,), False, 1.0, Verdict.UNDECIDED),
    ],
)
def test_verdicts(
    explanations: tuple[InnocentExplanation, ...],
    passes: bool,
    extraction: float,
    verdict: Verdict,
) -> None:
    group = judged(LEFT, passes=passes, extraction=extraction)
    assert verdict_of(group, explanations) is verdict


def test_one_open_owner_is_cleared_unless_it_speaks_for_many() -> None:
    alone = judged([3], passes=False)
    assert verdict_of(alone, (HOLDS,)) is Verdict.CLEARED
    relay = InnocentExplanation(OPEN_RELAY, "", holds=True)
    assert verdict_of(alone, (relay,)) is Verdict.UNDECIDED
    agreed = InnocentExplanation(PERMIT, "", holds=True)
    assert verdict_of(alone, (relay, agreed)) is Verdict.CLEARED


def test_a_planted_campaign_is_one_convicted_case(world: Population, judgement: Judgement) -> None:
    cases = make_cases(judgement, world, permits_of(), SETTINGS)
    convicted = [one for one in cases if one.verdict is Verdict.CONVICTED]
    assert [one.group.members.tolist() for one in convicted] == [CAMPAIGN.tolist()]
    members = np.concatenate([one.group.members for one in cases])
    assert np.unique(members).size == members.size


def test_a_permit_clears_it(world: Population, judgement: Judgement) -> None:
    permits = permits_of(*({"account_id": account_name(int(owner))} for owner in CAMPAIGN))
    cases = make_cases(judgement, world, permits, SETTINGS)
    assert Verdict.CONVICTED not in {one.verdict for one in cases}
    assert Verdict.CLEARED in {one.verdict for one in cases}


@pytest.mark.parametrize("listed", [1, 3, 12])
def test_a_known_innocent_is_never_convicted(
    world: Population, judgement: Judgement, listed: int
) -> None:
    innocents = frozenset(account_name(owner) for owner in range(listed))
    cases = make_cases(judgement, world, permits_of(), SETTINGS, innocents)
    convicted = [one.group.members for one in cases if one.verdict is Verdict.CONVICTED]
    assert not np.isin(np.arange(listed), np.concatenate([np.empty(0, int), *convicted])).any()
    # One in twelve may be a customer by chance; three in twelve mean that it is no campaign.
    assert len(convicted) == (1 if listed == 1 else 0)
    said = [one.name for case in cases for one in case.explanations]
    assert ("known innocents" in said) is (listed > 1)


def test_a_group_without_listed_owners_stays_as_it_is() -> None:
    group = judged(LEFT)
    assert without_innocents(group, np.zeros(20, dtype=bool)) is group


def test_a_group_of_two_that_share_nothing_is_fused() -> None:
    apart = population_of(40, {CARD: {"left": LEFT, "right": RIGHT}})
    coarse = judged(BOTH)
    assert is_fused(coarse, [coarse, *_parts()], apart)


def test_parts_that_one_card_spans_are_one() -> None:
    spanned = population_of(40, {CARD: {"l": LEFT, "r": RIGHT, "both": BOTH}})
    coarse = judged(BOTH)
    assert not is_fused(coarse, [coarse, *_parts()], spanned)


def test_parts_with_the_same_habits_are_one_and_with_others_are_not() -> None:
    coarse = judged(BOTH)
    same = {TEMPLATE: {f"t{k}": range(k, 20, 2) for k in range(2)}}
    other = {
        TEMPLATE: {f"l{k}": LEFT for k in range(4)} | {f"r{k}": RIGHT for k in range(4)},
        CLIENT: {"common": [0, 1, 2, 10, 11, 12]},
    }
    assert not is_fused(coarse, [coarse, *_parts()], population_of(40, same))
    assert is_fused(coarse, [coarse, *_parts()], population_of(40, other))


def test_what_strangers_hold_too_does_not_make_parts_one() -> None:
    common = population_of(80, {CARD: {"left": LEFT, "right": RIGHT, "all": range(80)}})
    coarse = judged(BOTH)
    assert is_fused(coarse, [coarse, *_parts()], common)


def test_fused_groups_give_way_to_their_parts() -> None:
    population = population_of(40, {CARD: {"left": LEFT, "right": RIGHT}})
    coarse = judged(BOTH)
    formed = [coarse, judged(LEFT, resolution=2.0), judged(RIGHT, resolution=2.0)]
    chosen = disjoint(formed, formed, population)
    assert [one.members.tolist() for one in chosen] == [list(LEFT), list(RIGHT)]


@pytest.mark.parametrize(("finer", "added"), [(CAMPAIGN, True), (CAMPAIGN[:6], False)])
def test_a_group_gives_way_only_where_what_it_adds_extracts_nothing(
    world: Population, judgement: Judgement, finer: NDArray[np.int64], added: bool
) -> None:
    strangers = [] if finer.size < CAMPAIGN.size else [40, 41, 42, 43]
    coarse = judged([*CAMPAIGN, *strangers])
    formed = [coarse, judged(finer, resolution=2.0)]
    formed += [judged(range(50, 60), resolution=2.0), judged(CAMPAIGN, passes=False)]
    said = adds_bystanders(coarse, replace(judgement, groups=formed), world, SETTINGS)
    assert said is added


def test_whole_groups_come_before_their_parts_and_passing_before_others() -> None:
    population = population_of(40, {CARD: {"all": BOTH}})
    coarse = judged(BOTH)
    formed = [judged(LEFT, resolution=2.0), coarse, judged(range(5, 25), passes=False)]
    chosen = disjoint(formed, formed, population)
    assert [one.members.tolist() for one in chosen] == [list(BOTH)]


def test_every_account_is_in_one_case_at_most(world: Population, judgement: Judgement) -> None:
    cases = make_cases(judgement, world, permits_of(), SETTINGS)
    numbers = case_of_accounts(cases, world)
    for number, case in enumerate(cases):
        assert np.flatnonzero(numbers == number).tolist() == case.group.members.tolist()
