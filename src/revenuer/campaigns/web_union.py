"""The webs of several campaigns as one: beside each other, what they share between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from revenuer.campaigns.layout import GAP
from revenuer.campaigns.webs import Tokens, Web, Whole


def side_by_side(webs: Sequence[Web]) -> Web:
    """One web of several; an account that is in two of them is in the first.

    Args:
        webs: At least one.
    """
    if len(webs) == 1:
        return webs[0]
    members, first = np.unique(np.concatenate([one.members for one in webs]), return_index=True)
    sizes = [one.names.size for one in webs]
    group = np.concatenate(
        [one.group + start for one, start in zip(webs, _starts(sizes), strict=True)]
    )[first]
    names = np.concatenate([one.names for one in webs])
    order = np.lexsort((-np.bincount(group, minlength=names.size), names == 0))
    rank = np.argsort(order, kind="stable")
    shifts = np.repeat(np.column_stack([_shifts(webs), np.zeros(len(webs))]), sizes, axis=0)
    group_at = np.concatenate([one.group_at for one in webs]) + shifts
    tokens, place, token_at = _tokens(webs)
    edge_member = np.concatenate(
        [np.searchsorted(members, one.members)[one.edge_member] for one in webs]
    )
    starts = _starts([len(one.tokens.kind) for one in webs])
    edge_token = np.concatenate(
        [place[one.edge_token + start] for one, start in zip(webs, starts, strict=True)]
    )
    edges = np.unique(np.column_stack([edge_token, edge_member]), axis=0)
    inside = np.bincount(edges[:, 0], minlength=len(tokens.kind))
    return Web(
        members=members,
        group=rank[group],
        member_at=(np.concatenate([one.member_at for one in webs])[first] + shifts[group]),
        tokens=Tokens(
            tokens.kind, tokens.mark, inside, tokens.outside, tokens.first_us, tokens.last_us
        ),
        token_at=token_at,
        edge_member=edges[:, 1],
        edge_token=edges[:, 0],
        group_at=group_at[order],
        group_radius=np.concatenate([one.group_radius for one in webs])[order],
        names=names[order],
        others=min(one.others for one in webs),
        left_out=sum(one.left_out for one in webs),
    )


def _starts(sizes: Sequence[int]) -> list[int]:
    return [sum(sizes[:place]) for place in range(len(sizes))]


def _shifts(webs: Sequence[Web]) -> Whole:
    """How far to the right each web is moved, so that none overlaps the one before."""
    shifts, reached = [], 0.0
    for one in webs:
        left = float((one.group_at[:, 0] - one.group_radius).min())
        right = float((one.group_at[:, 0] + one.group_radius).max())
        shifts.append(reached - left)
        reached += right - left + 4 * GAP
    return np.array(shifts)


def _tokens(webs: Sequence[Web]) -> tuple[Tokens, Whole, np.ndarray]:
    """All tokens, those of several webs once; the place of each web's own; where they lie."""
    kinds = [kind for one in webs for kind in one.tokens.kind]
    marks = np.concatenate([one.tokens.mark for one in webs])
    known: dict[tuple[str, int], int] = {}
    place = np.array(
        [known.setdefault(key, len(known)) for key in zip(kinds, marks.tolist(), strict=True)],
        np.int64,
    )
    n = len(known)
    sizes = [len(one.tokens.kind) for one in webs]
    shift = np.repeat(_shifts(webs), sizes)
    at = np.concatenate([one.token_at for one in webs])
    at[:, 0] += shift
    count = np.maximum(np.bincount(place, minlength=n), 1)
    middle = np.column_stack(
        [np.bincount(place, weights=at[:, side], minlength=n) / count for side in (0, 1)]
    )
    outside, last = np.zeros(n, np.int64), np.zeros(n, np.int64)
    np.maximum.at(outside, place, np.concatenate([one.tokens.outside for one in webs]))
    np.maximum.at(last, place, np.concatenate([one.tokens.last_us for one in webs]))
    first = np.concatenate([one.tokens.first_us for one in webs])
    never = np.iinfo(np.int64).max
    earliest = np.full(n, never)
    np.minimum.at(earliest, place, np.where(first > 0, first, never))
    earliest[earliest == never] = 0
    merged = Tokens(
        kind=tuple(kind for kind, _ in known),
        mark=np.array([mark for _, mark in known], np.uint64),
        inside=np.zeros(n, np.int64),
        outside=outside,
        first_us=earliest,
        last_us=last,
    )
    return merged, place, middle
