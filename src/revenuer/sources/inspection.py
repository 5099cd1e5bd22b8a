"""What a log offers: its format, its columns and how full they are, without reading it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from revenuer.errors import NothingToReadError
from revenuer.sources.adapters import CANONICAL
from revenuer.sources.casts import cast
from revenuer.sources.column_map import ColumnMap
from revenuer.sources.columns import COUNTS, SHAPES, TableShape, nearest
from revenuer.sources.engine import DuckDBEngine, refused
from revenuer.sources.files import Container, LogFile, find_files
from revenuer.sources.naming import naming_for, pseudonyms
from revenuer.sources.parquet import ParquetGroup, group_files
from revenuer.sources.parts import one_row
from revenuer.sources.reading import batches_of
from revenuer.sources.values import read_column

SAMPLED_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """What a log offers for one contract column.

    Attributes:
        column: The contract's name.
        type: The contract's type.
        required: Whether a row is nothing without it.
        own_name: The log's own name for it; the format's name if an adapter makes it;
            None if it is missing.
        filled: Share of the sampled rows with a usable value, 0 to 1.
        problem: Why values cannot be used, or empty.
        suggestion: A column of the log that may be meant, or empty.
    """

    column: str
    type: str
    required: bool
    own_name: str | None
    filled: float
    problem: str = ""
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a log offers.

    Attributes:
        table: The contract's table it was held against.
        files: Name and format of each file.
        rows: Rows in the sample.
        columns: Every column of the contract, in its order.
        unknown_columns: Columns of the log that the contract does not have.
    """

    table: str
    files: tuple[tuple[str, str], ...]
    rows: int
    columns: tuple[ColumnReport, ...]
    unknown_columns: tuple[str, ...]

    @property
    def present(self) -> frozenset[str]:
        """Columns with a value, as `exchanges.client_ip`; says which detectors can run."""
        return frozenset(f"{self.table}.{c.column}" for c in self.columns if c.filled > 0)

    @property
    def missing_required(self) -> tuple[str, ...]:
        """Required columns without a usable value."""
        return tuple(c.column for c in self.columns if c.required and c.filled == 0)

    @property
    def missing_optional(self) -> tuple[str, ...]:
        """Optional columns without a usable value."""
        return tuple(c.column for c in self.columns if not c.required and c.filled == 0)


@dataclass(slots=True)
class _Sampled:
    """One column over the files sampled so far."""

    filled: int = 0
    own_name: str | None = None
    problem: str = ""

    def add(self, filled: int, own_name: str | None, problem: str = "") -> None:
        self.filled += filled
        self.own_name = self.own_name or own_name
        self.problem = self.problem or problem


def inspect_logs(
    places: Sequence[str],
    *,
    table: str = "exchanges",
    column_map: ColumnMap | None = None,
    workdir: Path,
) -> Inspection:
    """Look at the start of every file and say what it offers; nothing is refused.

    Args:
        places: Files, folders, globs, or `-` for stdin.
        table: The contract's table to hold them against.
        column_map: The operator's own names.
        workdir: An existing folder for scratch files.

    Raises:
        NothingToReadError: There is no file, or no record in any.
        SourceError: A file cannot be read.
    """
    column_map = column_map or ColumnMap()
    inspector = _Inspector(SHAPES[table], column_map, workdir)
    for file in find_files(places, workdir):
        inspector.look_at(file)
    if inspector.rows == 0:
        raise NothingToReadError("no record was found in the logs", "Is the path right?")
    return inspector.report()


