"""Where members and tokens of a web lie around the middles of its groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.layout import Points, beside, disc_radius, ring, sectors

Whole = NDArray[np.int64]

BETWEEN_AT_MOST = 140
"""Tokens of several groups that are drawn, and so get a place of their own. placeholder"""
BETWEEN_A_GROUP = 4
"""Of these for each group: of few groups, many ties are a tangle. placeholder"""
OF_A_KIND = 1 / 3
"""Share of these that may be of one kind. placeholder"""
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


def between_groups(
    tokens: Whole, strength: NDArray[np.float64], kind: Sequence[str], n_groups: int
) -> Whole:
    """The tokens of several groups that are drawn: those that tie most, a number of each kind.

    Args:
        tokens: Places of the tokens of several groups.
        strength: Of every token. Shape (t,).
        kind: Likewise.
        n_groups: Groups that have members.
    """
    at_most = min(BETWEEN_AT_MOST, BETWEEN_A_GROUP * n_groups)
    of_kind: Counter[str] = Counter()
    kept: list[int] = []
    for token in tokens[np.argsort(-strength[tokens], kind="stable")].tolist():
        if of_kind[kind[token]] < max(OF_A_KIND * at_most, 1) and len(kept) < at_most:
            of_kind[kind[token]] += 1
            kept.append(token)
    return np.array(kept, np.int64)


def arrange(
    at: Points,
    own: Whole,
    shared: NDArray[np.int32],
    drawn: Whole,
    group_at: Points,
    radius: NDArray[np.float64],
) -> Points:
    """Place all tokens: those of one group around it, those of several in the middle of these.

    Args:
        at: Where tokens of one group lie from its middle; where all lie is written. Shape (t, 2).
        own: From `around_groups`.
        shared: As there.
        drawn: From `between_groups`; they get room.
        group_at: The middles of groups. Shape (g, 2).
        radius: How far they reach. Shape (g,).

    Returns:
        The middles of groups, moved apart where what ties them had no room. Shape (g, 2).
    """
    group_at = _with_room(group_at, np.asarray(shared.any(axis=0)), drawn.size)
    one = own >= 0
    at[one] += group_at[own[one]]
    several = np.flatnonzero(~one)
    if several.size:
        part = shared[several] / np.maximum(shared[several].sum(axis=1, keepdims=True), 1)
        at[several] = part @ group_at
        at[drawn] = beside(at[drawn], group_at, radius, TOKEN_STEP)
    return group_at


def _with_room(group_at: Points, is_tied: NDArray[np.bool_], n_tokens: int) -> Points:
    """Groups as far from their middle as a disc of the tokens between them reaches."""
    if not n_tokens:
        return group_at
    middle = group_at[is_tied].mean(axis=0)
    far = float(np.linalg.norm(group_at[is_tied] - middle, axis=1).mean())
    wanted = TOKEN_STEP * float(disc_radius(n_tokens))
    return np.asarray(middle + (group_at - middle) * max(wanted / max(far, 1e-9), 1.0))
