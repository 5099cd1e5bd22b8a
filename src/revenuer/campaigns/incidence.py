"""Which owner holds which token, as one sparse table.

An owner is whoever an account declares to belong to: its parent account, its
organization, or itself. What colleagues share inside one declared organization is no
secret, so owners are linked and judged, not accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from revenuer.records import Channel


@dataclass(frozen=True, slots=True)
class LinkKind:
    """A link detector as the graph sees it.

    Attributes:
        id: Id of the detector.
        channel: Its family.
        private: Strangers do not share its tokens by chance or choice.
        declared: The sharing is said openly, as an organization is; it hides nothing.
        convicts: The detector is stable; what others find is shown and binds nobody.
        phrase: What sharing means, to follow "n accounts".
    """

    id: str
    channel: Channel
    private: bool
    declared: bool
    convicts: bool
    phrase: str


@dataclass(frozen=True, slots=True)
class Incidences:
    """The bipartite graph of owners and the tokens that at least two of them hold.

    Attributes:
        n_owners: Owners in all.
        owner: Row's owner, in [0, n_owners). Shape (n_rows,).
        token: Row's token, in [0, n_tokens), rising. Shape (n_rows,).
        kind: Each token's position in `kinds`. Shape (n_tokens,).
        holders: Owners that hold each token. Shape (n_tokens,).
        names: Each token as its detector gave it, n_tokens of them.
        held: Tokens of each kind that each owner holds, shared or not. Shape
            (n_owners, n_kinds).
        kinds: The link detectors, in the order of registration.
    """

    n_owners: int
    owner: NDArray[np.int64]
    token: NDArray[np.int64]
    kind: NDArray[np.int64]
    holders: NDArray[np.int64]
    names: pl.Series
    held: NDArray[np.int64]
    kinds: tuple[LinkKind, ...]

    @property
    def n_tokens(self) -> int:
        """Tokens that two owners or more hold."""
        return int(self.holders.size)

    @property
    def rarity(self) -> NDArray[np.float64]:
        """1 for a token of two owners, 0 for one that all hold. Shape (n_tokens,)."""
        n = max(self.n_owners, 3)
        return np.asarray(np.clip(np.log(n / self.holders) / np.log(n / 2), 0.0, 1.0))

    @property
    def telling(self) -> NDArray[np.bool_]:
        """Mask of the kinds that count as evidence: stable, and not shared openly."""
        return np.array([kind.convicts and not kind.declared for kind in self.kinds], dtype=bool)

    def kinds_in(self, channels: frozenset[Channel]) -> NDArray[np.bool_]:
        """Mask of the kinds that belong to one of the channels. Shape (n_kinds,)."""
        return np.array([kind.channel in channels for kind in self.kinds], dtype=bool)


@dataclass(frozen=True, slots=True)
class Holdings:
    """The tokens of one kind, numbered in the order of their names.

    Attributes:
        owner: Row's owner. Shape (n_rows,).
        token: Row's token, in [0, n_tokens), rising. Shape (n_rows,).
        names: Of the tokens that two owners or more hold, n_tokens of them.
        held: Tokens that each owner holds, shared or not. Shape (n_owners,).
    """

    owner: NDArray[np.int64]
    token: NDArray[np.int64]
    names: pl.Series
    held: NDArray[np.int64]

    @classmethod
    def of(cls, rows: pl.DataFrame, n_owners: int) -> Holdings:
        """Number what owners hold.

        Args:
            rows: `owner`; `token`, null for those that nobody else holds; `tokens`, how many
                the row stands for: 1 where the token is named. A row for each pair.
            n_owners: All of them.
        """
        counts = np.bincount(
            rows["owner"].to_numpy(), weights=rows["tokens"].to_numpy(), minlength=n_owners
        )
        shared = rows.select("owner", "token").drop_nulls()
        names = shared["token"].unique().sort()
        numbers = pl.DataFrame({"token": names, "number": np.arange(len(names), dtype=np.int64)})
        found = shared.join(numbers, on="token").select("owner", "number").sort("number", "owner")
        return cls(
            found["owner"].to_numpy(), found["number"].to_numpy(), names, counts.astype(np.int64)
        )


def holdings_of(tokens: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """What owners hold, those tokens named that two or more do: the rows of `Holdings.of`.

    `detectors.incidences.holdings` is the same where the tokens are.

    Args:
        tokens: `account_id` and `token`.
        owners: `account_id` and `owner`, a number from 0, of every account.
    """
    held = (
        tokens.select("account_id", pl.col("token").cast(pl.String))
        .drop_nulls()
        .join(owners, on="account_id")
        .select("owner", "token")
        .unique()
    )
    named = pl.when(pl.len().over("token") > 1).then("token").alias("token")
    return held.select("owner", named).group_by("owner", "token").agg(tokens=pl.len())


def build_incidences(
    owners: pl.DataFrame, tokens_by_kind: Mapping[LinkKind, pl.DataFrame]
) -> Incidences:
    """Number tokens, and drop those that only one owner holds.

    Args:
        owners: `account_id` and `owner`, a number from 0, of every account.
        tokens_by_kind: `account_id` and `token` for each link detector.
    """
    n_owners = owners["owner"].n_unique()
    return join_holdings(
        n_owners,
        {
            kind: Holdings.of(holdings_of(tokens, owners), n_owners)
            for kind, tokens in tokens_by_kind.items()
        },
    )


def join_holdings(n_owners: int, by_kind: Mapping[LinkKind, Holdings]) -> Incidences:
    """All kinds as one graph."""
    parts = list(by_kind.values())
    sizes = np.array([len(part.names) for part in parts], dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    none = np.empty(0, np.int64)
    token = np.concatenate(
        [none, *(part.token + start for part, start in zip(parts, starts, strict=True))]
    )
    return Incidences(
        n_owners=n_owners,
        owner=np.concatenate([none, *(part.owner for part in parts)]),
        token=token,
        kind=np.repeat(np.arange(len(parts)), sizes),
        holders=np.bincount(token, minlength=int(sizes.sum())),
        names=pl.concat([pl.Series(dtype=pl.String), *(part.names for part in parts)]),
        held=np.column_stack([np.empty((n_owners, 0), np.int64), *(part.held for part in parts)]),
        kinds=tuple(by_kind),
    )


def count_cells(
    owner: NDArray[np.int32], sizes: NDArray[np.int64], group: NDArray[np.int32]
) -> sparse.csr_array:
    """How many holders each token has in each group: a product of two sparse tables.

    Args:
        owner: The holders, token by token. Shape (n_rows,).
        sizes: How many each token has. Shape (n_tokens,).
        group: Of each owner, from 0. Shape (n_owners,).

    Returns:
        A cell where there is one at least. Shape (n_tokens, n_groups).
    """
    begins = np.concatenate([[0], np.cumsum(sizes)])
    held = (np.ones(owner.size, np.int32), owner, begins)
    inside = (np.ones(group.size, np.int32), group, np.arange(group.size + 1))
    return sparse.csr_array(held, shape=(sizes.size, group.size)) @ sparse.csr_array(
        inside, shape=(group.size, int(group.max(initial=0)) + 1)
    )


def rare_holdings(incidences: Incidences, kind_id: str) -> NDArray[np.float64]:
    """How many rare shared tokens of a kind each owner holds, in logs; 0 for none.

    Rare: held by one owner in a hundred at most, or by ten.

    Returns:
        NaN everywhere if the log has no such kind. Shape (n_owners,).
    """
    numbers = [number for number, kind in enumerate(incidences.kinds) if kind.id == kind_id]
    if not numbers:
        return np.full(incidences.n_owners, np.nan)
    rare = incidences.holders <= max(10, incidences.n_owners // 100)
    rows = (rare & (incidences.kind == numbers[0]))[incidences.token]
    counts = np.bincount(incidences.owner[rows], minlength=incidences.n_owners)
    return np.log1p(counts)
