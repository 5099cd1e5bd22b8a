"""Logs, opened: the contract's tables as Ibis expressions, and the engine that runs them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import ibis.expr.types as ir

from revenuer.errors import ConfigError, NothingToReadError
from revenuer.features.tables import LogTables
from revenuer.sources.column_map import ColumnMap
from revenuer.sources.columns import EXCHANGES, SHAPES, TableShape
from revenuer.sources.engine import DuckDBEngine, Engine, refused
from revenuer.sources.engines.engine import OWN, EngineMaker, OtherEngine
from revenuer.sources.engines.handover import hand_over
from revenuer.sources.engines.own_tables import OwnTable
from revenuer.sources.files import STDIN
from revenuer.sources.intake import Intake, Tally
from revenuer.sources.keeping import Keeping, Span
from revenuer.sources.kept_files import KeptFiles
from revenuer.sources.naming import pseudonyms
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.reading import Progress, Reader


@dataclass(slots=True)
class Logs:
    """Open logs; close them, or use them as a context manager.

    Attributes:
        tables: The contract's tables.
        engine: Runs expressions over them.
        intake: What was read and what was left out.
        workdir: A folder for files that are needed as long as the logs are open.
        stays: Whether that folder outlives this run, so that the next may use what is in it.
    """

    tables: LogTables
    engine: Engine
    intake: Intake
    workdir: Path
    stays: bool = False

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
    engine: EngineMaker | None = None,
    keeping: Keeping | None = None,
    kept: Span | None = None,
) -> Logs:
    """Open logs as the contract's tables.

    Canonical Parquet stays where it is; everything else is streamed once into Parquet in
    `workdir`, which must outlive the logs.

    Args:
        exchanges: Files, folders, globs, `-` for stdin, or `table:NAME` of another engine.
        accounts: The same for the accounts table, one place.
        permits: The same for permits.
        account_links: The same for attributes that change.
        column_map: The operator's own names; None for the contract's.
        workdir: An existing folder for staged files, spill and `quarantine.jsonl`.
        progress: Told how far the reading is.
        engine: Starts the engine that runs the queries; None for DuckDB, which reads files for
            all of them.
        keeping: How exchanges are kept for the next time; None keeps nothing.
        kept: Exchanges that are kept already, instead of files to read.

    Raises:
        NothingToReadError: There is no exchange.
        ConfigError: Two tables come from stdin, or one from an engine that was not asked for.
        SourceError: A file cannot be read.
        ColumnError: A column is missing or has the wrong type.
    """
    column_map = column_map or ColumnMap()
    if (*exchanges, accounts, permits, account_links).count(STDIN) > 1:
        raise ConfigError("stdin can be one table only", "Write the others to files.")
    places: dict[str, Sequence[str]] = {"exchanges": exchanges}
    others = {"accounts": accounts, "permits": permits, "account_links": account_links}
    places |= {name: [place] for name, place in others.items() if place is not None}
    with ExitStack() as stack:
        duckdb_engine = DuckDBEngine(workdir / "spill")
        stack.callback(duckdb_engine.close)
        quarantine = stack.enter_context(Quarantine(workdir / "quarantine.jsonl"))
        if keeping is not None:
            keeping.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Rows that were kept under one key cannot be read under another.
        names = pseudonyms(column_map, workdir if keeping is None else keeping.folder)
        reader = Reader(duckdb_engine, column_map, names, workdir, quarantine, Tally(), progress)
        there = None if engine is None else engine(workdir)
        if there is not None:
            stack.callback(there.close)
        found = {
            name: _table(reader, there, SHAPES[name], places.get(name, ()), keeping, kept)
            for name in SHAPES
        }
        intake = reader.tally.closed(quarantine.rows, quarantine.path)
        if intake.kept == 0:
            raise _nothing(intake)
        quarantine.close()
        stack.pop_all()
    if there is not None:
        duckdb_engine.close()
    tables = {name: table for name, (table, _) in found.items()}
    present = frozenset(f"{name}.{column}" for name, (_, held) in found.items() for column in held)
    return Logs(LogTables(**tables, present=present), there or duckdb_engine, intake, workdir)


def _table(
    reader: Reader,
    there: OtherEngine | None,
    shape: TableShape,
    places: Sequence[str],
    keeping: Keeping | None,
    kept: Span | None,
) -> tuple[ir.Table, set[str]]:
    """One table of the contract, where the queries run, and its columns with a value."""
    own = [place.removeprefix(OWN) for place in places if place.startswith(OWN)]
    if own and (there is None or len(own) < len(places) or len(own) > 1):
        hint = f"Name one table with {OWN}, and its engine with --engine."
        raise ConfigError(f"{shape.name} cannot be read from {', '.join(places)}", hint)
    if there is not None and own:
        return OwnTable(
            there, own[0], shape, reader.column_map, reader.tally, reader.quarantine
        ).read()
    try:
        if keeping is not None and shape is EXCHANGES:
            files = KeptFiles(keeping, reader)
            loader = files.load(places) if kept is None else files.span(kept)
        else:
            loader = reader.read(shape, places)
        if there is None:
            return reader.engine.table(shape.name, loader.schema), loader.present()
        return hand_over(loader, reader.engine, there, reader.workdir), loader.present()
    except duckdb.Error as problem:
        raise refused(problem) from problem


def _nothing(intake: Intake) -> NothingToReadError:
    hint = "Point at request logs; `revenuer inspect` shows what a file offers."
    if intake.quarantined:
        message = f"no exchange can be used: all {intake.quarantined} rows were quarantined"
        return NothingToReadError(message, f"{intake.quarantine_file} names each with its reason.")
    return NothingToReadError("no exchange was found in the logs", hint)
