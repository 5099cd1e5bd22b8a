"""Who owns an organization in the end: shares summed over every path, loops included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from revenuer.access.applications import Share

OVER = 1e-6
"""Shares that sum to no more than this above one are rounded, not wrong."""
DIGITS = 9
"""A sum of products of shares is no more exact than this."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns one organization, as far as the table says.

    Attributes:
        within: Share that is owned from the jurisdictions that were asked for, over all paths.
        elsewhere: Share of which it is known that it is owned from others.
        loops: Names that own themselves over others, each loop sorted.
        oversubscribed: Names whose owners' shares sum to more than all.
        listed: Whether the table names any owner of it.
    """

    within: float
    elsewhere: float
    loops: tuple[tuple[str, ...], ...] = ()
    oversubscribed: tuple[str, ...] = ()
    listed: bool = True

    @property
    def unknown(self) -> float:
        """The share of which nothing is known."""
        return round(max(1.0 - self.within - self.elsewhere, 0.0), DIGITS)


def aggregate_ownership(
    graph: Iterable[Share],
    owned: str,
    jurisdictions: Collection[str],
    *,
    control: float | None = None,
) -> Ownership:
    """Sum who owns an organization, directly and through others.

    A share counts where a path upwards first meets an owner who is seated in one of the
    jurisdictions; what such an owner belongs to is not counted again. An owner of whom the table
    names neither a seat nor owners is unknown.

    Args:
        graph: The table of owners; several rows of one pair add up.
        owned: The organization.
        jurisdictions: The seats that are asked for.
        control: Above this share, who is owned counts as seated there itself, and so do the
            shares that they hold in full; None multiplies shares along each path.

    Examples:
        By hand: 0.6 of 0.6, and 0.1 directly.

        >>> table = [Share("parent", "middle", 0.6, "X"), Share("middle", "target", 0.6),
        ...          Share("fund", "target", 0.1, "X")]
        >>> aggregate_ownership(table, "target", {"X"}).within
        0.46
        >>> aggregate_ownership(table, "target", {"X"}, control=0.5).within
        0.7
    """
    owners, seats = _owners(graph)
    names = _above(owned, owners)
    place = {name: number for number, name in enumerate(names)}
    over = tuple(sorted(name for name in names if _sum(owners.get(name)) > 1 + OVER))
    shares = _matrix(names, place, owners)
    inside = {name for name in names[1:] if seats.get(name) in jurisdictions}
    known = {
        name for name in names[1:] if name in seats and name not in inside and not owners.get(name)
    }
    while True:
        within = _reached(shares, place, inside)
        if control is None:
            break
        ruled = {name for name in names[1:] if within[place[name]] > control} - inside
        if not ruled:
            break
        inside |= ruled
    elsewhere = _reached(shares, place, known - inside, barred=inside)
    return Ownership(
        within=round(float(within[0]), DIGITS),
        elsewhere=round(float(elsewhere[0]), DIGITS),
        loops=_loops(shares, names),
        oversubscribed=over,
        listed=bool(owners.get(owned)),
    )


def _owners(
    graph: Iterable[Share],
) -> tuple[Mapping[str, Mapping[str, float]], Mapping[str, str]]:
    """Who owns how much of whom, and where owners are seated. An unknown share is none."""
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    seats: dict[str, str] = {}
    for row in graph:
        share = row.share if row.share is not None and 0 <= row.share <= 1 else 0.0
        found[row.owned][row.owner] = found[row.owned].get(row.owner, 0.0) + share
        if row.jurisdiction is not None:
            seats[row.owner] = row.jurisdiction
    return found, seats


def _above(owned: str, owners: Mapping[str, Mapping[str, float]]) -> list[str]:
    """An organization and everybody above it, itself first."""
    found, waiting = {owned: None}, [owned]
    while waiting:
        for name in owners.get(waiting.pop(), ()):
            if name not in found:
                found[name] = None
                waiting.append(name)
    return list(found)


def _sum(shares: Mapping[str, float] | None) -> float:
    return sum(shares.values()) if shares else 0.0


def _matrix(
    names: list[str], place: Mapping[str, int], owners: Mapping[str, Mapping[str, float]]
) -> NDArray[np.float64]:
    """Share of the row's name that the column's owns; a sum above one is brought to one."""
    shares = np.zeros((len(names), len(names)))
    for name in names:
        whole = max(_sum(owners.get(name)), 1.0)
        for owner, share in owners.get(name, {}).items():
            shares[place[name], place[owner]] = share / whole
    return shares


def _reached(
    shares: NDArray[np.float64],
    place: Mapping[str, int],
    goal: Collection[str],
    barred: Collection[str] = (),
) -> NDArray[np.float64]:
    """Share of each name that ends at a goal, over all paths upwards.

    The least solution of x = A x + b, which is the sum over paths: names that no path leads out
    of have none, and for the others I - A can be inverted.
    """
    ends = np.zeros(len(place), dtype=bool)
    ends[[place[name] for name in goal]] = True
    stops = ends.copy()
    stops[[place[name] for name in barred]] = True
    through = np.where(stops[:, None], 0.0, shares)
    leading = ends.copy()
    while (grown := leading | (through[:, leading].sum(axis=1) > 0)).sum() > leading.sum():
        leading = grown
    inner = leading & ~stops
    found = ends.astype(float)
    if inner.any():
        among = through[np.ix_(inner, inner)]
        gained = through[np.ix_(inner, ends)].sum(axis=1)
        found[inner] = np.linalg.solve(np.eye(inner.sum()) - among, gained)
    return found


def _loops(shares: NDArray[np.float64], names: list[str]) -> tuple[tuple[str, ...], ...]:
    _, group = connected_components((shares > 0).astype(np.int8), connection="strong")
    members: defaultdict[int, list[str]] = defaultdict(list)
    for name, number in zip(names, group.tolist(), strict=True):
        members[number].append(name)
    loops = [each for each in members.values() if len(each) > 1]
    loops += [[name] for place, name in enumerate(names) if shares[place, place] > 0]
    return tuple(sorted(tuple(sorted(set(each))) for each in loops))
