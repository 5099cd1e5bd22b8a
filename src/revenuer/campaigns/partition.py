"""The groups that are judged, and for each family of links the groups made without it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from revenuer.campaigns.chance import SURPRISING, log_overlap_p, shared_inside
from revenuer.campaigns.group import (
    UNGROUPED,
    communities,
    link_weights,
    renumber,
)
from revenuer.campaigns.incidence import Incidences, LinkKind
from revenuer.records import Channel

FAMILIES: dict[str, frozenset[Channel]] = {
    "identity": frozenset({Channel.IDENTITY}),
    "network": frozenset({Channel.NETWORK}),
    # One popular client explains text, fingerprint and request shape at once.
    "software": frozenset({Channel.SOFTWARE, Channel.TEXT}),
    "timing": frozenset({Channel.TIMING}),
    "state": frozenset({Channel.STATE}),
}
"""Channels that one innocent cause can explain together; see `records.Channel`."""

RESOLUTIONS = (1.0, 2.0, 5.0, 12.0)
"""One resolution fuses campaigns that another separates. placeholder"""

STRENGTH: dict[Channel, float] = {
    Channel.IDENTITY: 0.5,
    Channel.NETWORK: 0.6,
    Channel.SOFTWARE: 0.4,
    Channel.TEXT: 1.0,
    # Timing corroborates and never founds a group.
    Channel.TIMING: 0.0,
    Channel.STATE: 1.0,
}
"""How much a shared token of each channel binds. placeholder"""
PRIVATE_STRENGTH = 1.5
"""The same for what strangers never share, such as a card. placeholder"""
COMMONEST = 0.2
"""Rarity below which a token groups nobody: held by a sixth of 10,000 owners. placeholder"""
HALF_INSIDE = 0.5
"""Part of a token's other holders that must be in the group for it to hold a member."""

OWN_PART = 0.1
"""Part of an owner's tokens of a kind that must tie it to the group: an office of forty
meets everybody somewhere. placeholder"""
HOLDING_FAMILIES = 2
"""Families of links that must hold a member in its group."""


@dataclass(frozen=True, slots=True)
class Partition:
    """Groups at one resolution.

    Attributes:
        resolution: Of modularity.
        labels: Each owner's group, -1 for none. Shape (n_owners,).
        without: The labels that a family's links had no part in, by family.
    """

    resolution: float
    labels: NDArray[np.int64]
    without: dict[str, NDArray[np.int64]]


def binding(kinds: tuple[LinkKind, ...]) -> NDArray[np.float64]:
    """How much a shared token of each kind binds. Shape (n_kinds,)."""
    return np.array([_binding(kind) for kind in kinds])


def _binding(kind: LinkKind) -> float:
    if not kind.convicts or kind.declared:
        return 0.0
    return PRIVATE_STRENGTH if kind.private else STRENGTH[kind.channel]


def make_partitions(incidences: Incidences, *, smallest: int, seed: int) -> list[Partition]:
    """Group the owners at every resolution, and again without each family of links."""
    strength = binding(incidences.kinds)[incidences.kind]
    # A token that so many hold tells nobody apart, but makes most of the edges.
    rare = incidences.rarity >= COMMONEST
    weights = link_weights(incidences, rare & (strength > 0)) * strength[incidences.token]
    forms = {None: _levels(incidences, weights, seed)} | {
        family: _levels(incidences, np.where(_in_family(incidences, family), 0.0, weights), seed)
        for family in FAMILIES
        if family != "timing"
    }
    partitions = []
    for level, (resolution, labels) in enumerate(forms[None]):
        whole = renumber(keep_held(incidences, labels, HOLDING_FAMILIES), smallest=smallest)
        without = {"timing": whole} | {
            family: renumber(
                keep_held(incidences, levels[level][1], 1, leaving_out=family), smallest=smallest
            )
            for family, levels in forms.items()
            if family is not None
        }
        partitions.append(Partition(resolution, whole, without))
    return partitions


def _levels(
    incidences: Incidences, weights: NDArray[np.float64], seed: int
) -> list[tuple[float, NDArray[np.int64]]]:
    """Groups from coarse to fine."""
    return [
        (resolution, communities(incidences, weights, resolution=resolution, seed=seed))
        for resolution in RESOLUTIONS
    ]


def keep_held(
    incidences: Incidences,
    labels: NDArray[np.int64],
    families: int,
    *,
    leaving_out: str | None = None,
) -> NDArray[np.int64]:
    """Drop members that too few families of links hold, until all that are left are held.

    Returns:
        The labels, `UNGROUPED` for the dropped. Shape (n_owners,).
    """
    while True:
        inside = holding(incidences, labels, leaving_out=leaving_out)
        held = families_holding(incidences, inside) >= families
        kept = np.where(held, connected_pieces(incidences, labels, inside, families), UNGROUPED)
        if same_groups(kept, labels):
            return kept
        labels = kept


def same_groups(one: NDArray[np.int64], other: NDArray[np.int64]) -> bool:
    """Whether two labellings have the same groups, whatever their numbers."""
    pairs = np.unique(np.column_stack([one, other]), axis=0)
    return len(pairs) == np.unique(one).size == np.unique(other).size


