"""What averts most comes first, and nothing waits for ever."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.casework.cases import State
from revenuer.casework.queue import (
    DOUBLES_DAYS,
    MOST_DOUBLINGS,
    Pace,
    Waiting,
    harm_of,
    pace_of,
    rank,
)
from revenuer.records import Verdict

CASES = st.builds(
    Waiting,
    case=st.uuids().map(str),
    state=st.sampled_from(State),
    verdict=st.sampled_from(Verdict),
    probability=st.floats(0, 1),
    pace=st.builds(Pace, st.floats(0, 1e12), st.floats(0.125, 8)),
    quiet_days=st.floats(0, 60),
    waiting_days=st.floats(0, 400),
    acted=st.floats(0, 1),
)
MANY = st.lists(CASES, max_size=12, unique_by=lambda one: one.case)


def case(name: str = "c", **more: object) -> Waiting:
    plain = Waiting(name, State.OPEN, Verdict.SUSPECTED, 0.5, Pace(1000.0, 1.0))
    return replace(plain, **more)


def order(*cases: Waiting) -> list[str]:
    return [place.case.case for place in rank(cases, per_day=9)]


@given(MANY, st.randoms(use_true_random=False), st.integers(1, 5), st.integers(0, 5))
def test_the_order_of_coming_changes_nothing(
    cases: list[Waiting], chance: random.Random, per_day: int, done: int
) -> None:
    first = rank(cases, per_day=per_day, done_today=done)
    chance.shuffle(cases)
    assert rank(cases, per_day=per_day, done_today=done) == first
    assert [one.place for one in first] == list(range(1, len(first) + 1))
    assert sum(one.today for one in first) == min(max(per_day - done, 0), len(first))


@given(CASES, st.floats(0.001, 400))
def test_waiting_never_moves_a_case_down(one: Waiting, days: float) -> None:
    later = replace(one, waiting_days=one.waiting_days + days)
    before, after = rank([one], per_day=1), rank([later], per_day=1)
    assert not before or after[0].doublings >= before[0].doublings


@given(CASES)
def test_more_probable_faster_or_growing_is_never_less_harm(one: Waiting) -> None:
    more = replace(one, probability=min(one.probability + 0.1, 1.0))
    assert harm_of(more) >= harm_of(one)
    faster = replace(one, pace=Pace(2 * one.pace.tokens_a_day, one.pace.growth))
    assert harm_of(faster) >= harm_of(one)
    covered = replace(one, acted=min(one.acted + 0.1, 1.0))
    assert harm_of(covered) <= harm_of(one)


@given(CASES, CASES)
def test_what_nobody_acted_on_comes_first_at_equal_waiting(one: Waiting, other: Waiting) -> None:
    fresh = replace(one, case="fresh", state=State.OPEN, verdict=Verdict.SUSPECTED, waiting_days=0)
    acted = replace(other, case="acted", state=State.ACTIONED, acted=0.5, waiting_days=0)
    assert order(acted, fresh) == ["fresh", "acted"]


@given(MANY)
def test_nobody_is_asked_about_what_is_over(cases: list[Waiting]) -> None:
    places = rank(cases, per_day=3)
    assert not {one.case.state for one in places} & {State.DISMISSED, State.CLOSED}
    assert not [one for one in places if one.case.state is State.ACTIONED and one.case.acted == 1]


def test_nothing_starves_however_much_comes() -> None:
    # The lightest case of all, acted on, against a new case of the heaviest kind every day.
    small = case("small", state=State.ACTIONED, acted=0.5, pace=Pace(0.0, 1.0), probability=0.0)
    waiting: dict[str, float] = {"small": 0.0}
    heavy = replace(case(), probability=1.0, pace=Pace(1e12, 8.0))
    for day in range(10_000):
        waiting[f"heavy-{day}"] = float(day)
        cases = [
            replace(small if name == "small" else heavy, case=name, waiting_days=day - since)
            for name, since in waiting.items()
        ]
        seen = rank(cases, per_day=1)[0].case.case
        del waiting[seen]
        if seen == "small":
            break
    # By hand: it stands 41 behind with no harm, and the heaviest have 40 doublings.
    assert day <= math.ceil((2 * MOST_DOUBLINGS + 1) * DOUBLES_DAYS) + 1


def test_harm_by_hand() -> None:
    # 0.5 probable, 1000 tokens a day, doubling, a quarter covered, quiet for a week.
    one = case(pace=Pace(1000.0, 2.0), acted=0.25, quiet_days=7.0)
    assert harm_of(one) == pytest.approx(0.5 * 1000 * 2 * 0.75 / 2)


def test_every_place_says_why() -> None:
    one = case(
        state=State.REOPENED, pace=Pace(1000.0, 2.0), quiet_days=3, waiting_days=4, acted=0.25
    )
    (place,) = rank([one], per_day=1)
    said = "; ".join(place.reasons)
    for words in ("suspected, 50 %", "1,000 output", "grows 2.0", "quiet for 3", "waits for 4"):
        assert words in said
    assert "came back" in said
    assert "covers 25 %" in said


def test_what_is_cleared_waits_for_nobody_unless_somebody_asked() -> None:
    assert order(case(verdict=Verdict.CLEARED)) == []
    assert order(case(verdict=Verdict.CLEARED, state=State.REOPENED)) == ["c"]


def test_a_campaign_that_stopped_has_no_pace() -> None:
    days = [(date(2026, 6, 1) + timedelta(days=n), 10) for n in range(5)]
    pace = pace_of(days, output_tokens=500, exchanges=50, until=date(2026, 6, 30))
    assert pace.tokens_a_day == 0.0


def test_a_campaign_of_two_days_is_measured_by_two_days() -> None:
    days = [(date(2026, 6, 9), 10), (date(2026, 6, 10), 30)]
    pace = pace_of(days, output_tokens=400, exchanges=40, until=date(2026, 6, 10))
    assert pace == Pace(200.0, 1.0)
