"""Worlds as the peers read them: one frame of exchanges, accounts, and the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

COLUMNS = (
    "exchange_id",
    "occurred_at",
    "account_id",
    "client_ip",
    "user_agent",
    "input_tokens",
    "output_tokens",
    "prompt",
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A campaign that is hidden in a world."""

    id: str
    scenario: str
    decidable: bool
    account_ids: frozenset[str]


@dataclass(frozen=True)
class Logs:
    """A world, or the part of it before some moment.

    Attributes:
        folder: Where its files are.
        exchanges: `COLUMNS`, sorted by time, and `at_us`; `text` is a row of `texts`.
        accounts: The contract's accounts.
        texts: Distinct prompts. Shape (n_texts,).
        vectors: Of the texts, unit length. Shape (n_texts, n_dimensions).
        cohort: Of each account.
        guilty: Accounts of campaigns.
        planted: The campaigns.
        own: `exchange_id`, `account_id`, `campaign`, `at_us` of the campaigns' own exchanges.
    """

    folder: Path
    exchanges: pl.DataFrame
    accounts: pl.DataFrame
    texts: pl.Series
    vectors: NDArray[np.float32]
    cohort: dict[str, str]
    guilty: frozenset[str]
    planted: tuple[Planted, ...]
    own: pl.DataFrame

    @property
    def days(self) -> int:
        """Length of the window, in days begun."""
        span = self.exchanges["at_us"][-1] - self.exchanges["at_us"][0]
        return int(span // 86_400_000_000) + 1

    def moment(self, share: float) -> datetime:
        """When so much of the window has passed."""
        times = self.exchanges["occurred_at"]
        return times[0] + (times[-1] - times[0]) * share

    def before(self, moment: datetime) -> Logs:
        """What an operator knows at a moment: nothing later is in it."""
        accounts = accounts_as_of(self.accounts, moment)
        return replace(
            self, exchanges=self.exchanges.filter(pl.col("occurred_at") < moment), accounts=accounts
        )


def accounts_as_of(accounts: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """The accounts table as it stood at a moment: nobody who came later, no later suspension."""
    later = pl.col("suspended_at") >= moment, pl.col("closed_at") >= moment
    return accounts.filter(
        pl.col("created_at").is_null() | (pl.col("created_at") < moment)
    ).with_columns(
        status=pl.when(later[0] | later[1]).then(pl.lit("active")).otherwise("status"),
        suspended_at=pl.when(~later[0]).then("suspended_at"),
        closed_at=pl.when(~later[1]).then("closed_at"),
    )


def make_world(spec: WorldSpec, folder: Path, prompts: Path | None) -> Logs:
    """Simulate a world in a folder and read it back, without vectors."""
    simulate(spec, folder, prompts=prompts)
    return read_world(folder)


def read_world(folder: Path) -> Logs:
    """Read a world with its truth."""
    exchanges = (
        pl.read_parquet(folder / "exchanges", columns=list(COLUMNS))
        .sort("occurred_at", "exchange_id")
        .with_columns(
            at_us=pl.col("occurred_at").dt.epoch("us"), prompt=pl.col("prompt").fill_null("")
        )
    )
    texts = exchanges["prompt"].unique(maintain_order=True)
    places = pl.DataFrame({"prompt": texts, "text": np.arange(len(texts))})
    exchanges = exchanges.join(places, on="prompt", maintain_order="left").drop("prompt")
    truth = pl.read_parquet(folder / "truth" / "accounts.parquet")
    own = pl.read_parquet(folder / "truth" / "exchanges.parquet").join(
        exchanges.select("exchange_id", "account_id", "at_us"), on="exchange_id"
    )
    planted = tuple(
        Planted(one["id"], one["scenario"], one["decidable"], frozenset(one["account_ids"]))
        for one in json.loads((folder / "truth" / "campaigns.json").read_text("utf-8"))
    )
    return Logs(
        folder=folder,
        exchanges=exchanges,
        accounts=pl.read_parquet(folder / "accounts.parquet"),
        texts=texts,
        vectors=np.zeros((len(texts), 0), np.float32),
        cohort=dict(truth.select("account_id", "cohort").iter_rows()),
        guilty=frozenset(truth.filter("guilty")["account_id"]),
        planted=planted,
        own=own,
    )
