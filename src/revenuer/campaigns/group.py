"""Communities of owners that hold the same rare tokens."""

from __future__ import annotations

import networkit as nk
import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.incidence import Incidences

UNGROUPED = -1
GRAIN = 2.0**-20
"""Weights are multiples of this, so that sums of them are exact in any order. Where they
are not, rounding can make each of two moves undo the other, and ParallelLeiden of networkit
11.2 then never ends."""


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
    rows = np.flatnonzero(weights > 0)
    labels = np.full(incidences.n_owners, UNGROUPED, dtype=np.int64)
    if not rows.size:
        return labels
    owners, source = np.unique(incidences.owner[rows], return_inverse=True)
    tokens, target = np.unique(incidences.token[rows], return_inverse=True)
    nk.setNumberOfThreads(1)
    nk.setSeed(seed, False)
    graph = nk.Graph(owners.size + tokens.size, weighted=True)
    ends = (source.astype(np.uint64), (target + owners.size).astype(np.uint64))
    # The tuple form alone keeps the weights (networkit issue 1493).
    exact = np.maximum(np.round(weights[rows] / GRAIN), 1.0) * GRAIN
    graph.addEdges((exact, ends))
    found = nk.community.ParallelLeiden(graph, iterations=4, randomize=False, gamma=resolution)
    found.run()
    labels[owners] = np.array(found.getPartition().getVector(), dtype=np.int64)[: owners.size]
    return labels


def renumber(labels: NDArray[np.int64], *, smallest: int) -> NDArray[np.int64]:
    """Number the groups of at least `smallest` owners from 0; the others become ungrouped."""
    values, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    kept = (counts >= smallest) & (values != UNGROUPED)
    numbers = np.where(kept, np.cumsum(kept) - 1, UNGROUPED)
    return np.asarray(numbers[inverse], dtype=np.int64)
