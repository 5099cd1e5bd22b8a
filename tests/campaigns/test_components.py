"""What is connected, against one set after the other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from revenuer.campaigns.components import components, joined_twice

SIZE = 12
SETS = st.lists(st.lists(st.integers(0, SIZE - 1), max_size=5), max_size=6)
LABELS = st.lists(st.integers(0, 4), min_size=SIZE, max_size=SIZE).map(np.array)


def one_by_one(sets: list[list[int]]) -> np.ndarray:
    """The least node that each can be reached from, set after set until nothing changes."""
    found = np.arange(SIZE)
    for _ in range(SIZE):
        for one in filter(None, sets):
            found[np.isin(found, found[one])] = found[one].min()
    return found


def same(one: np.ndarray, other: np.ndarray) -> bool:
    pairs = np.unique(np.column_stack([one, other]), axis=0)
    return len(pairs) == np.unique(one).size == np.unique(other).size


@given(SETS)
def test_members_of_a_set_are_connected_and_nobody_else_is(sets: list[list[int]]) -> None:
    nodes = np.array([node for one in sets for node in one], dtype=np.int64)
    sizes = np.array([len(one) for one in sets], dtype=np.int64)
    found = components(SIZE, nodes, sizes)
    assert same(found, one_by_one(sets))
    assert found.shape == (SIZE,)
    assert found.max() < SIZE


@given(st.lists(LABELS, max_size=4))
def test_what_two_labellings_agree_on_is_joined(joined: list[np.ndarray]) -> None:
    sets = [
        np.flatnonzero((one == one[node]) & (other == other[node])).tolist()
        for one, other in combinations(joined, 2)
        for node in range(SIZE)
    ]
    assert same(joined_twice(joined, SIZE), one_by_one(sets))