def holding(
    incidences: Incidences, labels: NDArray[np.int64], *, leaving_out: str | None = None
) -> NDArray[np.bool_]:
    """Rows whose token is at home in the owner's group, and not by accident.

    Half of the token's other holders are in the group, and chance would hardly bring one
    of the owner's tokens of that kind there: an organization of forty holds so many that
    some meet somebody everywhere.

    Returns:
        Shape (n_rows,).
    """
    owner, token = incidences.owner, incidences.token
    kind = incidences.kind[token]
    inside = shared_inside(incidences, labels)
    holders = incidences.holders[token]
    counted = incidences.telling.copy()
    if leaving_out is not None:
        counted &= ~incidences.kinds_in(FAMILIES[leaving_out])
    at_home = (inside - 1) >= HALF_INSIDE * np.maximum(holders - 1, 1)
    at_home &= (labels[owner] != UNGROUPED) & counted[kind]
    rows = np.flatnonzero(at_home)
    sizes = np.bincount(labels[labels != UNGROUPED], minlength=1)
    log_p = log_overlap_p(
        inside[rows], holders[rows], sizes[labels[owner[rows]]], incidences.n_owners
    )
    at_home[rows] = log_p + np.log(incidences.held[owner[rows], kind[rows]]) < np.log(SURPRISING)
    return np.asarray(at_home)


def connected_pieces(
    incidences: Incidences,
    labels: NDArray[np.int64],
    inside: NDArray[np.bool_],
    families: int,
) -> NDArray[np.int64]:
    """Cut groups whose pieces nothing of their own connects.

    What is private, said, or passed on connects by itself. An address, a client or a
    mail domain may be met by chance: they connect where several families of them do.

    Args:
        incidences: The bipartite graph.
        labels: Each owner's group. Shape (n_owners,).
        inside: Rows that are at home, from `holding`. Shape (n_rows,).
        families: How many families must connect two pieces, 1 or 2.

    Returns:
        Each owner's piece, `UNGROUPED` for those without a group. Shape (n_owners,).
    """
    sure = np.array([_connects_alone(kind) for kind in incidences.kinds], dtype=bool)
    strong = inside & sure[incidences.kind[incidences.token]]
    joined = [
        _pieces(incidences, labels, strong | (inside & _in_family(incidences, family)))
        for family in FAMILIES
    ]
    if families < HOLDING_FAMILIES:
        pieces = _pieces(incidences, labels, inside)
    else:
        pieces = _pieces(incidences, labels, strong)
        for one, other in combinations(joined, 2):
            pieces = _union(pieces, one * pieces.size + other)
    return np.where(labels == UNGROUPED, UNGROUPED, pieces).astype(np.int64)


def _connects_alone(kind: LinkKind) -> bool:
    return kind.private or kind.channel in (Channel.TEXT, Channel.STATE)


def _in_family(incidences: Incidences, family: str) -> NDArray[np.bool_]:
    """Mask of the rows whose token belongs to the family. Shape (n_rows,)."""
    kinds = incidences.kinds_in(FAMILIES[family])
    return np.asarray(kinds[incidences.kind[incidences.token]], dtype=bool)


def _pieces(
    incidences: Incidences, labels: NDArray[np.int64], rows: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Owners connected through the rows inside their own group. Shape (n_owners,)."""
    owner = incidences.owner[rows]
    width = labels.max(initial=UNGROUPED) + 2
    return _union_through(
        incidences.n_owners, owner, incidences.token[rows] * width + labels[owner]
    )


def _union(pieces: NDArray[np.int64], keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join pieces that have a member with the same key. Shape (n_owners,)."""
    everyone = np.arange(pieces.size)
    both = np.concatenate([pieces, keys + pieces.max() + 1])
    return _union_through(pieces.size, np.concatenate([everyone, everyone]), both)


def _union_through(n: int, owner: NDArray[np.int64], cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """Components of owners that meet in a cell. Shape (n,)."""
    cells, place = np.unique(cell, return_inverse=True)
    nodes = n + cells.size
    edges = sparse.coo_array((np.ones(owner.size), (owner, n + place)), shape=(nodes, nodes))
    return np.asarray(connected_components(edges, directed=False)[1][:n], dtype=np.int64)


def families_holding(incidences: Incidences, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """In how many channels something of its own group's holds each owner.

    Channels, not families: a client and a template that nobody else has make a group that
    is worth judging, though one popular program might explain both.

    A community algorithm puts every owner somewhere. One whose tokens are mostly held
    by strangers does not belong, and one that a single family ties, as an address that
    was passed on, may be there by accident.

    Args:
        incidences: The bipartite graph.
        inside: Rows that are at home, from `holding`. Shape (n_rows,).

    Returns:
        Shape (n_owners,).
    """
    cells = (incidences.n_owners, len(incidences.kinds))
    cell = incidences.owner * cells[1] + incidences.kind[incidences.token]
    at_home = np.bincount(cell[inside], minlength=cells[0] * cells[1]).reshape(cells)
    part = at_home / np.maximum(incidences.held, 1)
    count = np.zeros(incidences.n_owners, dtype=np.int64)
    for channel in Channel:
        kinds = incidences.kinds_in(frozenset({channel}))
        count += (part[:, kinds] >= OWN_PART).any(axis=1)
    return count
