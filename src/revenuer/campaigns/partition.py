"""The groups that are judged, and for each family of links the groups made without it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.chance import shared_inside
from revenuer.campaigns.group import UNGROUPED, communities, link_weights, renumber
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

RESOLUTIONS = (1.0, 4.0, 16.0)
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
    every = np.ones(incidences.n_tokens, dtype=bool)
    strength = binding(incidences.kinds)
    weights = link_weights(incidences, every) * strength[incidences.kind[incidences.token]]
    partitions = []
    for resolution in RESOLUTIONS:
        labels = communities(incidences, weights, resolution=resolution, seed=seed)
        held = families_holding(incidences, labels) >= HOLDING_FAMILIES
        whole = renumber(np.where(held, labels, UNGROUPED), smallest=smallest)
        without = {"timing": whole} | {
            family: _without(incidences, weights, family, resolution, smallest, seed)
            for family in FAMILIES
            if family != "timing"
        }
        partitions.append(Partition(resolution, whole, without))
    return partitions


def _without(
    incidences: Incidences,
    weights: NDArray[np.float64],
    family: str,
    resolution: float,
    smallest: int,
    seed: int,
) -> NDArray[np.int64]:
    """The groups that form when a family's links are not looked at."""
    kinds = incidences.kinds_in(FAMILIES[family])
    rest = np.where(kinds[incidences.kind[incidences.token]], 0.0, weights)
    labels = communities(incidences, rest, resolution=resolution, seed=seed)
    held = families_holding(incidences, labels, leaving_out=family) >= 1
    return renumber(np.where(held, labels, UNGROUPED), smallest=smallest)


def families_holding(
    incidences: Incidences, labels: NDArray[np.int64], *, leaving_out: str | None = None
) -> NDArray[np.int64]:
    """In how many families of links something of its own group's holds each owner.

    A community algorithm puts every owner somewhere. One whose tokens are mostly held
    by strangers does not belong, and one that a single family ties, as an address that
    was passed on, may be there by accident.

    Args:
        incidences: The bipartite graph.
        labels: Each owner's community. Shape (n_owners,).
        leaving_out: A family that does not count.

    Returns:
        Shape (n_owners,).
    """
    others_inside = (shared_inside(incidences, labels) - 1) / np.maximum(
        incidences.holders[incidences.token] - 1, 1
    )
    kind = incidences.kind[incidences.token]
    cells = (incidences.n_owners, len(incidences.kinds))
    cell = incidences.owner * cells[1] + kind
    inside = np.bincount(cell[others_inside >= HALF_INSIDE], minlength=cells[0] * cells[1])
    part = inside.reshape(cells) / np.maximum(incidences.held, 1)
    count = np.zeros(incidences.n_owners, dtype=np.int64)
    for family, channels in FAMILIES.items():
        if family != leaving_out:
            count += (part[:, incidences.kinds_in(channels)] >= OWN_PART).any(axis=1)
    return count
