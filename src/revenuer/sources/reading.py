"""Files of one table -> the engine's view of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from revenuer.errors import NothingToReadError, SourceError
from revenuer.sources.adapters import CANONICAL, Pseudonyms
from revenuer.sources.column_map import ColumnMap
from revenuer.sources.columns import EXCHANGES, TableShape
from revenuer.sources.engine import DuckDBEngine
from revenuer.sources.files import HEAD_BYTES, Container, LogFile, find_files, open_bytes
from revenuer.sources.intake import FileIntake, Tally
from revenuer.sources.naming import Naming, naming_for
from revenuer.sources.parquet import group_files, staged_file
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.rows import (
    Batch,
    csv_batches,
    document_batches,
    is_document,
    json_batches,
)
from revenuer.sources.staging import Staging
from revenuer.sources.tables import TableLoader

Progress = Callable[[str, float], None]
"""Called with what is being read and the share of it that is done, 0 to 1."""


@dataclass(slots=True)
class Reader:
    """Reads places into tables of one engine.

    Attributes:
        engine: Where the views are made.
        column_map: The operator's own names.
        names: The keyed hash.
        workdir: Where staged files go.
        quarantine: Where bad rows go.
        tally: What is counted.
        progress: Told how far the reading is.
    """

    engine: DuckDBEngine
    column_map: ColumnMap
    names: Pseudonyms
    workdir: Path
    quarantine: Quarantine
    tally: Tally
    progress: Progress | None = None

    def read(self, shape: TableShape, places: Sequence[str]) -> TableLoader:
        """Create one table's view."""
        loader = self.loader(shape)
        self.add(loader, self._find(shape, places))
        loader.finish()
        return loader

    def loader(self, shape: TableShape, *, forbearing: bool = False) -> TableLoader:
        """What makes one table's view, still empty."""
        return TableLoader(
            self.engine.connection,
            shape,
            self.column_map.table(shape.name),
            self.column_map.hashed if shape is EXCHANGES else (),
            self.names,
            self.quarantine,
            self.tally,
            forbearing,
        )

    def add(self, loader: TableLoader, files: Sequence[LogFile]) -> None:
        """Read files into a table's view."""
        for group in group_files(file for file in files if file.container is Container.PARQUET):
            loader.add_in_place(group)
        texts = [file for file in files if file.container is not Container.PARQUET]
        for group in group_files(self._staged(loader.shape, texts)):
            loader.add_staged(group)

    def _find(self, shape: TableShape, places: Sequence[str]) -> tuple[LogFile, ...]:
        try:
            return find_files(places, self.workdir)
        except NothingToReadError as problem:
            if shape is EXCHANGES:
                raise
            # Nothing to read is said of exchanges alone; a lost table beside them is a mistake.
            raise SourceError(f"{shape.name}: {problem.message}", problem.hint) from problem

    def _staged(self, shape: TableShape, files: Sequence[LogFile]) -> Iterator[LogFile]:
        sizes = [file.path.stat().st_size for file in files]
        for place, file in enumerate(files):
            path = self.workdir / f"{shape.name}-{place:05d}.parquet"
            before, size, whole = sum(sizes[:place]), sizes[place], sum(sizes)

            def told(
                read: int,
                label: str = file.label,
                before: int = before,
                size: int = size,
                whole: int = whole,
            ) -> None:
                if self.progress is not None:
                    self.progress(f"reading {label}", (before + min(read, size)) / whole)

            if self._stage(shape, file, path, told):
                yield staged_file(path, file.label)

    def _stage(
        self, shape: TableShape, file: LogFile, path: Path, told: Callable[[int], None]
    ) -> int:
        """Write one file's rows as canonical Parquet; returns how many could be used."""
        batches = batches_of(file)
        first = next(batches)
        naming = naming_for(shape, self.column_map, self.names, file, first)
        how = naming.table_map.reading(typed=file.container is not Container.CSV)
        read = 0
        own_names = naming.table_map.columns
        with Staging(shape, how, file.label, path, self.quarantine, own_names) as staging:
            for batch in chain([first], batches):
                named = naming.rows(batch)
                staging.add(batch, named)
                read += batch.size
                told(read)
        self._count(shape, file, naming, staging)
        return staging.kept

    def _count(self, shape: TableShape, file: LogFile, naming: Naming, staging: Staging) -> None:
        self.tally.add_unknown(list(naming.unknown))
        self.tally.files.append(
            FileIntake(
                file=file.label,
                table=shape.name,
                format=naming.adapter.name if naming.adapter else CANONICAL,
                container=file.container,
                rows=staging.rows,
                quarantined=staging.quarantined,
                passed_over=naming.passed_over,
            )
        )


def batches_of(file: LogFile) -> Iterator[Batch]:
    """The batches of a JSON or CSV file, at least one.

    Raises:
        SourceError: The file cannot be read to its end.
    """
    with open_bytes(file.path, file.label) as stream:
        head = stream.read(HEAD_BYTES)
    with open_bytes(file.path, file.label) as stream:
        if file.container is Container.CSV:
            yield from csv_batches(stream, file.label)
        elif is_document(head):
            yield from document_batches(stream, file.label)
        else:
            yield from json_batches(stream)
