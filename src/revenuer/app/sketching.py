"""`sketch`: the same exchanges without text, with keyed sketches in its place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from revenuer.app.opening import open_with
from revenuer.app.policy import METADATA, SKETCHES, TEXTS, with_strictness
from revenuer.app.progress import Progress, Silent
from revenuer.detector import ContentDetector
from revenuer.detectors import load_detectors
from revenuer.features.capability import capability_shares
from revenuer.features.keyed import SketchKey, sketch_prompts, sketch_system_prompts
from revenuer.features.prompts import Prompts, read_prompts
from revenuer.features.sketches import READINGS
from revenuer.features.tables import LogTables
from revenuer.settings import DataPolicy, Settings
from revenuer.sources import Intake, Logs, open_logs
from revenuer.sources import convert as write_table
from revenuer.sources.columns import EXCHANGES

BATCH_ROWS = 20_000
"""Exchanges that are sketched at a time: some 100 MB with all that is made of them."""


@dataclass(frozen=True, slots=True)
class Sketched:
    """What was written.

    Attributes:
        intake: What was read and what was left out.
        exchanges: Rows written.
        prompts: Rows whose prompt was sketched.
        kept: Rows that came with a sketch and no text, and keep it.
        withheld: Rows of which neither may be looked at.
        key_id: The name beside the new sketches.
    """

    intake: Intake
    exchanges: int
    prompts: int
    kept: int
    withheld: int
    key_id: str


def sketch(
    exchanges: Sequence[str],
    *,
    out: Path,
    key: SketchKey,
    column_map: str | None = None,
    map_pairs: Sequence[str] = (),
    log_format: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Sketched:
    """Write exchanges as canonical Parquet without text, with sketches.

    Args:
        exchanges: Files, folders, globs, or `-` for stdin.
        out: The file to write; one that is there is replaced once the new one is whole.
        key: The key.
        column_map: A TOML column map.
        map_pairs: `name=column` pairs on top of it.
        log_format: Name of an adapter; None to look at the logs.
        settings: Of which the policies of organizations and the length of prompts count.
        progress: Told how far the work is.
    """
    settings, progress = settings or Settings(), progress or Silent()
    with tempfile.TemporaryDirectory(prefix="revenuer-") as folder:
        work = Path(folder)
        logs = open_with(
            exchanges,
            accounts=None,
            permits=None,
            account_links=None,
            column_map=column_map,
            map_pairs=map_pairs,
            log_format=log_format,
            workdir=work,
            progress=progress,
        )
        with logs:
            unsorted = work / "sketched.parquet"
            done = write_sketched(logs, unsorted, key, settings, progress)
        # Sorted only now: what spills to disk on the way carries no text.
        again = work / "again"
        again.mkdir()
        out.parent.mkdir(parents=True, exist_ok=True)
        with (
            progress.stage("writing", None),
            open_logs([str(unsorted)], workdir=again) as sketched,
        ):
            write_table(sketched, out)
        kept = keep_quarantine_beside(logs.intake, out)
        return replace(done, intake=replace(logs.intake, quarantine_file=kept))


def keep_quarantine_beside(intake: Intake, out: Path) -> Path:
    """Put the quarantine, which quotes no row, beside the file; one of an earlier run goes."""
    kept = out.with_name(out.name + ".quarantine.jsonl")
    kept.unlink(missing_ok=True)
    if intake.quarantined:
        shutil.copyfile(intake.quarantine_file, kept)
    return kept


def write_sketched(
    logs: Logs, path: Path, key: SketchKey, settings: Settings, progress: Progress
) -> Sketched:
    """Write the exchanges of open logs to a file, sketched, in no particular order."""
    maker = SketchMaker(key, settings.sample.prompt_chars)
    rows = with_strictness(logs.tables, logs.engine, settings.data_policy)
    counts = np.zeros(4, np.int64)
    with (
        progress.stage("sketching", logs.intake.kept) as advance,
        pq.ParquetWriter(path, EXCHANGES.schema, compression="zstd") as writer,
    ):
        for batch in logs.engine.stream(rows, BATCH_ROWS):
            for start in range(0, batch.num_rows, BATCH_ROWS):
                part, made = maker.sketch(batch.slice(start, BATCH_ROWS))
                writer.write_table(part)
                counts += made
                advance(part.num_rows)
    written, prompts, kept, withheld = (int(count) for count in counts)
    return Sketched(logs.intake, written, prompts, kept, withheld, key.id)


def sketched_tables(
    logs: Logs, work: Path, key: SketchKey, settings: Settings, progress: Progress
) -> LogTables:
    """The tables of open logs with every text sketched; the sketches lie in `work`."""
    path = work / "sketched.parquet"
    write_sketched(logs, path, key, settings, progress)
    texts = {f"exchanges.{name}" for name in TEXTS}
    made = {f"exchanges.{name}" for name in (*SKETCHES, "sketch_key_id", "data_policy")}
    return replace(
        logs.tables,
        exchanges=logs.engine.attach("sketched_exchanges", path, EXCHANGES.schema),
        present=(logs.tables.present - texts) | made,
    )


class SketchMaker:
    """Turns exchanges with text into exchanges with sketches.

    Args:
        key: The key.
        chars: Characters of each prompt that are read, as `sample.prompt_chars` says.
    """

    def __init__(self, key: SketchKey, chars: int) -> None:
        self.key = key
        self.chars = chars
        self.readers = _readers()

    def sketch(self, batch: pa.RecordBatch) -> tuple[pa.Table, NDArray[np.int64]]:
        """The batch without text, and how many rows it has, sketched, kept and withheld.

        Args:
            batch: The contract's columns and `_strictness`, as `policy.with_strictness` adds.
        """
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        strict = pl.col("_strictness") == METADATA
        hidden = (pl.when(~strict).then(name).alias(name) for name in (*TEXTS, *SKETCHES))
        frame = frame.with_columns(*hidden)
        made = self._made(frame)
        had = frame["prompt"].is_null() & frame["prompt_sketch"].is_not_null()
        table = frame.with_columns(
            *self._chosen(made),
            pl.when(strict)
            .then(pl.lit(str(DataPolicy.METADATA)))
            .otherwise(pl.lit(str(DataPolicy.SKETCH)))
            .alias("data_policy"),
            *(pl.lit(None, pl.String).alias(name) for name in TEXTS),
        ).select(EXCHANGES.schema.names)
        withheld = int((frame["_strictness"] == METADATA).sum())
        counts = [frame.height, int(made["prompt_sketch"].count()), int(had.sum()), withheld]
        return table.to_arrow().cast(EXCHANGES.schema), np.array(counts)

    def _chosen(self, made: pl.DataFrame) -> list[pl.Expr]:
        """New sketches, or those that a row came with; never of two keys in one row."""
        new = made["prompt_sketch"].is_not_null() | made["system_prompt_sketch"].is_not_null()
        mine = pl.col("sketch_key_id") == self.key.id
        came = {name: pl.when(~new | mine).then(name) for name in SKETCHES}
        return [
            *(pl.coalesce(made[name], came[name]).alias(name) for name in SKETCHES),
            pl.when(new)
            .then(pl.lit(self.key.id))
            .otherwise("sketch_key_id")
            .alias("sketch_key_id"),
        ]

    def _made(self, frame: pl.DataFrame) -> pl.DataFrame:
        """New sketches of the texts: `prompt_sketch` and `system_prompt_sketch`."""
        rows = frame.select("prompt", "system_prompt", "tool_count").with_row_index("row")
        # The reader sorts by account and exchange: as one account the rows keep their order.
        prompts = read_prompts(
            rows.select(
                account_id=pl.lit(""),
                exchange_id=pl.col("row"),
                prompt="prompt",
                system_prompt="system_prompt",
                tool_count="tool_count",
            ),
            chars=self.chars,
        )
        texts = frame["prompt"].to_arrow().cast(pa.string())
        system_texts = frame["system_prompt"].to_arrow().cast(pa.string())
        unread = np.full(len(prompts), np.nan)
        scores = [reader.score(prompts) if reader else unread for reader in self.readers]
        return pl.DataFrame(
            {
                "prompt_sketch": pl.Series(
                    sketch_prompts(prompts, texts, scores, strongest_capability(prompts), self.key),
                    dtype=pl.Binary,
                ),
                "system_prompt_sketch": pl.Series(
                    sketch_system_prompts(system_texts, self.key), dtype=pl.Binary
                ),
            }
        )


def _readers() -> list[ContentDetector | None]:
    """The content detectors whose readings a sketch carries, in its order; None if it is gone."""
    known = {
        detector.card.id: detector
        for detector in load_detectors()
        if isinstance(detector, ContentDetector)
    }
    return [known.get(name) for name in READINGS]


def strongest_capability(prompts: Prompts) -> NDArray[np.int16]:
    """The capability each prompt exercises most, -1 without text. Shape (n,)."""
    best = capability_shares(prompts).argmax(axis=1)
    return np.where(prompts.has_text, best, -1).astype(np.int16)