class _Inspector:
    """Gathers the sample of each file."""

    def __init__(self, shape: TableShape, column_map: ColumnMap, workdir: Path) -> None:
        self.shape = shape
        self.column_map = column_map
        self.table_map = column_map.table(shape.name)
        self.workdir = workdir
        self.rows = 0
        self.sampled = {name: _Sampled() for name in shape.types}
        self.files: list[tuple[str, str]] = []
        self.unknown: dict[str, None] = {}

    def look_at(self, file: LogFile) -> None:
        """Sample one file."""
        if file.container is Container.PARQUET:
            self._look_at_parquet(file)
        else:
            self._look_at_text(file)

    def _look_at_text(self, file: LogFile) -> None:
        first = next(batches_of(file))
        names = pseudonyms(self.column_map, self.workdir)
        naming = naming_for(self.shape, self.column_map, names, file, first)
        rows = naming.rows(first).records
        adapter = naming.adapter.name if naming.adapter else None
        self.files.append((file.label, adapter or CANONICAL))
        self.unknown.update(naming.unknown)
        self.rows += len(rows)
        how = self.table_map.reading(typed=file.container is not Container.CSV)
        for name, kind in self.shape.types.items():
            values = [row.get(name) for row in rows]
            column = read_column(values, kind, how, count=name in COUNTS)
            usable = len(rows) - column.array.null_count
            seen = usable > 0 or bool(column.bad)
            problem = next(iter(column.bad.values()), "")
            self.sampled[name].add(usable, self._own(name, adapter) if seen else None, problem)

    def _own(self, name: str, adapter: str | None = None) -> str:
        own = self.table_map.columns.get(name)
        if own is None and name in self.table_map.constants:
            return "constant"
        return own or (adapter if adapter else name)

    def _look_at_parquet(self, file: LogFile) -> None:
        (group,) = group_files([file])
        self.files.append((file.label, CANONICAL))
        engine = DuckDBEngine(self.workdir / "spill")
        try:
            self._sample_parquet(group, engine.connection)
        except duckdb.Error as problem:
            raise refused(problem) from problem
        finally:
            engine.close()

    def _sample_parquet(self, group: ParquetGroup, connection: duckdb.DuckDBPyConnection) -> None:
        described = connection.execute(f"DESCRIBE SELECT * FROM {group.scan}").fetchall()
        types = {row[0]: row[1] for row in described}
        rows = min(sum(group.rows.values()), SAMPLED_ROWS)
        self.rows += rows
        read: dict[str, str] = {}
        for name, kind in self.shape.types.items():
            own = self.table_map.columns.get(name, name)
            if own not in types:
                if name in self.table_map.constants:
                    self.sampled[name].add(rows, "constant")
                continue
            how = self.table_map.reading(typed=True)
            found = cast(name, own, types[own], kind, group.extent(own), how)
            if found is None:
                self.sampled[name].add(0, own, f"has type {types[own]}")
                continue
            read[name] = f"CASE WHEN ({found.broken or 'false'}) IS NOT TRUE THEN {found.value} END"
            self.sampled[name].add(0, own)
        self._count_filled(read, group, connection)
        known = {self.table_map.columns.get(name, name) for name in self.shape.types}
        self.unknown.update(dict.fromkeys(name for name in types if name not in known))

    def _count_filled(
        self, read: Mapping[str, str], group: ParquetGroup, connection: duckdb.DuckDBPyConnection
    ) -> None:
        if not read:
            return
        counts = ", ".join(f"count({value})" for value in read.values())
        sample = f"SELECT {counts} FROM (SELECT * FROM {group.scan} LIMIT {SAMPLED_ROWS})"
        for name, filled in zip(read, one_row(connection, sample), strict=True):
            self.sampled[name].add(filled, None)

    def report(self) -> Inspection:
        """What was seen."""
        columns = tuple(
            ColumnReport(
                column=name,
                type=str(kind),
                required=name in self.shape.required,
                own_name=self.sampled[name].own_name,
                filled=self.sampled[name].filled / self.rows,
                problem=self.sampled[name].problem,
                suggestion=self._suggestion(name),
            )
            for name, kind in self.shape.types.items()
        )
        files = tuple(self.files)
        return Inspection(self.shape.name, files, self.rows, columns, tuple(self.unknown))

    def _suggestion(self, name: str) -> str:
        return "" if self.sampled[name].filled else nearest(name, self.unknown)
