"""Parquet files where they lie: what they hold by their footers, and SQL that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from revenuer.errors import SourceError
from revenuer.sources.files import Container, LogFile


@dataclass(slots=True)
class Extent:
    """What the footers say of one column over many files.

    Attributes:
        filled: Whether it has a value; None if the footers do not say.
        nulls: Whether it may have nulls.
        low: Least value; None if the footers do not say.
        high: Largest value.
        known: Whether `low` and `high` cover every row group.
    """

    filled: bool | None = False
    nulls: bool = False
    low: object = None
    high: object = None
    known: bool = True

    def widen(self, statistics: pq.Statistics | None, values: int) -> None:
        """Take in one row group's column chunk."""
        if statistics is None or not statistics.has_null_count:
            self.nulls, self.known = True, False
            self.filled = self.filled or None
            return
        self.nulls = self.nulls or statistics.null_count > 0
        if statistics.null_count >= values:
            return
        self.filled = True
        if not statistics.has_min_max:
            self.known = False
            return
        try:
            low, high = statistics.min, statistics.max
            self.low = low if self.low is None else min(self.low, low)
            self.high = high if self.high is None else max(self.high, high)
        except (TypeError, ValueError, OverflowError, pa.ArrowException):
            self.known = False

    def within(self, low: object, high: object) -> bool:
        """Whether every value is known to lie in [low, high]."""
        if self.filled is False:
            return True
        if not self.known or self.low is None:
            return False
        try:
            return bool(low <= self.low and self.high <= high)  # type: ignore[operator]
        except TypeError:
            return False


@dataclass(slots=True)
class ParquetGroup:
    """Files with one schema, read by one query.

    Attributes:
        paths: Where they are.
        labels: What messages call them, by path.
        rows: Rows in all of them.
        extents: By column.
        options: More arguments of the function that reads them.
    """

    paths: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    extents: dict[str, Extent] = field(default_factory=dict)
    options: str = ""

    @property
    def scan(self) -> str:
        """The SQL table function that reads them."""
        return f"read_parquet([{', '.join(map(quoted, self.paths))}]{self.options})"

    def extent(self, column: str) -> Extent:
        """What the footers say of a column; nothing in it if it is not there."""
        return self.extents.get(column, Extent())


def group_files(files: Iterable[LogFile]) -> list[ParquetGroup]:
    """Group Parquet files by schema, reading nothing but their footers.

    Raises:
        SourceError: A footer cannot be read.
    """
    groups: dict[str, ParquetGroup] = {}
    for file in files:
        footer = _footer(file)
        _take(groups.setdefault(_signature(footer), ParquetGroup()), file, footer)
    return list(groups.values())


def schema_of(file: LogFile) -> str:
    """A text that two Parquet files share if they have one schema.

    Raises:
        SourceError: The footer cannot be read.
    """
    return _signature(_footer(file))


def _footer(file: LogFile) -> pq.FileMetaData:
    try:
        return pq.read_metadata(file.path)
    except (pa.ArrowException, OSError) as problem:
        hint = "It may be cut short; write it again."
        raise SourceError(f"{file.label} is not readable Parquet", hint) from problem


def _signature(footer: pq.FileMetaData) -> str:
    return "\n".join(_columns_of(footer))


def _columns_of(footer: pq.FileMetaData) -> Iterable[str]:
    for place in range(footer.num_columns):
        column = footer.schema.column(place)
        yield f"{column.path} {column.physical_type} {column.logical_type}"


def _take(group: ParquetGroup, file: LogFile, footer: pq.FileMetaData) -> None:
    path = str(file.path)
    group.paths.append(path)
    group.labels[path] = file.label
    group.rows[path] = footer.num_rows
    for place in range(footer.num_columns):
        group.extents.setdefault(_top(footer.schema.column(place).path), Extent())
    for number in range(footer.num_row_groups):
        rows = footer.row_group(number)
        for place in range(rows.num_columns):
            chunk = rows.column(place)
            extent = group.extents[_top(chunk.path_in_schema)]
            extent.widen(chunk.statistics, chunk.num_values)


def _top(path: str) -> str:
    return path.split(".", 1)[0]


def quoted(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def named(column: str) -> str:
    """An SQL identifier."""
    return '"' + column.replace('"', '""') + '"'


def staged_file(path: Path, label: str) -> LogFile:
    """A canonical Parquet file in the working directory that stands for a source file."""
    return LogFile(path, label, Container.PARQUET)


def union(selects: Sequence[str]) -> str:
    """Queries one after the other."""
    return "\nUNION ALL\n".join(selects)


def rename(columns: Mapping[str, str]) -> str:
    """A select list from SQL expressions by name."""
    return ", ".join(f"{value} AS {named(name)}" for name, value in columns.items())
