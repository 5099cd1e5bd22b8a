"""Groups that are followed from look to look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from revenuer.campaigns.sequential import Followed, Look, follow_sets
from revenuer.stats.e_bh import e_bh

DAY = timedelta(days=1)
WEEK = 7 * DAY
START = datetime(2026, 6, 1, tzinfo=UTC)


def a_look(day: int, *, fdr: float = 0.05, every: timedelta = DAY) -> Look:
    return Look(START + (day + 1) * every, START + day * every, WEEK, fdr)


def accounts(*sets: str) -> pl.DataFrame:
    """Sets of accounts with names of one letter."""
    rows = [(number, name) for number, names in enumerate(sets) for name in names]
    return pl.DataFrame(rows, schema={"group": pl.Int64, "account_id": pl.String}, orient="row")


def run(days: list[tuple[tuple[str, ...], list[float]]], **how: float) -> list[list[bool]]:
    """What passes at each look."""
    state, passed = Followed(), []
    for day, (sets, nats) in enumerate(days):
        state, passes = follow_sets(
            state, accounts(*sets), len(sets), np.array(nats), a_look(day, **how)
        )
        passed.append(passes.tolist())
    return passed


def test_one_strong_look_is_enough() -> None:
    # By hand: one of two passes at e * weight >= n / fdr = 40; the weight of a day is 1/7.
    bar = np.log(40 * 7)
    assert run([(("abc", "xyz"), [bar + 0.01, 0.0])]) == [[True, False]]
    assert run([(("abc", "xyz"), [bar - 0.01, 0.0])]) == [[False, False]]


STAYS = np.log(40 * 7 / 3) + 0.01
"""Enough for a group of two that is there for three days."""


def test_what_stays_adds_up() -> None:
    assert run([(("abc", "xyz"), [STAYS, 0.0])] * 4) == [[False] * 2] * 2 + [[True, False]] * 2


def test_a_group_that_grows_is_followed() -> None:
    days = [(("abc", "xyz"), [STAYS, 0.0]), (("xyz", "abcde"), [0.0, STAYS])]
    days.append((("abcdefg", "xyz"), [STAYS, 0.0]))
    assert run(days) == [[False, False], [False, False], [True, False]]


def test_each_week_begins_anew() -> None:
    strong, weak = (("abc", "xyz"), [STAYS, 0.0]), (("abc", "xyz"), [-9.0, 0.0])
    assert run([strong, *[weak] * 5, strong, strong])[-1] == [False, False]
    assert run([strong, *[weak] * 4, strong, strong])[-1] == [True, False]


def test_a_look_at_the_end_of_a_week_is_its_last() -> None:
    assert START.weekday() == 0
    assert [a_look(day).week for day in (0, 6, 7)] == [START, START, START + WEEK]
    assert a_look(6).weight == pytest.approx(1 / 7)
    across = Look(START + WEEK + DAY, START + WEEK - DAY, WEEK, 0.05)
    assert across.weight == pytest.approx(1 / 7)


def test_the_weights_of_a_week_sum_to_one_however_one_looks() -> None:
    draw = np.random.default_rng(1)
    hours = np.unique(np.concatenate([draw.integers(1, 21 * 24, 60), [21 * 24]]))
    looks = [
        Look(START + timedelta(hours=int(at)), START + timedelta(hours=int(since)), WEEK, 0.05)
        for since, at in zip(np.append(0, hours[:-1]), hours, strict=True)
    ]
    for week in range(3):
        mine = [one.weight for one in looks if one.week == START + week * WEEK]
        assert 0 < sum(mine) <= 1 + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_what_a_sliding_week_convicts_these_weeks_convict_no_later(seed: int) -> None:
    """A sliding week that holds for any seven days weighs each look half as much."""
    draw = np.random.default_rng(seed)
    nats = draw.normal(3, 2, 18) + np.arange(18) * draw.uniform(0, 0.2)
    first, state = int(draw.integers(0, 7)), Followed()
    passed, sliding = False, False
    for day in range(18):
        look = a_look(day + first)
        state, passes = follow_sets(state, accounts("abc"), 1, nats[day : day + 1], look)
        passed |= bool(passes[0])
        mean = np.log(np.exp(nats[max(0, day - 6) : day + 1]).sum() / 14)
        sliding |= bool(mean >= np.log(20))
        assert passed >= sliding
    assert passed


def test_a_group_does_not_take_over_what_was_said_of_a_part_of_it() -> None:
    """Innocents that stood in one group with the guilty for a day are not followed into it."""
    days = [(("abcdefghijklm", "guilt"), [20.0, 0.0]), (("abcd", "guilt"), [-1.0, 0.0])]
    assert run(days)[1] == [False, False]


def test_who_passed_stays_while_the_group_is_there() -> None:
    days = [(("abc", "xyz"), [20.0, 0.0])] + [(("abc", "xyz"), [0.0, 0.0])] * 9
    assert all(passes == [True, False] for passes in run(days))


def test_looks_in_which_nothing_may_be_convicted_add_nothing() -> None:
    state = Followed()
    for day in range(5):
        state, passes = follow_sets(state, accounts("abc"), 1, None, a_look(day))
        assert not passes.any()
    assert state.looks.is_empty()
    assert state.members.height == 3


def test_how_often_one_looks_does_not_matter_where_nothing_changes() -> None:
    """The e-value of a day is the same in one look and in twenty-four."""
    nats = np.log(20 * 7) + 0.001
    hourly, state = [], Followed()
    for hour in range(25):
        look = a_look(hour, every=timedelta(hours=1))
        state, passes = follow_sets(state, accounts("abc"), 1, np.array([nats]), look)
        hourly.append(bool(passes[0]))
    assert run([(("abc",), [nats])]) == [[True]]
    assert hourly == [False] * 23 + [True] * 2


def test_the_state_holds_no_more_than_the_horizon() -> None:
    state, sizes = Followed(), []
    for day in range(40):
        name = chr(65 + day)
        members = accounts("abc", name + name.lower() * 2)
        state, _ = follow_sets(state, members, 2, np.zeros(2), a_look(day))
        sizes.append((state.looks.height, state.members["group"].n_unique(), state.counts.height))
    assert sizes[-1] == sizes[20]
    assert sizes[-1][0] == 14


def peeked(seed: int, *, most: float, sticks: bool) -> tuple[bool, bool]:
    """Whether any innocent group ever passes, by following and by judging each look alone.

    E-values are `most` with the chance 1 / `most`, else none: what comes nearest to the bound.

    Args:
        seed: Of the world.
        most: The only e-value there is.
        sticks: Whether a group's looks are all alike, or independent.
    """
    draw, groups = np.random.default_rng(seed), 40
    state, naive = Followed(), False
    names = pl.DataFrame(
        {
            "group": np.repeat(np.arange(groups), 3),
            "account_id": [f"{group}-{n}" for group in range(groups) for n in range(3)],
        }
    )
    kept = draw.uniform(size=groups)
    for day in range(14):
        chance = kept if sticks else draw.uniform(size=groups)
        nats = np.where(chance < 1 / most, np.log(most), -50.0)
        state, _ = follow_sets(state, names, groups, nats, a_look(day))
        naive |= bool(e_bh(nats, alpha=0.05).any())
    return bool(state.passed), naive


@pytest.mark.parametrize(("days", "sticks"), [(7.0, False), (7.0, True), (2.0, True), (1.0, False)])
def test_peeking_keeps_the_promise(days: float, sticks: bool) -> None:
    """Two weeks of looks; where nobody is guilty every conviction is a false one.

    With `days` the e-value passes after how many days of a week it is there.
    """
    most = 7 / days * 40 / 0.05 * 1.001
    worlds = [peeked(seed, most=most, sticks=sticks) for seed in range(40)]
    followed, naive = np.mean(worlds, axis=0)
    # Two weeks, and twice the standard deviation of 40 worlds.
    assert followed <= 2 * 0.05 + 2 * np.sqrt(0.1 * 0.9 / 40)
    if (days, sticks) == (7.0, False):
        assert naive > 0.3
    if (days, sticks) == (1.0, False):
        assert followed > 0
