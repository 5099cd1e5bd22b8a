"""The sample of prompts: kept on disk sorted by account, and read part by part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray

from revenuer.app.progress import Advance, Progress
from revenuer.app.side_by_side import side_by_side
from revenuer.detector import ContentDetector, Detector
from revenuer.features.accounts import sampled
from revenuer.features.capability import CAPABILITIES, capability_shares
from revenuer.features.client_habits import PARAMETERS
from revenuer.features.prompts import COLUMNS, ReadPrompts, Whole, read_prompts, shorten
from revenuer.features.rarity import BUCKETS, accounts_using, word_rarity
from revenuer.features.tool_turns import read_once
from revenuer.features.words import split_words
from revenuer.settings import SampleSettings
from revenuer.sources import Logs, write_whole

SAMPLE_COLUMNS = (
    "account_id",
    "exchange_id",
    "occurred_at",
    "prompt",
    "system_prompt",
    "prompt_sketch",
    "system_prompt_sketch",
    "sketch_key_id",
    "tool_count",
    "tls_fingerprint",
    "user_agent",
    *PARAMETERS,
    "message_count",
    "turn_kind",
    "session_id",
    "model",
    "reasoning_signature",
    "output_tokens",
)

PART_ROWS = 60_000
"""Prompts that are read at once, about: some hundred megabytes of words."""


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A fixed-size sample of each account's exchanges, sorted by account and id.

    Attributes:
        path: A Parquet file; a row group has whole accounts.
        bounds: Where each row group begins, and where the last ends. Shape (n_parts + 1,).
    """

    path: Path
    bounds: NDArray[np.int64]

    @classmethod
    def at(cls, path: Path) -> SampleFile:
        """A sample that was written."""
        footer = pq.read_metadata(path)
        sizes = [footer.row_group(number).num_rows for number in range(footer.num_row_groups)]
        return cls(path, np.cumsum([0, *sizes]))

    def __len__(self) -> int:
        return int(self.bounds[-1])

    def parts(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """The row groups one after the other; none if nothing was sampled."""
        with pq.ParquetFile(self.path) as file:
            for number in range(self.bounds.size - 1):
                yield _frame(file.read_row_group(number, columns=list(columns)))

    def rows(self, places: NDArray[np.int64], columns: Sequence[str]) -> pl.DataFrame:
        """Some rows, in the order of their places, which ascend."""
        starts = np.searchsorted(places, self.bounds)
        with pq.ParquetFile(self.path) as file:
            found = [_frame(file.schema_arrow.empty_table()).select(columns)]
            for number in np.flatnonzero(np.diff(starts)).tolist():
                part = _frame(file.read_row_group(number, columns=list(columns)))
                mine = places[starts[number] : starts[number + 1]]
                found.append(part[mine - self.bounds[number]])
        return pl.concat(found)

    def rows_of_each(
        self, groups: Sequence[NDArray[np.int64]], columns: Sequence[str]
    ) -> list[pl.DataFrame]:
        """The rows of several groups of places, with one walk through the file for all."""
        wanted = np.unique(np.concatenate([np.empty(0, np.int64), *groups]))
        frame = self.rows(wanted, columns)
        return [frame[np.searchsorted(wanted, places)] for places in groups]


def _whole_accounts(logs: Logs, rows: ir.Table) -> Iterator[pl.DataFrame]:
    """Rows that are sorted by account, in parts that no account is cut by."""
    left: list[pl.DataFrame] = []
    for batch in logs.engine.stream(rows, PART_ROWS):
        frame = _frame(batch)
        if not frame.height:
            continue
        last = frame["account_id"][-1]
        ended = frame.height - int((frame["account_id"] == last).sum())
        if ended:
            yield pl.concat([*left, frame[:ended]])
            left = []
        left.append(frame[ended:])
    if left:
        yield pl.concat(left)


def _frame(table: object) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def draw_sample(logs: Logs, settings: SampleSettings, progress: Progress) -> SampleFile:
    """Draw the sample and keep it in the logs' working directory."""
    rows = sampled(logs.tables.exchanges, settings.prompts_per_account).select(*SAMPLE_COLUMNS)
    path = logs.workdir / "sample.parquet"
    if logs.stays and path.exists():
        return SampleFile.at(path)
    unfinished = path.with_suffix(".unfinished")
    writer: pq.ParquetWriter | None = None
    try:
        with progress.stage("prompts: a sample of each account", None) as advance:
            for part in _whole_accounts(logs, rows.order_by("account_id", "exchange_id")):
                table = read_once(part).to_arrow()
                writer = writer or pq.ParquetWriter(unfinished, table.schema, compression="zstd")
                writer.write_table(table, row_group_size=max(part.height, 1))
                advance(part.height)
    finally:
        if writer is not None:
            writer.close()
    unfinished.rename(path)
    return SampleFile.at(path)


@dataclass(frozen=True, slots=True)
class SampleReading:
    """What was read in the sample.

    Attributes:
        file: The sample; its rows are the prompts.
        prompts: What stays of them.
        scores: Each content detector's score, by id. Each of shape (n,).
        capabilities: Shares. Shape (n, n_capabilities).
    """

    file: SampleFile
    prompts: ReadPrompts
    scores: dict[str, NDArray[np.float64]]
    capabilities: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Part:
    """What was read in some whole accounts' prompts; as `SampleReading`."""

    prompts: ReadPrompts
    scores: dict[str, NDArray[np.float64]]
    capabilities: NDArray[np.float64]

    @classmethod
    def of(
        cls, frame: pl.DataFrame, readers: Sequence[ContentDetector], chars: int, whole: Whole
    ) -> _Part:
        """Read the prompts."""
        prompts = read_prompts(frame, chars=chars, whole=whole)
        scores = {reader.card.id: reader.score(prompts) for reader in readers}
        return cls(ReadPrompts.of(prompts), scores, capability_shares(prompts))

    def keep(self, folder: Path, number: int) -> None:
        """Write down what cannot be had again without reading."""
        told = {f"score {name}": pl.Series(values) for name, values in self.scores.items()}
        told |= {name: pl.Series(self.capabilities[:, at]) for at, name in enumerate(CAPABILITIES)}
        write_whole(folder / f"recurrent-{number}.parquet", self.prompts.recurrent)
        write_whole(
            folder / f"read-{number}.parquet", pl.DataFrame({**told, "whole": self.prompts.wholes})
        )

    @classmethod
    def kept(cls, folder: Path, number: int, frame: pl.DataFrame, *, coarse: bool) -> _Part | None:
        """What was written down; None if nothing was."""
        path = folder / f"read-{number}.parquet"
        if not path.exists():
            return None
        told = pl.read_parquet(path)
        scores = {name: told[name].to_numpy() for name in told.columns if name.startswith("score ")}
        prompts = ReadPrompts(
            account=frame["account_id"].rle_id().to_numpy().astype(np.int32),
            account_ids=frame["account_id"].unique(maintain_order=True).to_numpy().astype(object),
            exchange_id=frame["exchange_id"],
            wholes=told["whole"],
            recurrent=pl.read_parquet(folder / f"recurrent-{number}.parquet"),
            coarse=coarse,
        )
        return cls(
            prompts,
            {name.removeprefix("score "): values for name, values in scores.items()},
            told.select(CAPABILITIES).to_numpy(),
        )


def read_sample(
    logs: Logs, detectors: Sequence[Detector], settings: SampleSettings, progress: Progress
) -> SampleReading:
    """Draw a sample of each account's prompts and let the content detectors read it.

    Twice, because a word's rarity is known only when all are counted; part by part, because
    the words of millions of prompts do not fit into memory.
    """
    file = draw_sample(logs, settings, progress)
    readers = [one for one in detectors if isinstance(one, ContentDetector)]
    with progress.stage("words: how rare they are among accounts", len(file)) as advance:
        whole = _whole(file, settings, advance)

    def read(numbered: tuple[int, pl.DataFrame]) -> _Part:
        number, frame = numbered
        found = None
        if logs.stays:
            found = _Part.kept(logs.workdir, number, frame, coarse=whole.coarse)
        part = found or _Part.of(frame, readers, settings.prompt_chars, whole)
        if logs.stays and not found:
            part.keep(logs.workdir, number)
        return part

    parts = []
    with progress.stage("content: reading the sample", len(file)) as advance:
        for part in side_by_side(read, enumerate(file.parts(COLUMNS))):
            parts.append(part)
            advance(len(part.prompts))
    return SampleReading(
        file,
        ReadPrompts.joined([part.prompts for part in parts]),
        {
            reader.card.id: np.concatenate([part.scores[reader.card.id] for part in parts])
            for reader in readers
        },
        np.concatenate([part.capabilities for part in parts]),
    )


def _whole(file: SampleFile, settings: SampleSettings, advance: Advance) -> Whole:
    """What each part must know of the others."""

    def count(frame: pl.DataFrame) -> tuple[NDArray[np.int64], int, int, bool]:
        text = frame.select(shorten(pl.col("prompt"), settings.prompt_chars))["prompt"]
        account = frame["account_id"].rle_id().to_numpy().astype(np.int32)
        sketched = frame["prompt"].is_null() & frame["prompt_sketch"].is_not_null()
        using = accounts_using(split_words(text.to_arrow()), account)
        return using, int(account[-1]) + 1, frame.height, bool(sketched.any())

    using, n_accounts, coarse = np.zeros(BUCKETS, np.int64), 0, False
    columns = ("account_id", "prompt", "prompt_sketch")
    for users, accounts, height, sketched in side_by_side(count, file.parts(columns)):
        using += users
        n_accounts += accounts
        coarse |= sketched
        advance(height)
    return Whole(coarse, word_rarity(using, n_accounts))
