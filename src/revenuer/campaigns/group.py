"""Communities of owners that hold the same rare tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.incidence import Incidences

if TYPE_CHECKING:
    import networkit as nk  # half of what a server that shows groups would load, for nothing

UNGROUPED = -1
GRAIN = 2.0**-20
"""Weights are multiples of this, so that sums of them are exact in any order. Where they
are not, rounding can make each of two moves undo the other, and ParallelLeiden of networkit
11.2 then never ends."""
AT_ONCE = 2
"""Graphs or resolutions that are looked at side by side; each takes memory of its own."""
LARGE_EDGES = 1_000_000
"""Of a graph that is contracted first, since Leiden would take minutes for it at each resolution:
docs/scale.md has what that costs. placeholder"""
FINE_OWNERS = 130
"""Owners that a fine community has at most, about; groups are put together of those that a
large graph is contracted to. placeholder"""
MOST_TOKENS = 16
"""Tokens of a kind that an owner has in a large graph at most. docs/scale.md has what more and
fewer cost and find. placeholder"""
SCATTER = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio: multiples of it lie evenly (Knuth, TAOCP 3, section 6.4)."""

Refine = Callable[[NDArray[np.int64]], NDArray[np.int64]]
"""From the communities of all owners to what is kept of them."""


def link_weights(incidences: Incidences, usable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weigh each incidence by the rarity of its token.

    All tokens of one kind together weigh no more for an owner than its rarest one:
    sixty shingles of one template are one link, not sixty. Tokens that the owner holds
    alone count too: who uses a hundred addresses meets strangers at one of them.

    Args:
        incidences: The bipartite graph.
        usable: Tokens that may link. Shape (n_tokens,).

    Returns:
        Shape (n_rows,), 0 where the token may not link.
    """
    rarity = np.where(usable, incidences.rarity, 0.0)
    weight = rarity[incidences.token]
    slot = incidences.owner * max(len(incidences.kinds), 1) + incidences.kind[incidences.token]
    slots = incidences.held.size
    alone = incidences.held.ravel() - np.bincount(slot, minlength=slots)
    total = np.bincount(slot, weights=weight, minlength=slots) + alone
    rarest = np.zeros(slots)
    np.maximum.at(rarest, slot, weight)
    share = np.divide(weight, total[slot], out=np.zeros_like(weight), where=total[slot] > 0)
    return np.asarray(rarest[slot] * share)


def thinned(incidences: Incidences, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of a large graph without most tokens of owners that hold many of a kind.

    Of each kind an owner keeps `MOST_TOKENS`, which then weigh as much as all did, so the graph
    does not grow with what accounts do. All owners keep the same tokens first (a bottom-k
    sketch): two that hold the same ones are still linked, as strongly on average. Graphs of
    up to `LARGE_EDGES` stay as they are.

    Args:
        incidences: The bipartite graph.
        weights: One a row; 0 is no edge. Shape (n_rows,).

    Source:
        Cohen and Kaplan (2007), "Summarizing data using bottom-k sketches", PODC, 225-234.
    """
    linked = weights > 0
    if np.count_nonzero(linked) <= LARGE_EDGES:
        return weights
    slot = incidences.owner * len(incidences.kinds) + incidences.kind[incidences.token]
    many = np.bincount(slot[linked], minlength=incidences.held.size) > MOST_TOKENS
    rows = np.flatnonzero(linked & many[slot])
    slot = slot[rows]
    lot = incidences.token[rows].astype(np.uint64) * np.uint64(SCATTER) >> np.uint64(32)
    order = np.argsort((slot << 32) + lot.astype(np.int64))
    ranked = slot[order]
    first = np.flatnonzero(np.diff(ranked, prepend=-1))
    held = np.diff(first, append=ranked.size)
    kept = np.arange(ranked.size) - np.repeat(first, held) < MOST_TOKENS
    before = weights[rows[order]]
    scale = np.add.reduceat(before, first) / np.add.reduceat(np.where(kept, before, 0.0), first)
    found = weights.copy()
    found[rows[order]] = np.where(kept, before * np.repeat(scale, held), 0.0)
    return found


def communities(
    incidences: Incidences, weights: NDArray[np.float64], *, resolution: float, seed: int
) -> NDArray[np.int64]:
    """Group owners through the tokens they share.

    The graph stays bipartite: projected to pairs under a frequency cap it lost every
    attacker (docs/decisions/0001).

    Args:
        incidences: The bipartite graph.
        weights: One a row; 0 is no edge. Shape (n_rows,).
        resolution: Of modularity; larger gives smaller groups.
        seed: Same seed, same groups.

    Returns:
        The group of each owner, `UNGROUPED` for those without an edge. Shape
        (n_owners,).

    Source:
        Traag, Waltman and van Eck (2019), "From Louvain to Leiden", Sci. Rep. 9, 5233.
    """
    return community_levels(incidences, [weights], resolutions=(resolution,), seed=seed)[0][0]


def community_levels(
    incidences: Incidences,
    forms: Iterable[NDArray[np.float64]],
    *,
    resolutions: Sequence[float],
    seed: int,
    then: Callable[[int], Refine] = lambda number: lambda labels: labels,
) -> list[list[NDArray[np.int64]]]:
    """The communities of several weightings of one graph, each at several resolutions.

    `AT_ONCE` runs go side by side, and the graph of the next weighting is made meanwhile.

    Args:
        incidences: The bipartite graph.
        forms: Its weightings; each is asked for when its turn comes. Shape (n_rows,) each.
        resolutions: Of modularity.
        seed: Same seed, same groups.
        then: Given a weighting's number when its turn comes, says what becomes of the
            communities that are found in it.

    Returns:
        By weighting and resolution, what `communities` gives for them, and `then` makes of it.
    """
    import networkit as nk

    nk.setSeed(seed, False)
    found: list[list[Future[list[NDArray[np.int64]]]]] = []
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number, weights in enumerate(forms):
            # Two graphs at a time: the one that is looked at, and the next.
            wait(found[-2] if number > 1 else [])
            graph, owners = _graph(incidences, weights)
            work = partial(_levels, graph, owners, incidences.n_owners, then(number))
            # A large graph's resolutions have the contraction in common.
            large = graph.numberOfEdges() > LARGE_EDGES
            together = [tuple(resolutions)] if large else [(gamma,) for gamma in resolutions]
            found.append([threads.submit(work, some) for some in together])
            del graph, work
        return [[labels for one in levels for labels in one.result()] for levels in found]


def _levels(
    graph: nk.Graph,
    owners: NDArray[np.int64],
    n_owners: int,
    refine: Refine,
    resolutions: Sequence[float],
) -> list[NDArray[np.int64]]:
    """What is kept of the communities of one graph at each resolution."""
    place = np.arange(owners.size)
    if graph.numberOfEdges() > LARGE_EDGES:
        graph, node = _contracted(graph, owners.size / FINE_OWNERS)
        place = node[place]
    found = []
    for gamma in resolutions:
        labels = np.full(n_owners, UNGROUPED, dtype=np.int64)
        if owners.size:
            labels[owners] = np.array(_leiden(graph, gamma).getVector(), dtype=np.int64)[place]
        found.append(refine(labels))
    return found


def _contracted(graph: nk.Graph, resolution: float) -> tuple[nk.Graph, NDArray[np.int64]]:
    """The graph of a large one's fine communities, and which of them each node is in."""
    import networkit as nk

    fine = _leiden(graph, resolution)
    fine.compact()
    coarse = nk.coarsening.ParallelPartitionCoarsening(graph, fine)
    coarse.run()
    return coarse.getCoarseGraph(), np.array(coarse.getFineToCoarseNodeMapping(), dtype=np.int64)


def _graph(
    incidences: Incidences, weights: NDArray[np.float64]
) -> tuple[nk.Graph, NDArray[np.int64]]:
    """The owners and tokens that an edge has, and which owners they are."""
    import networkit as nk

    rows = np.flatnonzero(weights > 0)
    owners, source = _numbered(incidences.owner[rows], incidences.n_owners)
    tokens, target = _numbered(incidences.token[rows], incidences.n_tokens)
    graph = nk.Graph(owners.size + tokens.size, weighted=True)
    ends = (source.astype(np.uint64), (target + owners.size).astype(np.uint64))
    # The tuple form alone keeps the weights (networkit issue 1493).
    exact = np.maximum(np.round(weights[rows] / GRAIN), 1.0) * GRAIN
    if rows.size:
        graph.addEdges((exact, ends))
    return graph, owners


def _numbered(values: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct values below `size`, rising, and the place of each value among them."""
    seen = np.zeros(size, dtype=bool)
    seen[values] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[values]


def _leiden(graph: nk.Graph, resolution: float) -> nk.Partition:
    import networkit as nk

    # Of the thread that it is called in.
    nk.setNumberOfThreads(1)
    found = nk.community.ParallelLeiden(graph, iterations=4, randomize=False, gamma=resolution)
    found.run()
    return found.getPartition()


def renumber(labels: NDArray[np.int64], *, smallest: int) -> NDArray[np.int64]:
    """Number the groups of at least `smallest` owners from 0; the others become ungrouped."""
    values, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    kept = (counts >= smallest) & (values != UNGROUPED)
    numbers = np.where(kept, np.cumsum(kept) - 1, UNGROUPED)
    return np.asarray(numbers[inverse], dtype=np.int64)


def members_of(labels: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The members of each group from 0 on, rising."""
    order = np.argsort(labels, kind="stable")
    order = order[np.count_nonzero(labels == UNGROUPED) :]
    sizes = np.bincount(labels[order], minlength=labels.max(initial=UNGROUPED) + 1)
    return np.split(order, np.cumsum(sizes)[:-1]) if sizes.size else []
