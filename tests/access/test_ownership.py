"""Shares are summed over every path, as enumerating the paths would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.access.applications import Share, read
from revenuer.access.ownership import aggregate_ownership
from revenuer.access.policy import AccessPolicy, OwnerRule, RegionRule, owned, rulings


def by_paths(graph: list[Share], owned_: str, inside: set[str]) -> float:
    """The same by enumerating paths; for graphs without loops."""
    return sum(
        (row.share or 0.0)
        * (1.0 if row.jurisdiction in inside else by_paths(graph, row.owner, inside))
        for row in graph
        if row.owned == owned_
    )


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.floats(0, 0.19)), max_size=12))
def test_without_loops_it_is_the_sum_over_paths(rows: list[tuple[int, int, float]]) -> None:
    seats = {5: "X", 4: "Y", 2: "X"}
    graph = [
        Share(str(max(pair)), str(min(pair)), share, seats.get(max(pair)))
        for *pair, share in rows
        if pair[0] != pair[1]
    ]
    found = aggregate_ownership(graph, "0", {"X"})
    assert found.within == pytest.approx(by_paths(graph, "0", {"X"}), abs=1e-6)
    assert 0 <= found.within + found.elsewhere <= 1 + 1e-6
    assert found.loops == ()


def test_a_loop_is_summed_to_its_end_and_named() -> None:
    # a owns half of b and b a fifth of a; X owns the other half of b: 0.5 / (1 - 0.1) of b.
    graph = [Share("a", "b", 0.5), Share("b", "a", 0.2), Share("x", "b", 0.5, "X")]
    found = aggregate_ownership(graph, "b", {"X"})
    assert found.within == pytest.approx(0.5 / (1 - 0.5 * 0.2))
    assert found.loops == (("a", "b"),)


def test_a_closed_loop_owns_itself_and_is_unknown() -> None:
    graph = [Share("a", "b", 1.0), Share("b", "a", 1.0)]
    found = aggregate_ownership(graph, "b", {"X"})
    assert (found.within, found.unknown) == (0.0, 1.0)


def test_what_is_not_told_is_unknown() -> None:
    found = aggregate_ownership([Share("x", "t", 0.3, "X"), Share("y", "t", None, "Y")], "t", {"X"})
    assert (found.within, found.elsewhere, found.unknown) == (0.3, 0.0, 0.7)


def test_shares_beyond_all_are_named() -> None:
    graph = [Share("x", "t", 0.8, "X"), Share("y", "t", 0.8, "Y")]
    assert aggregate_ownership(graph, "t", {"X"}).oversubscribed == ("t",)


def test_an_owner_above_an_owner_is_not_counted_twice() -> None:
    graph = [Share("x", "t", 1.0, "X"), Share("top", "x", 1.0, "X")]
    assert aggregate_ownership(graph, "t", {"X"}).within == 1.0


@pytest.mark.parametrize(
    ("share", "codes"),
    [(0.6, ["owners-not-allowed"]), (0.3, ["owners-unclear"]), (None, ["owners-unclear"])],
)
def test_the_rule_refuses_what_is_known_and_asks_about_the_rest(
    share: float | None, codes: list[str]
) -> None:
    policy = AccessPolicy(owners=OwnerRule(jurisdictions=("X",)))
    table = owned([Share("x", "org", share, "X")], policy)
    one = read({"application_id": "a", "organization_id": "org"})
    assert one is not None
    assert [each.reason.code for each in rulings(one, policy, table)] == codes


def test_a_region_meets_only_the_operators_own_rule() -> None:
    one = read({"application_id": "a", "region": "Atlantis"})
    assert one is not None
    assert not list(rulings(one, AccessPolicy(), {}))
    policy = AccessPolicy(regions=RegionRule(refused=("atlantis",)))
    assert [each.reason.code for each in rulings(one, policy, {})] == ["region-not-served"]
