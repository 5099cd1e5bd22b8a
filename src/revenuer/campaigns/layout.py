"""Where groups of accounts, their members and what ties them are drawn.

Groups are few and are laid out by force; members are many and are packed, so that the work grows
with their number alone. Everything has a place of its own from the start: what is folded up and
what is unfolded never moves anything else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
GAP = 3.0
"""Free room around a group, in distances of two members. placeholder"""
ROUNDS = 150
"""Of the forces. placeholder"""
HEAT = 0.5
"""Share of the picture that a group without a place moves by at first. placeholder"""
APART = 60
"""Rounds in which circles are pushed apart before the whole is made larger. placeholder"""


def spiral(n: int) -> Points:
    """Places of members in a disc, evenly dense, the first in the middle. Shape (n, 2).

    Two neighbours are about one apart whatever their number, and the disc has a radius of
    about `disc_radius(n)`.

    Source:
        Vogel (1979), "A better way to construct the sunflower head", Math. Biosci. 44, 179-189.

    Examples:
        >>> spiral(3).round(2).tolist()
        [[0.42, 0.0], [-0.54, 0.5], [0.08, -0.95]]
    """
    place = np.arange(n)
    radius = 0.6 * np.sqrt(place + 0.5)
    angle = place * GOLDEN_ANGLE
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def disc_radius(n: NDArray[np.int64] | int) -> NDArray[np.float64]:
    """How far the members of a disc reach from its middle."""
    return np.asarray(0.6 * np.sqrt(np.asarray(n, float)) + 0.5)


def sectors(sort: NDArray[np.int64]) -> Points:
    """Places in a disc such that members of one sort lie beside each other. Shape (n, 2).

    Args:
        sort: Of each member, such as what ties it most. Shape (n,).
    """
    places = spiral(sort.size)
    turning = np.argsort(np.arctan2(places[:, 1], places[:, 0]), kind="stable")
    found = np.empty_like(places)
    found[np.argsort(sort, kind="stable")] = places[turning]
    return found


def ring(angle: NDArray[np.float64], radius: float, step: float) -> Points:
    """Places around a disc, near the angles that are wanted and a step apart. Shape (n, 2).

    A ring holds what fits at one step a piece; what does not is on the next ring.

    Args:
        angle: Where each would like to be. Shape (n,), radians.
        radius: Of the innermost ring.
        step: Between two of a ring, and from a ring to the next.
    """
    places = np.empty((angle.size, 2))
    order = np.argsort(angle, kind="stable")
    start, level = 0, radius
    while start < order.size:
        room = max(int(2 * np.pi * level / step), 1)
        # Every ring takes its share from all around, not one side of the circle.
        rings_left = max(-(-(order.size - start) // room), 1)
        some = order[start::rings_left] if rings_left > 1 else order[start:]
        rest = np.setdiff1d(order[start:], some, assume_unique=True)
        turned = _spread(np.sort(angle[some]), step / level)
        places[some[np.argsort(angle[some], kind="stable")]] = np.column_stack(
            [level * np.cos(turned), level * np.sin(turned)]
        )
        order = np.concatenate([order[:start], some, rest[np.argsort(angle[rest], kind="stable")]])
        start += some.size
        level += step
    return places


def _spread(angle: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Rising angles moved as little as it takes for each to be a step from the next."""
    if angle.size * step >= 2 * np.pi:
        return np.asarray(angle[0] + np.arange(angle.size) * 2 * np.pi / angle.size)
    steps = np.arange(angle.size) * step
    pushed = np.maximum.accumulate(angle - steps) + steps
    # The last may not run into the first from behind.
    limit = angle[0] + 2 * np.pi - step - (steps[-1] - steps)
    return np.asarray(np.minimum(pushed, limit))


