"""Log files taken from what is kept of them, and kept if they are new.

What is kept of a file (`sources.keeping`) is there as a whole or not at all, so that a scan that
is stopped on the way goes on behind the files that it has kept.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from revenuer.sources.columns import EXCHANGES
from revenuer.sources.engine import DuckDBEngine
from revenuer.sources.files import Container, LogFile, find_paths, log_file
from revenuer.sources.intake import Tally
from revenuer.sources.keeping import ABOUT, QUARANTINE, TEXT, About, Keeping, Kept, Span, kept_in
from revenuer.sources.parquet import group_files, named, quoted, schema_of, staged_file
from revenuer.sources.parts import one_row
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.reading import Reader
from revenuer.sources.staging import SOURCE_LINE, wrong_column
from revenuer.sources.tables import SOURCE_DIGEST, TableLoader

ROWS = "rows"
UNFINISHED = ".unfinished"
DIGEST_CHARS = 24
FEWEST_APART = 0.25
"""Share of a file's rows that no sample takes, from which these lie apart. placeholder"""


class KeptFiles:
    """Takes log files from what is kept of them, and keeps those that are new.

    Args:
        keeping: How they are kept.
        reader: Reads the new ones.
    """

    def __init__(self, keeping: Keeping, reader: Reader) -> None:
        self.keeping = keeping
        self.reader = reader
        self.asked = [keeping.about, repr(reader.column_map), reader.names.key.hex()]
        self.engine: DuckDBEngine | None = None

    def load(self, places: Sequence[str]) -> TableLoader:
        """Create the view of the exchanges.

        Raises:
            NothingToReadError: A place does not exist or holds no log file.
            SourceError: A file cannot be read.
            ColumnError: A column is missing or has the wrong type.
        """
        with ExitStack() as stack:
            stack.callback(self.close)
            found = self._all(find_paths(places, self.reader.workdir))
        return self._view(found)

    def span(self, kept: Span) -> TableLoader:
        """Create the view of the exchanges that are kept of a span of time.

        Raises:
            SourceError: A segment is damaged.
            ColumnError: No value of a column can be used.
        """
        return self._view(kept_in(kept.folders), (kept.start, kept.end))

    def _view(
        self, found: list[Kept], span: tuple[datetime, datetime] | None = None
    ) -> TableLoader:
        # In the order of a scan that keeps nothing: the first of repeated rows is what counts.
        schemas = list(dict.fromkeys(one.about.schema for one in found))
        found.sort(key=lambda one: (one.about.schema == TEXT, schemas.index(one.about.schema)))
        for schema in schemas:
            _check([one for one in found if one.about.schema == schema])
        loader = self.reader.loader(EXCHANGES)
        for one in found:
            self._tell(one)
        self._add(loader, found)
        loader.span = span
        loader.finish()
        return loader

    def _all(self, paths: Mapping[Path, str]) -> list[Kept]:
        """What is kept of each file, kept now if it was not."""
        self.keeping.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sizes = {path: path.stat().st_size for path in paths}
        done, whole, found = 0, sum(sizes.values()), []
        for path, label in paths.items():
            found.append(self._of(path, label))
            done += sizes[path]
            if self.reader.progress is not None:
                self.reader.progress(f"reading {label}", done / whole)
        self._forget_what_is_gone({one.folder for one in found})
        return found

    def _forget_what_is_gone(self, used: set[Path]) -> None:
        """Delete what was kept of files that are there no more: who deletes a log means it."""
        for folder in self.keeping.folder.iterdir():
            if not folder.is_dir() or folder in used:
                continue
            kept = Kept.at(folder, folder.name)
            if kept is None or not Path(kept.about.path).exists():
                shutil.rmtree(folder)

    def _of(self, path: Path, label: str) -> Kept:
        folder = self._folder(path)
        if folder.exists():
            kept = Kept.at(folder, label)
            if kept is not None:
                # Who deletes what no scan has used for long goes by this.
                os.utime(folder)
                return kept
            self.reader.tally.note(f"what was kept of {label} was damaged and is made anew")
        made = self.make(log_file(path, label), folder)
        for stale in self.keeping.folder.glob(f"{folder.name.split('-')[0]}-*"):
            if stale != folder:
                shutil.rmtree(stale)
        return made

    def _folder(self, path: Path) -> Path:
        """Where a file's rows lie: under a name for the file and one for its state."""
        status = path.stat()
        lineage = _digest(str(path), *self.asked)
        state = _digest(self.keeping.program, str(status.st_size), str(status.st_mtime_ns))
        return self.keeping.folder / f"{lineage}-{state}"

    def make(self, file: LogFile, folder: Path) -> Kept:
        """Keep a file's rows in a folder, which is there as a whole or not at all.

        Raises:
            SourceError: The file cannot be read.
            ColumnError: A column is missing or has the wrong type.
        """
        unfinished = folder.with_suffix(UNFINISHED)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        with tempfile.TemporaryDirectory(dir=self.reader.workdir) as scratch:
            about = self._write(file, unfinished, Path(scratch))
        (unfinished / ABOUT).write_bytes(msgspec.json.encode(about))
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.rename(folder)
        return Kept(folder, file.label, about)

    def _write(self, file: LogFile, folder: Path, scratch: Path) -> About:
        if self.engine is None:
            self.engine = DuckDBEngine(self.reader.workdir / "spill-kept")
        tally, sizes = Tally(), dict[str, int]()
        present, unfilled = set[str](), set[str]()
        with Quarantine(folder / QUARANTINE) as quarantine:
            # Progress is told by the file.
            apart = replace(
                self.reader,
                engine=self.engine,
                workdir=scratch,
                quarantine=quarantine,
                tally=tally,
                progress=None,
            )
            loader = apart.loader(EXCHANGES, forbearing=True)
            apart.add(loader, [file])
            if loader.parts:
                self.engine.connection.execute(
                    f"CREATE OR REPLACE VIEW {EXCHANGES.name} AS {loader.kept_rows()}"
                )
                present, unfilled = loader.present(), _unfilled(loader)
                sizes = self._write_rows(self.engine, folder)
        is_parquet = file.container is Container.PARQUET
        return About(
            path=str(file.path),
            intake=tally.files[0],
            unknown=tuple(tally.unknown),
            notes=tuple(tally.notes),
            present=tuple(sorted(present)),
            schema=_digest(schema_of(file)) if is_parquet else TEXT,
            unfilled=tuple(sorted(unfilled)),
            doubts=tuple(doubt for part in loader.parts for doubt in part.doubts),
            sizes=sizes,
        )

    def _write_rows(self, engine: DuckDBEngine, folder: Path) -> dict[str, int]:
        """Write the engine's view of one file; returns the bytes of each file by name."""
        connection, column = engine.connection, named(self.keeping.sampled)
        beside = [(SOURCE_LINE, pa.int64()), (SOURCE_DIGEST, pa.uint64())]
        schema = pa.schema([*EXCHANGES.types.items(), *beside])
        rows = engine.backend.compile(self.keeping.narrow(engine.table(EXCHANGES.name, schema)))
        # All rows of an id, so that no repeated row takes the place of another id.
        connection.execute(
            f"CREATE OR REPLACE TABLE lowest AS SELECT {SOURCE_LINE} AS line FROM ("
            f"SELECT {SOURCE_LINE}, dense_rank() OVER (PARTITION BY {self._sampled_by()} "
            f"ORDER BY md5(exchange_id)) AS place FROM {EXCHANGES.name}) "
            f"WHERE place <= {self.keeping.per_account}"
        )
        counted = f"SELECT (SELECT count(*) FROM lowest), (SELECT count(*) FROM {EXCHANGES.name})"
        lowest, whole = one_row(connection, counted)
        apart = {True: f"WHERE {SOURCE_LINE} IN (SELECT line FROM lowest)"}
        apart[False] = apart[True].replace(" IN ", " NOT IN ")
        if whole - lowest < FEWEST_APART * whole:
            # More rows than a sample is made of do no harm: the lowest are among them.
            apart = {True: ""}
        sizes: dict[str, int] = {}
        for may_be, where in apart.items():
            path = folder / f"{ROWS}-{len(sizes)}.parquet"
            connection.execute(
                f"COPY (SELECT *, {may_be} AS {column} FROM ({rows}) AS kept {where}) "
                f"TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            )
            sizes[path.name] = path.stat().st_size
        connection.execute("DROP TABLE lowest")
        return sizes

    def _sampled_by(self) -> str:
        """SQL of whose lowest rows are told: of an account, in each part of the time."""
        if not self.keeping.part_s:
            return "account_id"
        return f"account_id, floor(epoch(occurred_at) / {self.keeping.part_s})"

    def _tell(self, one: Kept) -> None:
        """Say of a file what was said when it was read."""
        tally = self.reader.tally
        tally.files.append(replace(one.about.intake, file=one.label))
        tally.add_unknown(list(one.about.unknown))
        for note in one.about.notes:
            tally.note(note)
        self.reader.quarantine.take_over(one.folder / QUARANTINE, one.label)

    def _add(self, loader: TableLoader, found: Sequence[Kept]) -> None:
        """Put the kept rows of all files into one view."""
        files = [staged_file(path, one.label) for one in found for path in one.rows]
        present = {column for one in found for column in one.about.present}
        groups = group_files(files)
        schemas = [pq.read_schema(group.paths[0]) for group in groups]
        lacking = lacked(schemas)
        ours = {*EXCHANGES.types, SOURCE_LINE, SOURCE_DIGEST, *lacking}
        for group, schema in zip(groups, schemas, strict=True):
            # The folder's name may look like a partition; the rows say what they say.
            group.options = ", hive_partitioning = false"
            # In one order, since parts are put together by place.
            names = sorted(set(schema.names) - ours)
            beside = {name: schema.field(name).type for name in names}
            loader.add_kept(group, beside, present)
        # Where an account lost a row to another one, its sample is drawn from all rows.
        loader.if_no_conflicts = self.keeping.sampled

    def close(self) -> None:
        """Give back the engine that keeps files."""
        if self.engine is not None:
            self.engine.close()
            self.engine = None


def lacked(schemas: Iterable[pa.Schema]) -> set[str]:
    """Columns beside the contract's that some of the kept files have and others lack.

    An earlier version of the program did not keep them yet, so nobody may count on them.
    """
    names = [set(schema.names) for schema in schemas]
    every = set[str]().union(*names)
    return {name for name in every - set(EXCHANGES.types) if any(name not in one for one in names)}


def _unfilled(loader: TableLoader) -> set[str]:
    """Columns without a value in a file, by its footer."""
    (part,) = loader.parts
    extents = {name: part.group.extent(loader.own_name(name)) for name in EXCHANGES.types}
    return {name for name, extent in extents.items() if extent.filled is False}


def _check(alike: Sequence[Kept]) -> None:
    """Refuse a column of which no value can be used in any of the files of one schema.

    Raises:
        ColumnError: There is one.
    """
    rows = sum(one.about.intake.rows for one in alike)
    columns = {doubt.column: doubt for one in alike for doubt in one.about.doubts}
    for column, doubt in columns.items():
        mine = [each for one in alike for each in one.about.doubts if each.column == column]
        sure = [one for one in alike if column not in {each.column for each in one.about.doubts}]
        # A file that leaves no doubt has nothing but usable values there, or none at all.
        usable = sum(column not in one.about.unfilled for one in sure)
        broken = sum(each.broken for each in mine)
        whole = replace(doubt, broken=broken, usable=usable + sum(one.usable for one in mine))
        if whole.damns(rows):
            raise wrong_column(column, alike[0].label, EXCHANGES, doubt.reason)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:DIGEST_CHARS]
