"""The groups that are judged, and for each family of links the groups made without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.group import Refine, community_levels, link_weights, renumber, thinned
from revenuer.campaigns.held import FAMILIES, HOLDING_FAMILIES, Ties, keep_held
from revenuer.campaigns.incidence import Incidences, LinkKind
from revenuer.records import Channel

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
    # What a peer says is heard of groups that are there without it.
    Channel.PEER: 0.0,
}
"""How much a shared token of each channel binds. placeholder"""
PRIVATE_STRENGTH = 1.5
"""The same for what strangers never share, such as a card. placeholder"""
COMMONEST = 0.2
"""Rarity below which a token groups nobody: held by a sixth of 10,000 owners. placeholder"""


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
    weights = thinned(incidences, weights)
    apart = [family for family in FAMILIES if family != "timing"]
    held = community_levels(
        incidences,
        _forms(incidences, weights, apart),
        resolutions=RESOLUTIONS,
        seed=seed,
        then=lambda number: _held(
            Ties.of(incidences, leaving_out=apart[number - 1] if number else None),
            HOLDING_FAMILIES if not number else 1,
            smallest,
        ),
    )
    return [
        Partition(
            resolution,
            held[0][level],
            {"timing": held[0][level]}
            | {family: one[level] for family, one in zip(apart, held[1:], strict=True)},
        )
        for level, resolution in enumerate(RESOLUTIONS)
    ]


def _forms(
    incidences: Incidences, weights: NDArray[np.float64], apart: list[str]
) -> Iterator[NDArray[np.float64]]:
    """The weights of all links, then those without each family."""
    yield weights
    for family in apart:
        yield np.where(_in_family(incidences, family), 0.0, weights)


def _held(ties: Ties, families: int, smallest: int) -> Refine:
    """What is kept of communities: groups of the members that are held there."""
    return lambda labels: renumber(keep_held(ties, labels, families), smallest=smallest)


def _in_family(incidences: Incidences, family: str) -> NDArray[np.bool_]:
    """Mask of the rows whose token belongs to the family. Shape (n_rows,)."""
    kinds = incidences.kinds_in(FAMILIES[family])
    return np.asarray(kinds[incidences.kind][incidences.token], dtype=bool)
