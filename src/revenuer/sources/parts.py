"""A part of a table: files of one schema, and the SQL that reads their usable rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb

from revenuer.sources.casts import Cast
from revenuer.sources.parquet import ParquetGroup, quoted

SOURCE_FILE = "revenuer_source_file"


@dataclass(frozen=True, slots=True)
class Guard:
    """A row that must be left out.

    Attributes:
        column: The column at fault.
        sql: True for such a row.
        reason: What is wrong.
        wrong_value: Whether a value is there and cannot be used.
    """

    column: str
    sql: str
    reason: str
    wrong_value: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """How many values of a column that a guard looks at can be used.

    Attributes:
        column: The column.
        reason: What is wrong with the others.
        broken: Values that are there and cannot be used.
        usable: Values that can.
    """

    column: str
    reason: str
    broken: int
    usable: int

    def damns(self, rows: int) -> bool:
        """Whether the column is of the wrong type, and not just some of its values."""
        return self.usable == 0 and self.broken >= 2 and self.broken * 2 >= rows


@dataclass(slots=True)
class Part:
    """A group of files and how its columns are read.

    Attributes:
        group: The files.
        casts: By contract column.
        guards: What must be checked row by row.
        line: SQL of a row's line in its source.
        digest: SQL of a row's digest, where it was worked out before.
        doubts: What was counted of the guards that look at values.
    """

    group: ParquetGroup
    casts: dict[str, Cast]
    guards: list[Guard] = field(default_factory=list)
    line: str = "file_row_number + 1"
    digest: str = ""
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def content(self) -> str:
        """SQL of a number for all that a row says: equal rows have equal ones."""
        return self.digest or f"hash({', '.join(found.value for found in self.casts.values())})"

    @property
    def usable(self) -> list[str]:
        """SQL conditions of a usable row."""
        return [f"({guard.sql}) IS NOT TRUE" for guard in self.guards]

    def select(self, columns: str, source: bool = False, where: str | None = None) -> str:
        """SQL over the group's rows, the usable ones unless `where` says otherwise."""
        options = f", filename={quoted(SOURCE_FILE)}, file_row_number=true" if source else ""
        scan = self.group.scan.removesuffix(")") + options + ")"
        kept = " AND ".join(self.usable) if where is None else where
        return f"SELECT {columns} FROM {scan}" + (f" WHERE {kept}" if kept else "")


def one_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """The only row of a query's answer, read to its end: until then the connection waits."""
    (row,) = connection.execute(query).fetchall()
    return tuple(row)
