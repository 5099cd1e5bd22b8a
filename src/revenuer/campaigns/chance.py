"""How far a group shares tokens beyond chance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from revenuer.campaigns.group import UNGROUPED
from revenuer.campaigns.incidence import Incidences

LONGEST_LOG_P = 700.0
"""Smaller p-values are cut off here, so that exp stays above zero in float64."""
SURPRISING = 0.05
"""A shared token ties two members if chance brings it about less often than this."""


def log_overlap_p(
    shared: NDArray[np.int64],
    holders: NDArray[np.int64],
    size: NDArray[np.int64],
    population: int,
) -> NDArray[np.float64]:
    """Bound the chance that a token's other holders fall into a group so often.

    Seen from one member: of the token's `holders - 1` other holders, `shared - 1` are
    among the group's `size - 1` other members, drawn from `population - 1` owners.

    Args:
        shared: Members that hold the token, the member itself included. Shape (n,).
        holders: Accounts that hold the token. Shape (n,).
        size: Members of the group. Shape (n,).
        population: All owners.

    Returns:
        Log of an upper bound on the hypergeometric tail, at most 0. Shape (n,).

    Source:
        Hoeffding (1963), "Probability inequalities for sums of bounded random
        variables", JASA 58, theorem 1 (equation 2.1) with section 6 for sampling
        without replacement: P <= exp(-n KL(a || q)).

    Examples:
        By hand: 4 of 4 other holders inside a group that is worth 10 % of the owners:
        4 ln 0.1 = -9.21.

        >>> one = np.ones(1, np.int64)
        >>> log_overlap_p(5 * one, 5 * one, 11 * one, 101).round(2)
        array([-9.21])
    """
    draws = np.maximum(holders - 1, 1).astype(float)
    inside = (shared - 1) / draws
    expected = np.clip((size - 1) / max(population - 1, 1), 1e-12, 1 - 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        up = np.where(inside > 0, inside * np.log(inside / expected), 0.0)
        down = np.where(inside < 1, (1 - inside) * np.log((1 - inside) / (1 - expected)), 0.0)
    return np.where(inside > expected, -np.minimum(draws * (up + down), LONGEST_LOG_P), 0.0)


def shared_inside(incidences: Incidences, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row, how many owners of the row's group hold its token. Shape (n_rows,)."""
    group = labels[incidences.owner]
    cell = incidences.token * (labels.max(initial=UNGROUPED) + 2) + group + 1
    _, inverse, counts = np.unique(cell, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse], dtype=np.int64)


def sharing_p(
    incidences: Incidences, labels: NDArray[np.int64], kinds: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Say for each owner how rarely chance would link it so well to its own group.

    Valid for groups that were formed without these kinds. The owner's best token
    counts, times the number of tokens it holds (Bonferroni). Links that tie a group only
    in bits, as several teams with a card each, do not make it one: owners outside the
    group's largest piece are not linked to it.

    Args:
        incidences: The bipartite graph.
        labels: Each owner's group. Shape (n_owners,).
        kinds: Kinds of token to look at. Shape (n_kinds,).

    Returns:
        In (0, 1]; 1 for an owner that shares none of its tokens, NaN for owners
        without a group or without such a token. Shape (n_owners,).
    """
    grouped = labels != UNGROUPED
    tried = incidences.held[:, kinds].sum(axis=1)
    p_values = np.where(grouped & (tried > 0), 1.0, np.nan)
    rows = np.flatnonzero(kinds[incidences.kind[incidences.token]] & grouped[incidences.owner])
    if not rows.size:
        return p_values
    sizes = np.bincount(labels[grouped])
    owner, token = incidences.owner[rows], incidences.token[rows]
    # A token ties inside each group on its own, so a cell is a token in one group.
    cell, first, inside = _cells(token, labels[owner])
    log_p = log_overlap_p(
        inside, incidences.holders[token[first]], sizes[labels[owner[first]]], incidences.n_owners
    )[cell]
    best = np.zeros(incidences.n_owners)
    np.minimum.at(best, owner, log_p)
    p_owner = np.exp(np.minimum(best + np.log(np.maximum(tried, 1)), 0.0))
    surprising = log_p + np.log(tried[owner]) < np.log(SURPRISING)
    joined = in_largest_piece(owner[surprising], token[surprising], labels)
    return np.where(joined, p_owner, p_values)


def _cells(
    token: NDArray[np.int64], group: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Number the pairs of a token and a group: each row's, a row of each, rows of each."""
    order = _within_tokens(token, group)
    key = token[order] * (group.max(initial=UNGROUPED) + 2) + group[order]
    starts = np.flatnonzero(np.diff(key, prepend=-2))
    inside = np.diff(starts, append=key.size)
    cell = np.empty(key.size, dtype=np.int64)
    cell[order] = np.repeat(np.arange(starts.size), inside)
    return cell, order[starts], inside


def _within_tokens(token: NDArray[np.int64], group: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order of rows, whose tokens rise, in which those of a token have rising groups."""
    begins = np.append(np.flatnonzero(np.diff(token, prepend=-1)), token.size)
    width = int(group.max(initial=UNGROUPED)) + 2
    table = sparse.csr_array(
        (np.arange(token.size), group - UNGROUPED, begins), shape=(begins.size - 1, width)
    )
    # Many short sorts take a third of the time of a long one.
    table.sort_indices()
    return table.data


def in_largest_piece(
    owner: NDArray[np.int64], token: NDArray[np.int64], labels: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Accounts in the largest connected piece of their group, tied by the given incidences.

    Args:
        owner: Shape (n_rows,).
        token: Rising. Shape (n_rows,).
        labels: Each owner's group. Shape (n_owners,).
    """
    n = labels.size
    order = _within_tokens(token, labels[owner])
    meet = np.flatnonzero((np.diff(token[order]) == 0) & (np.diff(labels[owner[order]]) == 0))
    ends = owner[order[meet]], owner[order[meet + 1]]
    edges = sparse.coo_array((np.ones(meet.size), ends), shape=(n, n))
    piece = connected_components(edges, directed=False)[1]
    tied = np.zeros(n, dtype=bool)
    tied[owner] = True
    size = np.bincount(piece[tied], minlength=n)[piece]
    largest = np.zeros(labels.max(initial=UNGROUPED) + 2, dtype=np.int64)
    np.maximum.at(largest, labels[tied], size[tied])
    return np.asarray(tied & (size == largest[labels]))
