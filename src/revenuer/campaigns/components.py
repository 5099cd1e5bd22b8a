"""What is connected with what."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components


def components(size: int, node: NDArray[np.integer], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The component of each node, where all nodes of a set are connected with each other.

    Args:
        size: How many nodes there are.
        node: Those of the sets, set by set, each below `size`.
        sizes: How many of them each set has. Shape (n_sets,).

    Returns:
        Numbers from 0, below `size`. Shape (size,).
    """
    # Sets are nodes too, after the others: no pair of members has to be made.
    begins = np.concatenate([np.zeros(size + 1, np.int64), np.cumsum(sizes)])
    every = size + sizes.size
    edges = sparse.csr_array((np.ones(node.size), node, begins), shape=(every, every))
    # Numbered in the order of their first nodes, so none of these reaches `size`.
    return connected_components(edges, directed=False)[1][:size].astype(np.int64)


def joined_twice(joined: list[NDArray[np.int64]], size: int) -> NDArray[np.int64]:
    """Components of what two labellings or more agree is one.

    Args:
        joined: The labellings. Shape (size,) each.
        size: How many nodes there are.

    Returns:
        Numbers from 0. Shape (size,).
    """
    sets, sizes = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for one, other in combinations(joined, 2):
        # Most nodes are alone in one of them.
        met = np.flatnonzero((np.bincount(one)[one] > 1) & (np.bincount(other)[other] > 1))
        key = one[met] * size + other[met]
        order = np.argsort(key)
        starts = np.flatnonzero(np.diff(key[order], prepend=-1))
        sets.append(met[order])
        sizes.append(np.diff(starts, append=met.size))
    return components(size, np.concatenate(sets), np.concatenate(sizes))
