"""Who belongs to a group, and who was only put there.

A community algorithm puts every owner somewhere. Here each group is cut down to the owners
that its own tokens hold, and taken apart where nothing of its own connects it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.chance import SURPRISING, log_overlap_p
from revenuer.campaigns.components import components, joined_twice
from revenuer.campaigns.group import UNGROUPED
from revenuer.campaigns.incidence import Incidences, LinkKind, count_cells
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

    Rows are in the order of their tokens, and every token has one.

    Attributes:
        owner: Row's owner. Shape (n_rows,).
        sizes: Rows of each token. Shape (n_tokens,).
        kind: Each token's position in `kinds`. Shape (n_tokens,).
        holders: Owners that hold each token. Shape (n_tokens,).
        held: Tokens of each kind that each owner holds. Shape (n_owners, n_kinds).
        kinds: The link detectors.
    """

    owner: NDArray[np.int32]
    sizes: NDArray[np.int64]
    kind: NDArray[np.int64]
    holders: NDArray[np.int64]
    held: NDArray[np.int64]
    kinds: tuple[LinkKind, ...]

    @classmethod
    def of(cls, incidences: Incidences, *, leaving_out: str | None = None) -> Ties:
        """What counts as evidence, but for one family of links."""
        return cls.among(incidences, _counted(incidences, leaving_out))

    @classmethod
    def among(cls, incidences: Incidences, rows: NDArray[np.bool_]) -> Ties:
        """The given rows of the graph."""
        sizes = np.bincount(incidences.token[rows], minlength=incidences.n_tokens)
        kept = sizes > 0
        return cls(
            incidences.owner[rows].astype(np.int32),
            sizes[kept],
            incidences.kind[kept],
            incidences.holders[kept],
            incidences.held,
            incidences.kinds,
        )

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where the rows of each token begin. Shape (n_tokens,)."""
        return np.cumsum(self.sizes) - self.sizes

    def by_row(self, values: NDArray[Any]) -> NDArray[Any]:
        """The value of each row's token, of one a token. Shape (n_rows,)."""
        return np.repeat(values, self.sizes)

    def only(self, rows: NDArray[np.bool_]) -> Ties:
        """The given rows."""
        until = np.concatenate([[0], np.cumsum(rows)])
        ends = np.cumsum(self.sizes)
        sizes = until[ends] - until[ends - self.sizes]
        kept = sizes > 0
        return Ties(
            self.owner[rows],
            sizes[kept],
            self.kind[kept],
            self.holders[kept],
            self.held,
            self.kinds,
        )

    def mostly_inside(self, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask of the rows whose token is mostly in the owner's group. Shape (n_rows,).

        Rows that fail stay out whatever becomes of the groups, as long as they only shrink.
        """
        if not self.owner.size:
            return np.zeros(0, dtype=bool)
        group = labels.astype(np.int32)
        # How many rows each token has in each group; the ungrouped are the first.
        inside = count_cells(self.owner, self.sizes, group - UNGROUPED)
        cell = np.repeat(np.arange(self.kind.size), np.diff(inside.indptr))
        most = np.maximum.reduceat(inside.data, inside.indptr[:-1])
        mostly = (most - 1) >= HALF_INSIDE * np.maximum(self.holders - 1, 1)
        # So many are more than half: one group at most has them.
        there = np.flatnonzero(mostly[cell] & (inside.data == most[cell]))
        home = np.full(self.kind.size, UNGROUPED, dtype=np.int32)
        home[cell[there]] = inside.indices[there] + UNGROUPED
        of_row = group[self.owner]
        return np.asarray((of_row == self.by_row(home)) & (of_row != UNGROUPED))

    def surprising(self, labels: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mask of rows, all mostly inside, that are not there by accident. Shape (n_rows,)."""
        if not self.owner.size:
            return np.zeros(0, dtype=bool)
        sizes = np.bincount(labels[labels != UNGROUPED])
        home = labels[self.owner[self.starts]]
        log_p = log_overlap_p(self.sizes, self.holders, sizes[home], labels.size)
        tried = self.held[self.owner, self.by_row(self.kind)]
        return np.asarray(self.by_row(log_p) + np.log(tried) < np.log(SURPRISING))

    def families_holding(self) -> NDArray[np.int64]:
        """In how many channels these rows hold each owner. Shape (n_owners,)."""
        present = np.zeros(len(self.held), dtype=bool)
        present[self.owner] = True
        owners, kinds = np.flatnonzero(present), len(self.kinds)
        place = (np.cumsum(present) - 1)[self.owner]
        cells = np.bincount(
            place * kinds + self.by_row(self.kind), minlength=owners.size * kinds
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
        alone = np.array([_connects_alone(one) for one in self.kinds], dtype=bool)[self.kind]
        if families < HOLDING_FAMILIES:
            alone[:] = True
        piece = components(len(self.held), self.owner[self.by_row(alone)], self.sizes[alone])
        joined = []
        for channels in FAMILIES.values():
            further = np.isin(self.kind, self._kinds_in(channels)) & ~alone
            if further.any():
                met = piece[self.owner[self.by_row(further)]]
                joined.append(components(piece.max() + 1, met, self.sizes[further]))
        piece = joined_twice(joined, piece.max(initial=-1) + 1)[piece]
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
    return Ties.among(incidences, inside).families_holding()


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
    pieces = Ties.among(incidences, inside).pieces(families)
    return np.where(labels == UNGROUPED, UNGROUPED, pieces)
