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
        names: Each token as its detector gave it. Shape (n_tokens,).
        held: Tokens of each kind that each owner holds, shared or not. Shape
            (n_owners, n_kinds).
        kinds: The link detectors, in the order of registration.
    """

    n_owners: int
    owner: NDArray[np.int64]
    token: NDArray[np.int64]
    kind: NDArray[np.int64]
    holders: NDArray[np.int64]
    names: NDArray[np.object_]
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


def build_incidences(
    owners: pl.DataFrame, tokens_by_kind: Mapping[LinkKind, pl.DataFrame]
) -> Incidences:
    """Number tokens, and drop those that only one owner holds.

    Args:
        owners: `account_id` and `owner`, a number from 0, of every account.
        tokens_by_kind: `account_id` and `token` for each link detector.
    """
    kinds = tuple(tokens_by_kind)
    n_owners = owners["owner"].n_unique()
    parts = [
        frame.select("account_id", pl.col("token").cast(pl.String))
        .drop_nulls()
        .join(owners, on="account_id")
        .select("owner", "token", kind=pl.lit(number, pl.Int64))
        .unique()
        for number, frame in enumerate(tokens_by_kind.values())
    ]
    schema = {"owner": pl.Int64, "token": pl.String, "kind": pl.Int64}
    rows = pl.concat([pl.DataFrame(schema=schema), *parts])
    tokens = (
        rows.group_by("kind", "token")
        .agg(holders=pl.len().cast(pl.Int64))
        .filter(pl.col("holders") > 1)
        .sort("kind", "token")
        .with_row_index("number")
    )
    held = np.zeros((n_owners, len(kinds)), dtype=np.int64)
    np.add.at(held, (rows["owner"].to_numpy(), rows["kind"].to_numpy()), 1)
    rows = rows.join(tokens, on=["kind", "token"]).sort("number", "owner")
    return Incidences(
        n_owners=n_owners,
        owner=rows["owner"].to_numpy(),
        token=rows["number"].cast(pl.Int64).to_numpy(),
        kind=tokens["kind"].to_numpy(),
        holders=tokens["holders"].to_numpy(),
        names=tokens["token"].to_numpy().astype(object),
        held=held,
        kinds=kinds,
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
