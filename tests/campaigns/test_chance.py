"""What groups share beyond chance: bounds that hold, and hand-made graphs."""

from __future__ import annotations

import numpy as np
import pytest
from campaign_builders import ADDRESS, CARD, CLIENT, incidences_of
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import hypergeom

from revenuer.campaigns.chance import (
    in_largest_piece,
    log_overlap_p,
    shared_inside,
    sharing_p,
)
from revenuer.campaigns.group import UNGROUPED

EVERY = np.array([True])


def _labels(n: int, members: int) -> NDArray[np.int64]:
    """The first `members` owners are a group, the others are in none."""
    return np.where(np.arange(n) < members, 0, UNGROUPED)


@given(data=st.data(), population=st.integers(3, 2000))
def test_the_bound_is_never_below_the_hypergeometric_tail(
    data: st.DataObject, population: int
) -> None:
    size = data.draw(st.integers(2, population))
    holders = data.draw(st.integers(2, population))
    shared = data.draw(st.integers(1, min(size, holders)))
    bound = log_overlap_p(np.array([shared]), np.array([holders]), np.array([size]), population)[0]
    exact = hypergeom.logsf(shared - 2, population - 1, size - 1, holders - 1)
    assert exact - 1e-9 <= bound <= 0


def test_the_bound_is_close_where_all_holders_are_inside() -> None:
    bound = log_overlap_p(np.array([6]), np.array([6]), np.array([51]), 1001)[0]
    exact = hypergeom.logsf(4, 1000, 50, 5)
    assert bound == pytest.approx(exact, rel=0.05)


def test_a_token_that_everybody_holds_says_nothing() -> None:
    assert log_overlap_p(np.array([10]), np.array([500]), np.array([10]), 500)[0] == 0


def test_holders_inside_are_counted_group_by_group() -> None:
    graph = incidences_of(6, {CARD: {"one": [0, 1, 2, 4]}})
    labels = np.array([0, 0, 1, 1, 1, UNGROUPED])
    assert dict(zip(graph.owner, shared_inside(graph, labels), strict=True)) == {
        0: 2,
        1: 2,
        2: 2,
        4: 2,
    }


def test_chance_by_hand() -> None:
    # 5 of 11 members hold the card, and nobody else: 0.1 to the power of the 4 others.
    cards = {"shared": range(5), "own 5": [5], "own 0": [0], "stranger": [50, 51]}
    p_values = sharing_p(incidences_of(101, {CARD: cards}), _labels(101, 11), EVERY)
    # Owner 0 tried two cards; owner 5 shares none; owner 6 has none; 50 is in no group.
    np.testing.assert_allclose(p_values[[0, 1]], [2e-4, 1e-4])
    assert p_values[5] == 1
    assert np.isnan(p_values[[6, 50, 51]]).all()


def test_only_the_kinds_that_were_asked_for_count() -> None:
    graph = incidences_of(101, {CARD: {"c": range(5)}, ADDRESS: {"a": range(5, 11)}})
    p_values = sharing_p(graph, _labels(101, 11), np.array([False, True]))
    assert np.isnan(p_values[:5]).all()
    assert (p_values[5:11] < 0.001).all()


def test_links_that_tie_a_group_in_bits_count_for_the_largest_bit_only() -> None:
    cards = {"five": range(5), "three": range(5, 8)}
    p_values = sharing_p(incidences_of(101, {CARD: cards}), _labels(101, 11), EVERY)
    assert (p_values[:5] < 0.001).all()
    assert (p_values[5:8] == 1).all()


def test_a_common_token_does_not_join_the_bits() -> None:
    cards = {"five": range(5), "three": range(5, 8), "everybody's": range(101)}
    p_values = sharing_p(incidences_of(101, {CARD: cards}), _labels(101, 11), EVERY)
    assert (p_values[5:8] == 1).all()


def test_a_chain_of_cards_is_one_piece() -> None:
    owner, token = np.array([0, 1, 1, 2, 4, 5]), np.array([0, 0, 1, 1, 2, 2])
    joined = in_largest_piece(owner, token, np.zeros(6, np.int64))
    assert joined.tolist() == [True, True, True, False, False, False]


def test_a_token_in_two_groups_joins_neither_to_the_other() -> None:
    # Token 0 is in both groups; in group 1 the pair 4, 5 is larger than owner 3 alone.
    owner = np.array([0, 1, 3, 4, 5])
    token = np.array([0, 0, 0, 1, 1])
    joined = in_largest_piece(owner, token, np.array([0, 0, 0, 1, 1, 1]))
    assert joined.tolist() == [True, True, False, False, True, True]


def test_groups_formed_without_the_links_are_seldom_called_linked() -> None:
    rng = np.random.default_rng(4)
    n, found = 400, []
    for _ in range(40):
        pool = [rng.choice(n, rng.integers(2, 12), replace=False) for _ in range(500)]
        graph = incidences_of(n, {CLIENT: {str(k): who for k, who in enumerate(pool)}})
        labels = rng.permutation(np.arange(n) % 20)
        found.append(sharing_p(graph, labels, EVERY))
    p_values = np.concatenate(found)
    p_values = p_values[~np.isnan(p_values)]
    for level in (0.001, 0.01, 0.05, 0.2):
        assert (p_values <= level).mean() <= level + 3 * np.sqrt(level / p_values.size)
