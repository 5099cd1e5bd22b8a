"""Where members and tokens of a web lie around the middles of its groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.layout import Points, beside, disc_radius, ring, sectors

Whole = NDArray[np.int64]

BETWEEN_AT_MOST = 240
"""Tokens of several groups that get a place of their own. placeholder"""
TOKEN_STEP = 6.0
"""Between two tokens that tie groups, in distances of two members. placeholder"""
RING_STEP = 1.8
"""Between two tokens of one group, likewise: none is drawn over another. placeholder"""


@dataclass(frozen=True, slots=True)
class Edges:
    """Which member has which token.

    Attributes:
        member: Place of the member. Shape (e,).
        token: Place of the token, rising. Shape (e,).
        weight: How much it binds, at least 0. Shape (e,).
    """

    member: Whole
    token: Whole
    weight: NDArray[np.float64]


def in_groups(group: Whole, size: Whole, edges: Edges) -> Points:
    """Where members lie from the middle of their group: beside those with whom most binds them.

    Args:
        group: Of each member. Shape (m,).
        size: Of each group. Shape (g,).
        edges: What members have.

    Returns:
        Shape (m, 2).
    """
    strongest = np.full(group.size, -1)
    order = np.argsort(edges.weight, kind="stable")
    # Of several assignments to one place the last one stays: the heaviest.
    strongest[edges.member[order]] = edges.token[order]
    offsets = np.empty((group.size, 2))
    by_group = np.argsort(group, kind="stable")
    for some in np.split(by_group, np.cumsum(size)[:-1]):
        offsets[some] = sectors(strongest[some])
    return offsets


def around_groups(
    shared: NDArray[np.int32], size: Whole, offsets: Points, edges: Edges
) -> tuple[Points, NDArray[np.float64], Whole]:
    """Tokens of a single group on rings around it.

    Args:
        shared: How many members of each group have each token. Shape (t, g).
        size: Of each group. Shape (g,).
        offsets: From `in_groups`.
        edges: What members have.

    Returns:
        Where each token lies from the middle of its group; how far each group reaches; the
        group of each token, -1 for one of several.
    """
    n_tokens = shared.shape[0]
    own = np.where((shared > 0).sum(axis=1) == 1, shared.argmax(axis=1), -1)
    n = np.maximum(np.bincount(edges.token, minlength=n_tokens), 1)
    middle = np.column_stack(
        [
            np.bincount(edges.token, weights=offsets[edges.member, side], minlength=n_tokens) / n
            for side in (0, 1)
        ]
    )
    at = np.zeros((n_tokens, 2))
    radius = disc_radius(size)
    for number in range(size.size):
        mine = np.flatnonzero(own == number)
        if mine.size:
            angle = np.arctan2(middle[mine, 1], middle[mine, 0])
            at[mine] = ring(angle, float(radius[number]) + 1.5, RING_STEP)
            radius[number] = np.linalg.norm(at[mine], axis=1).max() + 1.0
    return at, radius, own


def place_between(
    at: Points,
    own: Whole,
    shared: NDArray[np.int32],
    strength: NDArray[np.float64],
    group_at: Points,
    radius: NDArray[np.float64],
) -> None:
    """Place the tokens of several groups in the middle of these, the strongest with room.

    Args:
        at: Where tokens lie; theirs is written. Shape (t, 2).
        own: From `around_groups`.
        shared: As there.
        strength: Of each token. Shape (t,).
        group_at: The middles of groups. Shape (g, 2).
        radius: How far they reach. Shape (g,).
    """
    several = np.flatnonzero(own < 0)
    if not several.size:
        return
    part = shared[several] / np.maximum(shared[several].sum(axis=1, keepdims=True), 1)
    at[several] = part @ group_at
    strongest = several[np.argsort(-strength[several], kind="stable")[:BETWEEN_AT_MOST]]
    at[strongest] = beside(at[strongest], group_at, radius, TOKEN_STEP)
