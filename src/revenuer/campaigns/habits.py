"""What an exchange shows beside its words: who made it, with which parameters, in what talk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.marks import Said, mark_level
from revenuer.features.client_habits import PARAMETERS
from revenuer.features.words import Words

HABITS: dict[str, tuple[str, ...]] = {
    "client": ("tls_fingerprint", "user_agent"),
    "shape": PARAMETERS,
    "system": ("system_prompt", "system_prompt_sketch"),
    "model": ("model",),
}
"""Columns that make up each habit as they are."""
WORN = ("client", "shape", "system", "tools")
"""Habits that all exchanges of one origin in one account share."""
MARKED = "marked"
UNKNOWN = 99
"""Category of a number that the log does not tell; the others are smaller."""
COLUMNS = (
    "account_id",
    "exchange_id",
    "session_id",
    "tool_count",
    "message_count",
    "turn_kind",
    "reasoning_signature",
    "output_tokens",
    *(column for columns in HABITS.values() for column in columns),
)
"""Columns that tell habits and neighbours."""


def habits(frame: pl.DataFrame) -> pl.DataFrame:
    """The habits of each exchange as numbers of categories, without text.

    Args:
        frame: Columns of the contract's exchanges.

    Returns:
        One column a habit, UInt64; a row an exchange. Equal numbers are equal categories,
        in whatever frame they stand.
    """
    return frame.select(
        *(pl.struct(columns).hash(seed=0).alias(habit) for habit, columns in HABITS.items()),
        tools=(pl.col("tool_count") > 0).cast(pl.UInt64).fill_null(UNKNOWN),
        turns=pl.struct(
            pl.col("message_count").clip(0, 4).cast(pl.Int64),
            pl.col("turn_kind").fill_null("?"),
            pl.col("session_id").is_null(),
        ).hash(seed=0),
        replay=pl.col("reasoning_signature").is_not_null().cast(pl.UInt64),
        length=(pl.col("output_tokens") + 1)
        .log(4.0)
        .floor()
        .cast(pl.UInt64, strict=False)
        .fill_null(UNKNOWN),
    )


def neighbours(frame: pl.DataFrame, categories: pl.DataFrame) -> pl.DataFrame:
    """Which exchanges are likely of one origin: `cell` and `talk`, opaque numbers.

    Args:
        frame: Columns of the contract's exchanges.
        categories: From `habits`.
    """
    alone = pl.col("session_id").is_null()
    return (
        frame.select("account_id", "exchange_id", "session_id", "tool_count")
        .with_columns(categories.select(WORN))
        .select(
            "exchange_id", "session_id", cell=pl.struct("account_id", "tool_count", *WORN).hash(0)
        )
        .select(
            "cell",
            talk=pl.struct(
                "cell", pl.when(alone).then("exchange_id").otherwise("session_id"), alone
            ).hash(0),
        )
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """Some exchanges as habits and shingles.

    Attributes:
        categories: From `habits`.
        neighbours: From `neighbours`.
        said: Shingles of their prompts, and whose they are.
    """

    categories: pl.DataFrame
    neighbours: pl.DataFrame
    said: Said

    @classmethod
    def of(
        cls,
        frame: pl.DataFrame,
        shingles: Words,
        readable: NDArray[np.bool_],
        whose: NDArray[np.int64] | None = None,
    ) -> Sample:
        """Read habits, and put them beside what prompts say.

        Args:
            frame: Columns of the contract's exchanges, n rows.
            shingles: Of n prompts.
            readable: Which prompts have text or a sketch. Shape (n,).
            whose: A number for the owner of each; None to score what others taught. Shape (n,).
        """
        found = habits(frame)
        owners = np.zeros(len(shingles), np.int64) if whose is None else whose
        return cls(found, neighbours(frame, found), Said(shingles, owners, readable))

    def __len__(self) -> int:
        return self.categories.height

    def values(self, marks: NDArray[np.uint64]) -> dict[str, NDArray[np.uint64]]:
        """The category of each exchange, by habit; `MARKED` is how much of it is marked."""
        found = {name: self.categories[name].to_numpy() for name in self.categories.columns}
        return found | {MARKED: mark_level(self.said, marks)}

    def part(self, start: int, end: int) -> Sample:
        """The exchanges from one place to another."""
        return Sample(
            self.categories[start:end], self.neighbours[start:end], self.said.part(start, end)
        )
