"""Logs, opened: the contract's tables as Ibis expressions, and the engine that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from revenuer.errors import NothingToReadError
from revenuer.features.tables import LogTables
from revenuer.sources.column_map import ColumnMap, TableMap
from revenuer.sources.columns import SHAPES, TableShape
from revenuer.sources.engine import DuckDBEngine, Engine
from revenuer.sources.files import HEAD_BYTES, Container, LogFile, find_files, open_bytes
from revenuer.sources.intake import FileIntake, Intake, Tally
from revenuer.sources.parquet import group_files, staged_file
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.rows import (
    Batch,
    Record,
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
class Logs:
    """Open logs; close them, or use them as a context manager.

    Attributes:
        tables: The contract's tables.
        engine: Runs expressions over them.
        intake: What was read and what was left out.
    """

    tables: LogTables
    engine: Engine
    intake: Intake

    def close(self) -> None:
        """Close the engine."""
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_logs(
    exchanges: Sequence[str],
    *,
    accounts: str | None = None,
    permits: str | None = None,
    account_links: str | None = None,
    column_map: ColumnMap | None = None,
    workdir: Path,
    progress: Progress | None = None,
) -> Logs:
    """Open logs as the contract's tables.

    Canonical Parquet stays where it is; everything else is streamed once into Parquet in
    `workdir`, which must outlive the logs.

    Args:
        exchanges: Files, folders, globs, or `-` for stdin.
        accounts: The same for the accounts table, one place.
        permits: The same for permits.
        account_links: The same for attributes that change.
        column_map: The operator's own names; None for the contract's.
        workdir: An existing folder for staged files, spill and `quarantine.jsonl`.
        progress: Told how far the reading is.

    Raises:
        NothingToReadError: There is no exchange.
        SourceError: A file cannot be read.
        ColumnError: A column is missing or has the wrong type.
    """
    column_map = column_map or ColumnMap()
    places: dict[str, Sequence[str]] = {"exchanges": exchanges}
    others = {"accounts": accounts, "permits": permits, "account_links": account_links}
    places |= {name: [place] for name, place in others.items() if place is not None}
    with ExitStack() as stack:
        engine = DuckDBEngine(workdir / "spill")
        stack.callback(engine.close)
        quarantine = stack.enter_context(Quarantine(workdir / "quarantine.jsonl"))
        reader = Reader(engine, column_map, workdir, quarantine, Tally(), progress)
        present = {
            f"{name}.{column}"
            for name, shape in SHAPES.items()
            for column in reader.read(shape, places.get(name, ()))
        }
        intake = reader.tally.closed(quarantine.rows, quarantine.path)
        if intake.kept == 0:
            raise _nothing(intake)
        quarantine.close()
        tables = {name: engine.backend.table(name) for name in SHAPES}
        stack.pop_all()
    return Logs(LogTables(**tables, present=frozenset(present)), engine, intake)


def _nothing(intake: Intake) -> NothingToReadError:
    hint = "Point at request logs; `revenuer inspect` shows what a file offers."
    if intake.quarantined:
        message = f"no exchange can be used: all {intake.quarantined} rows were quarantined"
        return NothingToReadError(message, f"{intake.quarantine_file} names each with its reason.")
    return NothingToReadError("no exchange was found in the logs", hint)


@dataclass(slots=True)
class Reader:
    """Reads places into tables of one engine."""

    engine: DuckDBEngine
    column_map: ColumnMap
    workdir: Path
    quarantine: Quarantine
    tally: Tally
    progress: Progress | None

    def read(self, shape: TableShape, places: Sequence[str]) -> set[str]:
        """Create one table's view; returns its columns with a value."""
        files = find_files(places, self.workdir) if places else ()
        table_map = self.column_map.table(shape.name)
        loader = TableLoader(self.engine.connection, shape, table_map, self.quarantine, self.tally)
        for group in group_files(file for file in files if file.container is Container.PARQUET):
            loader.add_in_place(group)
        texts = [file for file in files if file.container is not Container.PARQUET]
        staged = []
        for place, file in enumerate(texts):
            if self.progress is not None:
                self.progress(f"reading {file.label}", place / len(texts))
            if (path := self._stage(shape, table_map, file, place)) is not None:
                staged.append(staged_file(path, file.label))
        for group in group_files(staged):
            loader.add_staged(group)
        loader.finish()
        return loader.present()

    def _stage(
        self, shape: TableShape, table_map: TableMap, file: LogFile, place: int
    ) -> Path | None:
        path = self.workdir / f"{shape.name}-{place:05d}.parquet"
        how = table_map.reading(typed=file.container is not Container.CSV)
        with Staging(shape, how, file.label, path, self.quarantine) as staging:
            for batch in batches_of(file):
                staging.add(batch, self._named(batch, shape, table_map))
        entry = FileIntake(
            file.label, shape.name, "canonical", file.container, staging.rows, staging.quarantined
        )
        self.tally.files.append(entry)
        return path if staging.kept else None

    def _named(self, batch: Batch, shape: TableShape, table_map: TableMap) -> list[Record]:
        """Records under the contract's names."""
        seen: dict[str, None] = {}
        for record in batch.records:
            seen.update(dict.fromkeys(record))
        used = {path.split(".", 1)[0] for path in table_map.columns.values()}
        self.tally.add_unknown([key for key in seen if key not in shape.types and key not in used])
        if not table_map.columns and not table_map.constants:
            return batch.records
        return [mapped(record, table_map) for record in batch.records]


def mapped(record: Mapping[str, object], table_map: TableMap) -> Record:
    """A record under the contract's names, constants filled in."""
    row = dict(record)
    for column, path in table_map.columns.items():
        row[column] = at(record, path)
    for column, value in table_map.constants.items():
        if row.get(column) is None:
            row[column] = value
    return row


def at(record: Mapping[str, object], path: str) -> object:
    """The value at a dotted path; None if there is none."""
    if path in record:
        return record[path]
    value: object = record
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def batches_of(file: LogFile) -> Iterator[Batch]:
    """The batches of a JSON or CSV file."""
    with open_bytes(file.path, file.label) as stream:
        head = stream.read(HEAD_BYTES)
    with open_bytes(file.path, file.label) as stream:
        if file.container is Container.CSV:
            yield from csv_batches(stream, file.label)
        elif is_document(head):
            yield from document_batches(stream, file.label)
        else:
            yield from json_batches(stream)
