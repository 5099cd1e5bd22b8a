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

HOLDING_FAMILIES = 2
"""Families of links that must hold a member in its group."""


@dataclass(frozen=True, slots=True)
class Partition:
    """Groups at one resolution.

    Attributes:
        resolution: Of modularity.
        labels: Each account's group, -1 for none. Shape (n_accounts,).
        without: The labels that a family's links had no part in, by family.
    """

    resolution: float
    labels: NDArray[np.int64]
    without: dict[str, NDArray[np.int64]]


def binding(kinds: tuple[LinkKind, ...]) -> NDArray[np.float64]:
    """How much a shared token of each kind binds. Shape (n_kinds,)."""
    return np.array(
        [PRIVATE_STRENGTH if kind.private else STRENGTH[kind.channel] for kind in kinds]
    )


def make_partitions(incidences: Incidences, *, smallest: int, seed: int) -> list[Partition]:
    """Group the accounts at every resolution, and again without each family of links."""
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
    """In how many families of links something of its own group's holds each account.

    A community algorithm puts every account somewhere. One whose tokens are mostly held
    by strangers does not belong, and one that a single family ties, as an address that
    was passed on, may be there by accident.

    Args:
        incidences: The bipartite graph.
        labels: Each account's community. Shape (n_accounts,).
        leaving_out: A family that does not count.

    Returns:
        Shape (n_accounts,).
    """
    others_inside = (shared_inside(incidences, labels) - 1) / np.maximum(
        incidences.holders[incidences.token] - 1, 1
    )
    holding = others_inside >= HALF_INSIDE
    count = np.zeros(incidences.n_accounts, dtype=np.int64)
    for family, channels in FAMILIES.items():
        if family == leaving_out:
            continue
        kinds = incidences.kinds_in(channels)[incidences.kind[incidences.token]]
        held = np.zeros(incidences.n_accounts, dtype=bool)
        held[incidences.account[holding & kinds]] = True
        count += held
    return count
