"""A stream's exchanges on the disk: batch after batch, each kept as a log file is.

A segment is a folder as `sources.keeping` describes it, under a name that whoever keeps the
books gave it. What is in no book was left by a run that was killed, and is deleted.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import polars as pl
import pyarrow.parquet as pq

from revenuer.sources.column_map import ColumnMap
from revenuer.sources.engine import DuckDBEngine
from revenuer.sources.files import log_file
from revenuer.sources.intake import Tally
from revenuer.sources.keeping import ABOUT, QUARANTINE, Keeping, Kept, about_all, kept_in
from revenuer.sources.kept_files import ROWS, UNFINISHED, KeptFiles, lacked
from revenuer.sources.naming import pseudonyms
from revenuer.sources.parquet import named, quoted
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.reading import Reader
from revenuer.sources.staging import SOURCE_LINE

NEARLY_ALL = 0.95
"""Share of a batch's exchanges that lie before the time which it is taken to have reached: a few
rows with a wrong clock do not move it. placeholder"""

FARTHEST = timedelta(days=1)
"""How far beyond nearly all an exchange may lie and still be the first or the last: what is farther
has a wrong clock, and would make looks at years without a stream, or keep its segment for as
long as it is ahead. placeholder"""


@dataclass(frozen=True, slots=True)
class Segment:
    """What the books say of a segment.

    Attributes:
        name: Its folder.
        rows: Exchanges that can be used, repeated ones too.
        quarantined: Rows that cannot.
        late: Exchanges that came after the look at their time.
        first: Time of the earliest, but for clocks far behind; None without rows.
        last: Time of the latest, but for clocks far ahead.
        reached: Time before which nearly all lie.
    """

    name: str
    rows: int
    quarantined: int
    late: int = 0
    first: datetime | None = None
    last: datetime | None = None
    reached: datetime | None = None


class Segments:
    """The segments in one folder.

    Args:
        keeping: How they are kept, and in which folder.
        column_map: The operator's own names.
    """

    def __init__(self, keeping: Keeping, column_map: ColumnMap) -> None:
        self.keeping = keeping
        self.column_map = column_map
        keeping.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._engine: DuckDBEngine | None = None

    def seal(self, path: Path, label: str, name: str, looked: datetime | None) -> Segment:
        """Keep a batch that was taken from a source.

        Args:
            path: A file that log readers can read.
            label: What messages call it.
            name: Of the segment.
            looked: Time of the last look; None before the first.

        Raises:
            SourceError: The file cannot be read.
            ColumnError: A column is missing or has the wrong type.
        """
        with tempfile.TemporaryDirectory(dir=self.keeping.folder, prefix=".work-") as scratch:
            work = Path(scratch)
            with Quarantine(work / "unused.jsonl") as unused:
                reader = self._reader(work, unused)
                files = KeptFiles(self.keeping, reader)
                files.engine = self._running()
                kept = files.make(log_file(path, label), self.keeping.folder / name)
        return _told(kept, looked)

    def merge(self, names: Sequence[str], name: str) -> Segment:
        """Put several segments together as one, in their order; the several stay.

        Raises:
            SourceError: One of them is damaged.
        """
        several = kept_in(self.folders(names))
        folder = self.keeping.folder / name
        unfinished = folder.with_suffix(UNFINISHED)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        sizes = self._write_together(several, unfinished)
        with (unfinished / QUARANTINE).open("wb") as target:
            for one in several:
                with (one.folder / QUARANTINE).open("rb") as source:
                    shutil.copyfileobj(source, target)
        about = about_all([one.about for one in several], str(folder), sizes)
        (unfinished / ABOUT).write_bytes(msgspec.json.encode(about))
        unfinished.rename(folder)
        return _told(Kept(folder, name, about), None)

    def _write_together(self, several: Sequence[Kept], folder: Path) -> dict[str, int]:
        """Write the rows of several segments; returns the bytes of each file by name."""
        paths = [str(path) for one in several for path in one.rows]
        if not paths:
            return {}
        rows = f"read_parquet([{', '.join(map(quoted, paths))}], union_by_name = true)"
        left_out = sorted(lacked(map(pq.read_schema, paths)))
        but = f"EXCLUDE ({', '.join(map(named, left_out))}) " if left_out else ""
        sampled, engine = named(self.keeping.sampled), self._running()
        sizes = {}
        for number, where in enumerate((f"WHERE {sampled}", f"WHERE NOT {sampled}")):
            path = folder / f"{ROWS}-{number}.parquet"
            # Lines are what tells rows of one file apart, so they are numbered anew.
            engine.connection.execute(
                f"COPY (SELECT * {but}"
                f"REPLACE (2 * row_number() OVER () + {number} AS {SOURCE_LINE}) "
                f"FROM {rows} {where}) TO {quoted(str(path))} "
                "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            )
            sizes[path.name] = path.stat().st_size
        return sizes

    def _running(self) -> DuckDBEngine:
        """The engine that keeps batches: starting one takes longer than keeping a small one."""
        if self._engine is None:
            self._engine = DuckDBEngine(self.keeping.folder / ".spill")
        return self._engine

    def _reader(self, work: Path, quarantine: Quarantine) -> Reader:
        names = pseudonyms(self.column_map, self.keeping.folder)
        return Reader(self._running(), self.column_map, names, work, quarantine, Tally())

    def forget_all_but(self, names: Collection[str]) -> None:
        """Delete what is in no book."""
        for folder in self.keeping.folder.iterdir():
            if folder.is_dir() and folder.name not in names:
                shutil.rmtree(folder)

    def folders(self, names: Sequence[str]) -> tuple[Path, ...]:
        """Where segments lie."""
        return tuple(self.keeping.folder / name for name in names)

    def close(self) -> None:
        """Give back the engine that keeps batches."""
        if self._engine is not None:
            self._engine.close()
            self._engine = None


def _told(kept: Kept, looked: datetime | None) -> Segment:
    """What the books are to say of a segment."""
    name, lost = kept.folder.name, kept.about.intake.quarantined
    if not kept.rows:
        return Segment(name, 0, lost)
    at = pl.col("occurred_at")
    late = pl.lit(0) if looked is None else (at < looked).sum()
    reached = at.quantile(NEARLY_ALL, "lower")
    last = at.filter(at <= reached + FARTHEST).max()
    begun = at.quantile(1 - NEARLY_ALL, "higher")
    first = at.filter(at >= begun - FARTHEST).min()
    row = (
        pl.scan_parquet(kept.rows)
        .select(rows=pl.len(), late=late, first=first, last=last, reached=reached)
        .collect()
        .row(0, named=True)
    )
    if not row["rows"]:
        return Segment(name, 0, lost)
    return Segment(name, quarantined=lost, **row)
