"""Exchanges of every account that a scan keeps, masked, for `explain` to show later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash
from numpy.typing import NDArray

from revenuer.app.side_by_side import side_by_side
from revenuer.features.words import SEPARATOR, kinds_of_bytes
from revenuer.records import Example

FILE = "details/sample.parquet"

RANDOM, TELLING = 10, 5
"""Exchanges of an account that are kept, of each sort."""

TELLS = 0.5
"""Score of a content detector from which an exchange is telling."""

SHOWN_CHARS = 240

READ = ("account_id", "exchange_id", "occurred_at", "model", "output_tokens", "prompt")

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


def keep_sample(
    path: Path, parts: Iterable[pl.DataFrame], scores: Mapping[str, NDArray[np.float64]]
) -> None:
    """Write ten random and the most telling exchanges of each account, masked.

    Args:
        path: Of the Parquet file.
        parts: The columns `READ` of the sampled exchanges, sorted by account, whole accounts
            in each part.
        scores: Each content detector's score of the same rows.
    """

    def chosen(numbered: tuple[int, pl.DataFrame]) -> pa.Table:
        start, part = numbered
        rows = slice(start, start + part.height)
        kept = choose(part, {name: values[rows] for name, values in scores.items()})
        return kept.to_arrow(compat_level=OLDEST).cast(ARROW_SCHEMA)

    with pq.ParquetWriter(path, ARROW_SCHEMA, compression="zstd") as writer:
        for table in side_by_side(chosen, _from_their_starts(parts)):
            writer.write_table(table)


def _from_their_starts(parts: Iterable[pl.DataFrame]) -> Iterator[tuple[int, pl.DataFrame]]:
    start = 0
    for part in parts:
        yield start, part
        start += part.height


def choose(sample: pl.DataFrame, scores: Mapping[str, NDArray[np.float64]]) -> pl.DataFrame:
    """Choose exchanges of each account, and mask them.

    Returns:
        The columns of `SCHEMA`: `random` and `telling` are places in either order,
        `detector` the one that scores the exchange highest.
    """
    account = sample["account_id"].rle_id().to_numpy()
    detector, score = _highest(scores, sample.height)
    random = _place(account, _lots(sample["exchange_id"]))
    telling = _place(account, np.where(np.isnan(score), np.inf, -score))
    tells = (telling < TELLING) & (score >= TELLS)
    rows = np.flatnonzero((random < RANDOM) | tells)
    return (
        sample[rows]
        .with_columns(
            detector=detector.gather(rows),
            score=pl.Series(score[rows]).fill_nan(None),
            random=pl.Series(random[rows]),
            telling=pl.when(pl.Series(tells[rows])).then(pl.Series(telling[rows])),
            text=mask_texts(sample["prompt"].gather(rows)),
        )
        .select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    )


def _highest(
    scores: Mapping[str, NDArray[np.float64]], rows: int
) -> tuple[pl.Series, NDArray[np.float64]]:
    """For each row the detector that scores it highest, and its score; unknown without text."""
    names = sorted(scores)
    table = np.column_stack([np.full(rows, -1.0), *(scores[name] for name in names)])
    best = np.nan_to_num(table, nan=-1.0).argmax(axis=1)
    score = np.where(best > 0, table[np.arange(rows), best], np.nan)
    return pl.Series("detector", [None, *names], dtype=pl.String).gather(best), score


def _lots(ids: pl.Series) -> NDArray[np.uint64]:
    """A lot for each row: by chance, and the same every time."""
    return np.fromiter(map(xxhash.xxh3_64_intdigest, ids.cast(pl.Binary)), np.uint64, len(ids))


def _place(account: NDArray[np.uint32], values: NDArray[Any]) -> NDArray[np.int64]:
    """Place of each row among its account's, lowest value first, from 0."""
    order = np.lexsort((values, account))
    place = np.empty(account.size, np.int64)
    # The accounts ascend, so the rows of each are where they were.
    place[order] = np.arange(account.size) - np.searchsorted(account, account)
    return place


def mask_texts(texts: pl.Series) -> pl.Series:
    """The same shape as `campaigns.exhibits.mask` gives, for a whole column."""
    shown = texts.fill_null("").str.slice(0, SHOWN_CHARS).to_arrow().cast(pa.large_string())
    _, ends, letters = shown.buffers()
    ends = np.frombuffer(ends, np.int64)[shown.offset : shown.offset + len(shown) + 1]
    data = np.frombuffer(letters or b"", np.uint8)[ends[0] : ends[-1]]
    hidden = kinds_of_bytes(data)[0] > SEPARATOR
    # A letter, of however many bytes, becomes the dot's two; all else stays as it is.
    leads = (data & 0xC0) != 0x80
    sizes = np.where(hidden, 2 * leads, 1)
    dots = np.repeat(hidden, sizes)
    written = np.repeat(data, sizes)
    written[dots] = np.tile(np.frombuffer("·".encode(), np.uint8), int(dots.sum()) // 2)
    places = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)[ends - ends[0]]
    found = pa.LargeStringArray.from_buffers(
        len(shown), pa.py_buffer(places), pa.py_buffer(written)
    )
    series = pl.Series(texts.name, found)
    return series.set(series.str.len_bytes() == 0, "(no text)")


OLDEST = pl.CompatLevel.oldest()
ARROW_SCHEMA = pa.schema(
    (field.with_type(pa.string()) if pa.types.is_large_string(field.type) else field)
    for field in SCHEMA.to_frame().to_arrow(compat_level=OLDEST).schema
)


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