def settle(
    radii: NDArray[np.float64],
    pulls: NDArray[np.float64],
    start: Points,
    *,
    is_new: NDArray[np.bool_],
) -> Points:
    """Places of circles: those that pull each other are near, and no two overlap.

    Nothing is random: same circles and pulls, same places. Circles that had a place keep it, but
    for what others that grow take of it.

    Args:
        radii: Of the circles. Shape (k,).
        pulls: How much two pull each other, at least 0, symmetric. Shape (k, k).
        start: Where they begin, no two at one place. Shape (k, 2).
        is_new: Those that had no place before. Shape (k,).

    Returns:
        Shape (k, 2); around the origin where all are new.

    Source:
        Fruchterman and Reingold (1991), "Graph drawing by force-directed placement",
        Softw. Pract. Exp. 21(11), 1129-1164; the ideal distance of two is that of circles that
        nearly touch.
    """
    if radii.size < 2:
        return np.zeros((radii.size, 2))
    places = start.astype(float)
    wanted = radii[:, None] + radii[None, :] + GAP
    extent = 2 * np.sqrt((radii**2).sum()) + GAP
    top = pulls.max()
    strength = pulls / top if top > 0 else pulls
    heat = np.where(is_new, HEAT, 0.0)[:, None] * extent
    for turn in range(ROUNDS):
        step = _forces(places, wanted, strength, extent)
        length = np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
        places = places + step / length * np.minimum(length, heat * (1 - turn / ROUNDS))
    if is_new.all():
        places -= places.mean(axis=0)
    return _apart(places, wanted)


def _forces(
    places: Points, wanted: NDArray[np.float64], strength: NDArray[np.float64], extent: float
) -> Points:
    """What moves each circle: away from all, towards those that pull, and to the middle."""
    between = places[:, None, :] - places[None, :, :]
    distance = np.maximum(np.linalg.norm(between, axis=2), 1e-6)
    away = wanted**2 / distance
    towards = strength * distance**2 / wanted
    np.fill_diagonal(away, 0.0)
    # What is twice as far as it need be pushes no more.
    away[distance > 2 * wanted] *= 0.1
    moved = ((away - towards) / distance)[:, :, None] * between
    inwards: Points = places * (wanted.mean() / extent)
    return np.asarray(moved.sum(axis=1) - inwards)


def _apart(places: Points, wanted: NDArray[np.float64]) -> Points:
    """Push circles apart until none overlaps; what is left then is made larger as a whole."""
    for _ in range(APART):
        between = places[:, None, :] - places[None, :, :]
        distance = np.maximum(np.linalg.norm(between, axis=2), 1e-6)
        short = np.maximum(wanted - distance, 0.0)
        np.fill_diagonal(short, 0.0)
        if short.max() <= 0:
            return places
        places = places + ((0.5 * short / distance)[:, :, None] * between).sum(axis=1)
    distance = np.linalg.norm(places[:, None, :] - places[None, :, :], axis=2)
    np.fill_diagonal(distance, np.inf)
    larger = float((wanted / np.maximum(distance, 1e-6)).max())
    return places * max(larger, 1.0)


def beside(wanted: Points, middles: Points, radii: NDArray[np.float64], step: float) -> Points:
    """Places near those that are wanted, outside of all circles and a step from each other.

    Args:
        wanted: Where each would like to be. Shape (n, 2).
        middles: Of the circles. Shape (k, 2).
        radii: Of the circles. Shape (k,).
        step: Between two.
    """
    # Several may want the same place: each begins a little beside.
    places = wanted + 0.05 * step * spiral(wanted.shape[0])
    for _ in range(APART):
        between = places[:, None, :] - places[None, :, :]
        distance = np.maximum(np.linalg.norm(between, axis=2), 1e-6)
        short = np.maximum(step - distance, 0.0)
        np.fill_diagonal(short, 0.0)
        places = places + ((0.5 * short / distance)[:, :, None] * between).sum(axis=1)
        places = _out_of(places, middles, radii + step / 2)
    return places


def _out_of(places: Points, middles: Points, radii: NDArray[np.float64]) -> Points:
    """Move what is in a circle straight to its edge; of several, to that of the deepest."""
    if not radii.size or not places.size:
        return places
    outwards = places[:, None, :] - middles[None, :, :]
    distance = np.maximum(np.linalg.norm(outwards, axis=2), 1e-6)
    depth = radii[None, :] - distance
    deepest = depth.argmax(axis=1)
    every = np.arange(places.shape[0])
    inside = np.maximum(depth[every, deepest], 0.0) / distance[every, deepest]
    return np.asarray(places + inside[:, None] * outwards[every, deepest])
