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
        labels = _groups(incidences, weights, resolution, smallest, seed)
        without = {
            family: _groups(
                incidences,
                np.where(_in_family(incidences, family), 0.0, weights),
                resolution,
                smallest,
                seed,
            )
            for family in FAMILIES
            if family != "timing"
        }
        partitions.append(Partition(resolution, labels, without | {"timing": labels}))
    return partitions


def _in_family(incidences: Incidences, family: str) -> NDArray[np.bool_]:
    """Mask of the rows whose token belongs to the family. Shape (n_rows,)."""
    kinds = incidences.kinds_in(FAMILIES[family])
    return np.asarray(kinds[incidences.kind[incidences.token]], dtype=bool)


def _groups(
    incidences: Incidences,
    weights: NDArray[np.float64],
    resolution: float,
    smallest: int,
    seed: int,
) -> NDArray[np.int64]:
    labels = communities(incidences, weights, resolution=resolution, seed=seed)
    held = held_members(incidences, labels, weights > 0)
    return renumber(np.where(held, labels, UNGROUPED), smallest=smallest)


def held_members(
    incidences: Incidences, labels: NDArray[np.int64], rows: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Accounts that a token of their own group's holds in it, not one of the wide world.

    A community algorithm puts every account somewhere; an account whose tokens are
    mostly held by strangers does not belong.

    Args:
        incidences: The bipartite graph.
        labels: Each account's community. Shape (n_accounts,).
        rows: Incidences that count. Shape (n_rows,).
    """
    others_inside = (shared_inside(incidences, labels) - 1) / np.maximum(
        incidences.holders[incidences.token] - 1, 1
    )
    holding = rows & (others_inside >= HALF_INSIDE)
    held = np.zeros(incidences.n_accounts, dtype=bool)
    held[incidences.account[holding]] = True
    return held
