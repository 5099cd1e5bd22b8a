"""What holds a group together, in words and for the picture."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.incidence import Incidences, LinkKind
from revenuer.records import Tie

TIES_AT_MOST = 24
"""Ties of a campaign that are drawn."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """How one kind of token ties a group.

    Attributes:
        kind: The link detector.
        linked: Owners that share a token of the kind with another member.
        tokens: Distinct tokens that two or more members share.
        outsiders: Owners outside the group that share one of those tokens.
    """

    kind: LinkKind
    linked: int
    tokens: int
    outsiders: int


def shared_tokens(incidences: Incidences, members: NDArray[np.int64]) -> pl.DataFrame:
    """The tokens that two or more members share: `token`, `kind`, `inside`, `holders`."""
    inside = np.bincount(
        incidences.token[mask_of(members, incidences.n_owners)[incidences.owner]],
        minlength=incidences.n_tokens,
    )
    tokens = np.flatnonzero(inside > 1)
    return pl.DataFrame(
        {
            "token": tokens,
            "kind": incidences.kind[tokens],
            "inside": inside[tokens],
            "holders": incidences.holders[tokens],
        }
    )


def holders_of(incidences: Incidences, tokens: NDArray[np.int64]) -> NDArray[np.int64]:
    """The owners that hold any of some tokens, each once, in order."""
    # Rows ascend by token: those of a few are found without looking at all.
    starts = np.searchsorted(incidences.token, tokens, side="left")
    lengths = incidences.holders[tokens]
    ends = np.cumsum(lengths)
    rows = np.repeat(starts - (ends - lengths), lengths) + np.arange(ends[-1] if ends.size else 0)
    return np.flatnonzero(mask_of(incidences.owner[rows], incidences.n_owners))


def mask_of(places: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    """True at the places. Shape (size,)."""
    mask = np.zeros(size, dtype=bool)
    mask[places] = True
    return mask


def sharings(
    incidences: Incidences, members: NDArray[np.int64], shared: pl.DataFrame
) -> list[Sharing]:
    """How each kind of token ties the group, the kind that ties most members first.

    Args:
        incidences: The bipartite graph.
        members: Owners of the group. Shape (k,).
        shared: Their `shared_tokens`.
    """
    found = []
    inside = mask_of(members, incidences.n_owners)
    for number in shared["kind"].unique().sort():
        tokens = shared.filter(pl.col("kind") == number)["token"].to_numpy()
        holders = holders_of(incidences, tokens)
        linked = int(inside[holders].sum())
        found.append(Sharing(incidences.kinds[number], linked, tokens.size, holders.size - linked))
    return sorted(found, key=lambda one: (-one.linked, one.outsiders, one.kind.id))


def strongest_ties(
    incidences: Incidences, shared: pl.DataFrame, names: Mapping[int, tuple[str, ...]]
) -> tuple[Tie, ...]:
    """The tokens that tie most members and fewest others, a few of each kind.

    Args:
        incidences: The bipartite graph.
        shared: The group's `shared_tokens`.
        names: The account ids of each member.
    """
    best = (
        shared.with_columns(weight=pl.col("inside") ** 2 / pl.col("holders"))
        .sort("weight", "token", descending=[True, False])
        .with_columns(place=pl.int_range(pl.len()).over("kind"))
        .filter(pl.col("place") < TIES_AT_MOST // 4)
        .head(TIES_AT_MOST)
    )
    return tuple(
        _tie(incidences, names, int(token), int(inside))
        for token, inside in best.select("token", "inside").iter_rows()
    )


def _tie(
    incidences: Incidences, names: Mapping[int, tuple[str, ...]], token: int, inside: int
) -> Tie:
    kind = incidences.kinds[incidences.kind[token]]
    holders = holders_of(incidences, np.array([token]))
    mine = [name for owner in holders for name in names.get(int(owner), ())]
    return Tie(
        kind=kind.id,
        label=masked(kind.id, incidences.names[token]),
        channel=kind.channel,
        account_ids=tuple(sorted(mine)),
        others=int(incidences.holders[token]) - inside,
    )


def masked(kind: str, name: str) -> str:
    """A short name for a token that gives nothing away but stays the same.

    Examples:
        >>> masked("shared-payment", "card_4242")
        'shared-payment e38d14'
    """
    return f"{kind} {hashlib.sha256(name.encode()).hexdigest()[:6]}"
