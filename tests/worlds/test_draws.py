"""Seeded choices, the grammar, rhythm and dispatch: the parts that worlds are made of."""

from __future__ import annotations

import ipaddress

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.worlds.dispatch import balance, plain_draw, with_overload, work_alone
from revenuer.worlds.draws import hex_strings, mix, pick, share, split
from revenuer.worlds.harvest import USERS
from revenuer.worlds.language.grammar import SLOT, by_kind, write_rows
from revenuer.worlds.language.methods import FAMILIES
from revenuer.worlds.network import address_strings
from revenuer.worlds.rhythm import DAY_US, IS_CLOCK_ROUND, IS_NIGHTLY, draw_times

ITEMS = st.lists(st.integers(0, 2**63 - 1), max_size=60)


def numbers(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.uint64)


@given(ITEMS, st.text(max_size=5))
def test_mixing_is_one_to_one(values: list[int], salt: str) -> None:
    assert len(set(mix(numbers(values), salt).tolist())) == len(set(values))


@given(ITEMS, st.integers(1, 1000))
def test_picks_are_in_range_and_repeat(values: list[int], count: int) -> None:
    chosen = pick(numbers(values), "x", count)
    assert ((chosen >= 0) & (chosen < count)).all()
    assert (chosen == pick(numbers(values), "x", count)).all()


def test_picks_are_even() -> None:
    counts = np.bincount(pick(np.arange(60_000, dtype=np.uint64), "even", 6), minlength=6)
    # Chi-squared with 5 degrees of freedom: 20.5 is passed once in a thousand.
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 20.5
    assert share(np.arange(60_000, dtype=np.uint64), "even").mean() == pytest.approx(0.5, abs=0.01)


@given(ITEMS)
def test_hex_is_python_hex(values: list[int]) -> None:
    assert hex_strings(numbers(values), "a_").to_pylist() == [f"a_{v:016x}" for v in values]


@given(st.integers(0, 10_000), st.lists(st.floats(0.01, 100), min_size=1, max_size=9))
def test_a_split_adds_up(total: int, weights: list[float]) -> None:
    assert split(total, weights).sum() == total


@given(st.lists(st.integers(0, 2**32 - 1), max_size=40))
def test_addresses_are_dotted_as_the_standard_library_does(values: list[int]) -> None:
    expected = [str(ipaddress.ip_address(v)) for v in values]
    assert address_strings(numbers(values)).to_pylist() == expected


@given(ITEMS)
def test_the_same_item_says_the_same_in_any_company(values: list[int]) -> None:
    frames, slots = ["{a} {n}", "{a}!", "plain"], {"a": ["x {big}", "y"]}
    together = write_rows(numbers(values), "s", frames, slots).to_pylist()
    alone = [write_rows(numbers([v]), "s", frames, slots)[0].as_py() for v in values]
    assert together == alone
    assert not any(SLOT.search(text) for text in together)


def test_an_unknown_slot_is_an_error_and_not_left_in_the_text() -> None:
    with pytest.raises(KeyError):
        write_rows(numbers([1]), "s", ["{nobody}"], {})


@given(st.lists(st.integers(0, 4), max_size=50))
def test_kinds_are_written_in_place(kinds: list[int]) -> None:
    kind = np.array(kinds, dtype=np.int64)
    text = by_kind(kind, lambda k, rows: pa.array([f"{k}@{row}" for row in rows], pa.string()))
    assert text.to_pylist() == [f"{k}@{row}" for row, k in enumerate(kinds)]


def test_every_wording_holds_its_task_once() -> None:
    for method, families in FAMILIES.items():
        assert len(families) >= 6
        assert sum(USERS.get(method, {}).values()) <= len(families)
        assert all(text.count("{body}") == 1 for family in families for text in family), method


def test_nightly_work_is_at_night_in_its_own_zone() -> None:
    rng = np.random.default_rng(1)
    n = 4000
    at = draw_times(rng, np.full(n, IS_NIGHTLY), np.full(n, 9), 100 * DAY_US)
    local = (at // 3_600_000_000 + 9) % 24
    assert set(np.unique(local)) <= {1, 2, 3, 4, 5}
    assert (at // DAY_US == 100).all()


def test_balancing_gives_every_account_the_same_share() -> None:
    rng = np.random.default_rng(2)
    draw = balance(rng, np.sort(rng.integers(0, DAY_US, 1000)), np.arange(10), hand_over=0.0)
    assert set(np.bincount(draw.who).tolist()) == {100}


def test_a_refused_request_goes_to_the_next_account_with_the_same_item() -> None:
    rng = np.random.default_rng(3)
    draw = balance(rng, np.arange(2000) * 1_000_000, np.arange(7), hand_over=0.2)
    refused = draw.take(draw.status == 429)
    assert 300 < len(refused) < 500
    fine = draw.take(draw.status == 200)
    answered = dict(zip(fine.item.tolist(), fine.who.tolist(), strict=True))
    nexts = [answered[item] for item in refused.item.tolist()]
    assert nexts == ((refused.who + 1) % 7).tolist()


def test_an_overloaded_request_is_retried_by_its_own_account() -> None:
    rng = np.random.default_rng(4)
    draw = with_overload(rng, plain_draw(rng, np.arange(500), np.arange(500)), 0.3)
    first, again = draw.take(draw.attempt == 0), draw.take(draw.attempt == 1)
    assert set(again.item) <= set(first.item)
    assert (again.status == 200).all()
    assert len(first) == 500


def test_turns_of_a_conversation_follow_each_other() -> None:
    rng = np.random.default_rng(5)
    draw = work_alone(
        rng, 0, np.full(20, 30.0), np.full(20, IS_CLOCK_ROUND), np.zeros(20, int), stay=0.7
    )
    later = draw.take(draw.turn > 0)
    by_item = {int(item): place for place, item in enumerate(draw.item)}
    before = np.array([by_item[int(item)] for item in later.previous])
    assert (draw.session[before] == later.session).all()
    assert (draw.turn[before] + 1 == later.turn).all()
    assert (draw.at[before] <= later.at).all()
    assert (draw.who[before] == later.who).all()
