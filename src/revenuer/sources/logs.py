"""Logs, opened: the contract's tables as Ibis expressions, and the engine that runs them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from revenuer.errors import ConfigError, NothingToReadError
from revenuer.features.tables import LogTables
from revenuer.sources.column_map import ColumnMap
from revenuer.sources.columns import SHAPES
from revenuer.sources.engine import DuckDBEngine, Engine, refused
from revenuer.sources.files import STDIN
from revenuer.sources.intake import Intake, Tally
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
        ConfigError: Two tables come from stdin.
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
        engine = DuckDBEngine(workdir / "spill")
        stack.callback(engine.close)
        quarantine = stack.enter_context(Quarantine(workdir / "quarantine.jsonl"))
        names = pseudonyms(column_map, workdir)
        reader = Reader(engine, column_map, names, workdir, quarantine, Tally(), progress)
        try:
            present = {
                f"{name}.{column}"
                for name, shape in SHAPES.items()
                for column in reader.read(shape, places.get(name, ()))
            }
        except duckdb.Error as problem:
            raise refused(problem) from problem
        intake = reader.tally.closed(quarantine.rows, quarantine.path)
        if intake.kept == 0:
            raise _nothing(intake)
        quarantine.close()
        tables = {name: engine.table(name, shape.schema) for name, shape in SHAPES.items()}
        stack.pop_all()
    return Logs(LogTables(**tables, present=frozenset(present)), engine, intake)


def _nothing(intake: Intake) -> NothingToReadError:
    hint = "Point at request logs; `revenuer inspect` shows what a file offers."
    if intake.quarantined:
        message = f"no exchange can be used: all {intake.quarantined} rows were quarantined"
        return NothingToReadError(message, f"{intake.quarantine_file} names each with its reason.")
    return NothingToReadError("no exchange was found in the logs", hint)
