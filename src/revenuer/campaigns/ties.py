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
    mine = np.isin(incidences.owner, members)
    tokens, inside = np.unique(incidences.token[mine], return_counts=True)
    return pl.DataFrame(
        {
            "token": tokens,
            "kind": incidences.kind[tokens],
            "inside": inside,
            "holders": incidences.holders[tokens],
        }
    ).filter(pl.col("inside") > 1)


def sharings(incidences: Incidences, members: NDArray[np.int64]) -> list[Sharing]:
    """How each kind of token ties the group, the kind that ties most members first."""
    found = []
    shared = shared_tokens(incidences, members)
    for number in shared["kind"].unique().sort():
        tokens = shared.filter(pl.col("kind") == number)["token"].to_numpy()
        holders = np.unique(incidences.owner[np.isin(incidences.token, tokens)])
        linked = int(np.isin(holders, members).sum())
        found.append(Sharing(incidences.kinds[number], linked, tokens.size, holders.size - linked))
    return sorted(found, key=lambda one: (-one.linked, one.outsiders, one.kind.id))


def strongest_ties(
    incidences: Incidences, members: NDArray[np.int64], names: Mapping[int, tuple[str, ...]]
) -> tuple[Tie, ...]:
    """The tokens that tie most members and fewest others, a few of each kind.

    Args:
        incidences: The bipartite graph.
        members: Owners of the group. Shape (k,).
        names: The account ids of each member.
    """
    best = (
        shared_tokens(incidences, members)
        .with_columns(weight=pl.col("inside") ** 2 / pl.col("holders"))
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
    holders = incidences.owner[incidences.token == token]
    mine = [name for owner in holders for name in names.get(int(owner), ())]
    return Tie(
        kind=kind.id,
        label=masked(kind.id, str(incidences.names[token])),
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
