"""Exchanges of every account that a scan keeps, masked, for `explain` to show later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.records import Example

FILE = "details/sample.parquet"

RANDOM, TELLING = 10, 5
"""Exchanges of an account that are kept, of each sort."""

TELLS = 0.5
"""Score of a content detector from which an exchange is telling."""

SHOWN_CHARS = 240

SCHEMA = pl.Schema(
    {
        "account_id": pl.String(),
        "exchange_id": pl.String(),
        "occurred_at": pl.Datetime("us", "UTC"),
        "model": pl.String(),
        "output_tokens": pl.Int64(),
        "text": pl.String(),
        "detector": pl.String(),
        "score": pl.Float64(),
        "random": pl.Int64(),
        "telling": pl.Int64(),
    }
)


def keep_sample(sample: pl.DataFrame, scores: Mapping[str, NDArray[np.float64]]) -> pl.DataFrame:
    """Choose ten random and the most telling exchanges of each account, and mask them.

    Args:
        sample: The sampled exchanges with their prompts.
        scores: Each content detector's score of the same rows.

    Returns:
        The columns of `SCHEMA`: `random` and `telling` are places in either order,
        `detector` the one that scores the exchange highest.
    """
    ranked = sample.with_columns(*_highest(scores, sample.height), _lots(sample)).with_columns(
        random=_place(pl.col("lot")), telling=_place(-pl.col("score"))
    )
    tells = (pl.col("telling") < TELLING) & (pl.col("score") >= TELLS)
    return (
        ranked.with_columns(telling=pl.when(tells).then("telling"))
        .filter((pl.col("random") < RANDOM) | pl.col("telling").is_not_null())
        .select(*(pl.col(name) for name in SCHEMA if name != "text"), text=_masked("prompt"))
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    )


def _highest(scores: Mapping[str, NDArray[np.float64]], rows: int) -> tuple[pl.Series, pl.Series]:
    """For each row the detector that scores it highest, and its score; null without text."""
    names = sorted(scores)
    table = np.column_stack([np.full(rows, -1.0), *(scores[name] for name in names)])
    best = np.nan_to_num(table, nan=-1.0).argmax(axis=1)
    labels = np.array([None, *names], dtype=object)
    known = np.where(best > 0, table[np.arange(rows), best], np.nan)
    return (
        pl.Series("detector", labels[best].tolist(), dtype=pl.String),
        pl.Series("score", known).fill_nan(None),
    )


def _lots(sample: pl.DataFrame) -> pl.Series:
    """A lot for each row: by chance, and the same every time."""
    lots = [hashlib.sha256(name.encode()).hexdigest() for name in sample["exchange_id"]]
    return pl.Series("lot", lots, dtype=pl.String)


def _place(values: pl.Expr) -> pl.Expr:
    """Place of each row among its account's, lowest value first, from 0; null stays null."""
    return values.rank("ordinal").over("account_id").cast(pl.Int64) - 1


def _masked(column: str) -> pl.Expr:
    """The same shape as `campaigns.exhibits.mask` gives, for a whole column."""
    text = pl.col(column)
    dots = text.str.slice(0, SHOWN_CHARS).str.replace_all(r"[\p{L}\p{N}]", "·")
    return pl.when(text.str.len_bytes() > 0).then(dots).otherwise(pl.lit("(no text)"))


def examples_of(account_id: str, out: Path) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    """The telling and the random exchanges of an account; none if the scan kept none.

    Args:
        account_id: Whose.
        out: Folder of the scan.
    """
    path = out / FILE
    if not path.exists():
        return (), ()
    rows = pl.scan_parquet(path).filter(pl.col("account_id") == account_id).collect()
    telling = rows.filter(pl.col("telling").is_not_null()).sort("telling")
    random = rows.filter(pl.col("random") < RANDOM).sort("random")
    return (
        tuple(_example(row, f"{row['detector']} {row['score']:.2f}") for row in telling.to_dicts()),
        tuple(_example(row, "drawn at random") for row in random.to_dicts()),
    )


def _example(row: dict[str, object], why: str) -> Example:
    moment = f"{row['occurred_at']:%Y-%m-%d %H:%M}"
    model = f", {row['model']}" if row["model"] else ""
    tokens = row["output_tokens"]
    length = f", {tokens:,} output tokens" if tokens is not None else ""
    return Example(
        exchange_id=str(row["exchange_id"]),
        account_id=str(row["account_id"]),
        text=str(row["text"]),
        why=f"{why}, {moment}{model}{length}",
    )
