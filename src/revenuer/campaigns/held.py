"""Who belongs to a group, and who was only put there.

A community algorithm puts every owner somewhere. Here each group is cut down to the owners
that its own tokens hold, and taken apart where nothing of its own connects it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from revenuer.campaigns.chance import SURPRISING, log_overlap_p
from revenuer.campaigns.group import UNGROUPED
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

HALF_INSIDE = 0.5
"""Part of a token's other holders that must be in the group for it to hold a member; not
less, so that a token is at home in one group at most."""

OWN_PART = 0.1
"""Part of an owner's tokens of a kind that must tie it to the group: an office of forty
meets everybody somewhere. placeholder"""
HOLDING_FAMILIES = 2
"""Families of links that must hold a member in its group."""


@dataclass(frozen=True, slots=True)
class Ties:
    """The rows of the bipartite graph that may still hold an owner in its group.

    Attributes:
        owner: Row's owner. Shape (n_rows,).
        token: Row's token, from 0, rising. Shape (n_rows,).
        kind: Each token's position in `kinds`. Shape (n_tokens,).
        holders: Owners that hold each token. Shape (n_tokens,).
        held: Tokens of each kind that each owner holds. Shape (n_owners, n_kinds).
        kinds: The link detectors.
    """

    owner: NDArray[np.int64]
    token: NDArray[np.int64]
    kind: NDArray[np.int64]
    holders: NDArray[np.int64]
    held: NDArray[np.int64]
    kinds: tuple[LinkKind, ...]

    @classmethod
    def of(cls, incidences: Incidences, *, leaving_out: str | None = None) -> Ties:
        """What counts as evidence, but for one family of links."""
        return cls.every(incidences).only(_counted(incidences, leaving_out))

    @classmethod
    def every(cls, incidences: Incidences) -> Ties:
        """All rows."""
        return cls(
            incidences.owner,
            incidences.token,
            incidences.kind,
            incidences.holders,
            incidences.held,
            incidences.kinds,
        )

    def only(self, rows: NDArray[np.bool_]) -> Ties:
        """The given rows, their tokens numbered anew."""
        token = self.token[rows]
        starts = np.diff(token, prepend=-1) > 0
        kept = token[starts]
        place = np.cumsum(starts) - 1
        return Ties(
            self.owner[rows], place, self.kind[kept], self.holders[kept], self.held, self.kinds
        )

    def mostly_inside(self, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask of the rows whose token is mostly in the owner's group. Shape (n_rows,).

        Rows that fail stay out whatever becomes of the groups, as long as they only shrink.
        """
        if not self.owner.size:
            return np.zeros(0, dtype=bool)
        tokens = self.kind.size
        width = labels.max(initial=UNGROUPED) + 2
        group = labels[self.owner]
        # More than half of a token's holders are in its home: so is the middle one in order.
        key = np.sort(self.token * width + group + 1)
        count = np.bincount(self.token, minlength=tokens)
        middle = np.cumsum(count) - count + count // 2
        home = key[middle] - np.arange(tokens) * width - 1
        there = (group == home[self.token]) & (group != UNGROUPED)
        inside = np.bincount(self.token[there], minlength=tokens)
        mostly = (inside - 1) >= HALF_INSIDE * np.maximum(self.holders - 1, 1)
        return np.asarray(there & mostly[self.token])

    def surprising(self, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask of rows, all mostly inside, that are not there by accident. Shape (n_rows,)."""
        if not self.owner.size:
            return np.zeros(0, dtype=bool)
        sizes = np.bincount(labels[labels != UNGROUPED])
        inside = np.bincount(self.token)
        home = labels[self.owner[np.cumsum(inside) - inside]]
        log_p = log_overlap_p(inside, self.holders, sizes[home], labels.size)
        tried = self.held[self.owner, self.kind[self.token]]
        return np.asarray(log_p[self.token] + np.log(tried) < np.log(SURPRISING))

    def families_holding(self) -> NDArray[np.int64]:
        """In how many channels these rows hold each owner. Shape (n_owners,)."""
        present = np.zeros(len(self.held), dtype=bool)
        present[self.owner] = True
        owners, kinds = np.flatnonzero(present), len(self.kinds)
        place = (np.cumsum(present) - 1)[self.owner]
        cells = np.bincount(
            place * kinds + self.kind[self.token], minlength=owners.size * kinds
        ).reshape(owners.size, kinds)
        holds = cells / np.maximum(self.held[owners], 1) >= OWN_PART
        count = np.zeros(present.size, dtype=np.int64)
        for channel in Channel:
            count[owners] += holds[:, self._kinds_in(frozenset({channel}))].any(axis=1)
        return count

    def pieces(self, families: int) -> NDArray[np.int64]:
        """What these rows connect, all holders of one token with each other.

        Args:
            families: How many families must connect two pieces, 1 or 2.

        Returns:
            The first owner of each owner's piece. Shape (n_owners,).
        """
        # A chain through the holders of a token connects them all.
        meet = np.flatnonzero(np.diff(self.token) == 0)
        ends = self.owner[meet], self.owner[meet + 1]
        kind = self.kind[self.token[meet]]
        sure = np.array([_connects_alone(one) for one in self.kinds], dtype=bool)
        if families < HOLDING_FAMILIES:
            sure[:] = True
        piece = _components(len(self.held), *(end[sure[kind]] for end in ends))
        joined = []
        for channels in FAMILIES.values():
            further = np.isin(kind, self._kinds_in(channels)) & ~sure[kind]
            if further.any():
                joined.append(_components(piece.max() + 1, *(piece[end[further]] for end in ends)))
        piece = _joined_twice(joined, piece.max(initial=-1) + 1)[piece]
        first = np.full(piece.max(initial=-1) + 1, -1)
        first[piece[::-1]] = np.arange(piece.size)[::-1]
        return first[piece]

    def _kinds_in(self, channels: frozenset[Channel]) -> list[int]:
        return [number for number, one in enumerate(self.kinds) if one.channel in channels]


def _counted(incidences: Incidences, leaving_out: str | None) -> NDArray[np.bool_]:
    """Mask of the rows whose token counts as evidence. Shape (n_rows,)."""
    counted = incidences.telling
    if leaving_out is not None:
        counted = counted & ~incidences.kinds_in(FAMILIES[leaving_out])
    return np.asarray(counted[incidences.kind][incidences.token])


def _connects_alone(kind: LinkKind) -> bool:
    return kind.private or kind.channel in (Channel.TEXT, Channel.STATE)


def _joined_twice(joined: list[NDArray[np.int64]], size: int) -> NDArray[np.int64]:
    """Components of what two labellings or more agree is one. Shape (size,)."""
    pairs = []
    for one, other in combinations(joined, 2):
        key = one * size + other
        order = np.argsort(key)
        same = np.flatnonzero(np.diff(key[order]) == 0)
        pairs.append(np.stack([order[same], order[same + 1]]))
    ends = np.concatenate([np.empty((2, 0), np.int64), *pairs], axis=1)
    return _components(size, ends[0], ends[1])


def _components(size: int, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """The component of each node. Shape (size,)."""
    edges = sparse.coo_array((np.ones(one.size), (one, other)), shape=(size, size))
    return np.asarray(connected_components(edges, directed=False)[1], dtype=np.int64)


def keep_held(ties: Ties, labels: NDArray[np.int64], families: int) -> NDArray[np.int64]:
    """Drop members that too few families of links hold, until all that are left are held.

    Args:
        ties: What may hold anybody.
        labels: Each owner's group. Shape (n_owners,).
        families: That must hold a member, and connect two pieces of a group.

    Returns:
        The first owner of each owner's group, `UNGROUPED` for the dropped. Shape
        (n_owners,).
    """
    found = np.full(labels.size, UNGROUPED, dtype=np.int64)
    while True:
        ties = ties.only(ties.mostly_inside(labels))
        if not ties.owner.size:
            return found
        sure = ties.only(ties.surprising(labels))
        held = sure.families_holding() >= families
        pieces = sure.pieces(families)
        stands = _stands(labels, held, pieces)
        found = np.where(stands, pieces, found)
        # A group that lost nobody loses nobody later either: what holds it is its own.
        labels = np.where(held & ~stands & (labels != UNGROUPED), pieces, UNGROUPED)


def _stands(
    labels: NDArray[np.int64], held: NDArray[np.bool_], pieces: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Owners whose group is held as a whole and in one piece. Shape (n_owners,)."""
    grouped = np.flatnonzero(labels != UNGROUPED)
    group = labels[grouped]
    piece = np.empty(labels.max(initial=UNGROUPED) + 1, dtype=np.int64)
    piece[group] = pieces[grouped]
    whole = held[grouped] & (pieces[grouped] == piece[group])
    broken = np.bincount(group[~whole], minlength=piece.size) > 0
    stands = np.zeros(labels.size, dtype=bool)
    stands[grouped[~broken[group]]] = True
    return stands


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
    found = np.zeros(incidences.owner.size, dtype=bool)
    rows = np.flatnonzero(_counted(incidences, leaving_out))
    ties = Ties.of(incidences, leaving_out=leaving_out)
    inside = ties.mostly_inside(labels)
    found[rows[inside]] = ties.only(inside).surprising(labels)
    return found


def families_holding(incidences: Incidences, inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """In how many channels something of its own group's holds each owner.

    Channels, not families: a client and a template that nobody else has make a group that
    is worth judging, though one popular program might explain both.

    One whose tokens are mostly held by strangers does not belong, and one that a single
    family ties, as an address that was passed on, may be there by accident.

    Args:
        incidences: The bipartite graph.
        inside: Rows that are at home, from `holding`. Shape (n_rows,).

    Returns:
        Shape (n_owners,).
    """
    return Ties.every(incidences).only(inside).families_holding()


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
        The first owner of each owner's piece, `UNGROUPED` for those without a group.
        Shape (n_owners,).
    """
    pieces = Ties.every(incidences).only(inside).pieces(families)
    return np.where(labels == UNGROUPED, UNGROUPED, pieces)
