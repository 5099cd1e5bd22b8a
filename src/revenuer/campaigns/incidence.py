"""Which account holds which token, as one sparse table."""

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
        phrase: What sharing means, to follow "n accounts".
    """

    id: str
    channel: Channel
    private: bool
    declared: bool
    phrase: str


@dataclass(frozen=True, slots=True)
class Incidences:
    """The bipartite graph of accounts and the tokens that at least two of them hold.

    Attributes:
        account_ids: Every account that was read, sorted. Shape (n_accounts,).
        account: Row's account, a position in `account_ids`. Shape (n_rows,).
        token: Row's token, in [0, n_tokens). Shape (n_rows,).
        kind: Each token's position in `kinds`. Shape (n_tokens,).
        holders: Accounts that hold each token. Shape (n_tokens,).
        names: Each token as its detector gave it. Shape (n_tokens,).
        held: Tokens of each kind that each account holds, shared or not. Shape
            (n_accounts, n_kinds).
        kinds: The link detectors, in the order of registration.
    """

    account_ids: NDArray[np.object_]
    account: NDArray[np.int64]
    token: NDArray[np.int64]
    kind: NDArray[np.int64]
    holders: NDArray[np.int64]
    names: NDArray[np.object_]
    held: NDArray[np.int64]
    kinds: tuple[LinkKind, ...]

    @property
    def n_accounts(self) -> int:
        return int(self.account_ids.size)

    @property
    def n_tokens(self) -> int:
        return int(self.holders.size)

    @property
    def rarity(self) -> NDArray[np.float64]:
        """1 for a token of two accounts, 0 for one that all hold. Shape (n_tokens,)."""
        n = max(self.n_accounts, 3)
        return np.clip(np.log(n / self.holders) / np.log(n / 2), 0.0, 1.0)

    def kinds_in(self, channels: frozenset[Channel]) -> NDArray[np.bool_]:
        """Mask of the kinds that belong to one of the channels. Shape (n_kinds,)."""
        return np.array([kind.channel in channels for kind in self.kinds], dtype=bool)


def build_incidences(
    account_ids: pl.Series, tokens_by_kind: Mapping[LinkKind, pl.DataFrame]
) -> Incidences:
    """Number accounts and tokens, and drop the tokens that only one account holds.

    Args:
        account_ids: Every account, sorted.
        tokens_by_kind: `account_id` and `token` for each link detector.
    """
    kinds = tuple(tokens_by_kind)
    places = pl.DataFrame(
        {"account_id": account_ids, "account": np.arange(len(account_ids), dtype=np.int64)}
    )
    parts = [
        frame.select("account_id", pl.col("token").cast(pl.String))
        .drop_nulls()
        .unique()
        .with_columns(kind=pl.lit(number, pl.Int64))
        for number, frame in enumerate(tokens_by_kind.values())
    ]
    empty = pl.DataFrame(schema={"account_id": pl.String, "token": pl.String, "kind": pl.Int64})
    rows = pl.concat([empty, *parts]).join(places, on="account_id")
    tokens = (
        rows.group_by("kind", "token")
        .agg(holders=pl.len().cast(pl.Int64))
        .filter(pl.col("holders") > 1)
        .sort("kind", "token")
        .with_row_index("number")
    )
    held = np.zeros((len(account_ids), len(kinds)), dtype=np.int64)
    np.add.at(held, (rows["account"].to_numpy(), rows["kind"].to_numpy()), 1)
    rows = rows.join(tokens, on=["kind", "token"]).sort("number", "account")
    return Incidences(
        account_ids=account_ids.to_numpy().astype(object),
        account=rows["account"].to_numpy(),
        token=rows["number"].cast(pl.Int64).to_numpy(),
        kind=tokens["kind"].to_numpy(),
        holders=tokens["holders"].to_numpy(),
        names=tokens["token"].to_numpy().astype(object),
        held=held,
        kinds=kinds,
    )
