"""Nothing leaves that a crowd does not share, and the review says why each rest stays."""

from __future__ import annotations

from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.sharing.reidentify import (
    COMMON,
    CROWD,
    MANY,
    PAIRED,
    RARE,
    REASONS,
    VALUES_A_KIND,
    band,
    band_bounds,
    review,
)
from revenuer.sharing.tiers import Tier

from .conftest import tie


def why(rows: list[dict[str, object]], kind: str) -> list[str]:
    return [one.why for one in review(pl.DataFrame(rows)).held if one.kind == kind]


def test_a_value_of_few_accounts_stays() -> None:
    few = [tie(n, "asn", "64500") for n in range(CROWD - 1)]
    assert why(few, "asn") == [RARE]
    assert not why([*few, tie(99, "asn", "64500")], "asn")


def test_accounts_outside_are_part_of_the_crowd() -> None:
    few = [tie(n, "asn", "64500", holders=1) for n in range(CROWD - 1)]
    assert not why(few, "asn")


def test_a_value_of_strangers_stays() -> None:
    assert why([tie(n, "asn", "64500", holders=11) for n in range(10)], "asn") == [COMMON]


def test_two_values_that_few_accounts_show_together_do_not_both_leave() -> None:
    rows = [tie(n, "asn", "64500") for n in range(20)]
    rows += [tie(n, "user-agent", "client/1") for n in range(18, 30)]
    found = review(pl.DataFrame(rows))
    assert [(one.kind, one.members) for one in found.leaving] == [("asn", 20)]
    assert [one.why for one in found.held] == [PAIRED]


def test_two_values_that_nobody_shows_together_both_leave() -> None:
    rows = [tie(n, "asn", "64500") for n in range(20)]
    rows += [tie(n, "user-agent", "client/1") for n in range(20, 30)]
    assert len(review(pl.DataFrame(rows)).leaving) == 2


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 25),
            st.sampled_from(["asn", "user-agent", "email-domain", "tls-fingerprint"]),
            st.integers(1, 3),
        ),
        min_size=1,
        max_size=150,
    )
)
def test_no_pair_that_leaves_points_at_a_few(held: list[tuple[int, str, int]]) -> None:
    rows = [tie(n, kind, str(value), holders=2) for n, kind, value in set(held)]
    found = review(pl.DataFrame(rows))
    who = {
        (one.kind, one.value): {
            row["account_id"]
            for row in rows
            if (row["kind"], row["value"]) == (one.kind, one.value)
        }
        for one in found.leaving
    }
    for (a, mine), (b, theirs) in combinations(who.items(), 2):
        both = len(mine & theirs)
        assert a[0] == b[0] or both == 0 or both >= CROWD
    left = sum(one.values for one in found.held) + len(found.leaving)
    assert left == len({(row["kind"], row["value"]) for row in rows}), (
        "every value is accounted for"
    )


def test_no_kind_leaves_in_masses() -> None:
    rows = [
        tie(n, "asn", str(64_500 + value))
        for value in range(VALUES_A_KIND + 7)
        for n in range(CROWD)
    ]
    found = review(pl.DataFrame(rows))
    assert len(found.leaving) == VALUES_A_KIND
    assert [(one.why, one.values) for one in found.held] == [(MANY, 7)]


def test_private_kinds_stay_however_many_have_them(ties: pl.DataFrame) -> None:
    found = review(ties)
    assert {one.kind for one in found.leaving} == {
        "asn",
        "tls-fingerprint",
        "user-agent",
        "email-domain",
    }
    stays = {one.kind: one.why for one in found.held}
    assert stays["address"] == stays["payment-fingerprint"] == REASONS[Tier.PRIVATE]


def test_a_sketch_leaves_only_under_a_key_of_the_group(ties: pl.DataFrame) -> None:
    found = review(ties, group_keys=["group-key"])
    keyed = [one for one in found.leaving if one.tier is Tier.KEYED]
    assert [(one.key_id, one.value) for one in keyed] == [("group-key", "QUJD" * 4)]
    assert "system-prompt-sketch" in {one.kind for one in found.held}


def test_an_unknown_kind_stays() -> None:
    assert why([tie(n, "shoe-size", "44") for n in range(20)], "shoe-size") == ["never leaves"]


@pytest.mark.parametrize("count", [0, 1, 4, 5, 9, 10, 19, 20, 49, 50, 99, 100, 24_000, 10**9])
def test_a_count_is_in_its_band(count: int) -> None:
    low, high = band_bounds(count)
    assert low <= max(count, 1) <= high
    assert high >= 2 * low - 1, "no band is narrow"
    assert str(count) != band(count)


def test_no_ties_are_no_review() -> None:
    empty = pl.DataFrame(schema=pl.DataFrame([tie(1, "asn", "1")]).schema)
    assert review(empty).leaving == ()
