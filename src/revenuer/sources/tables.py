"""Parquet groups -> one view a table, with unusable, repeated and conflicting rows left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pyarrow as pa

from revenuer.errors import ColumnError
from revenuer.sources.adapters import CANONICAL, Pseudonyms
from revenuer.sources.casts import SQL_TYPES, Cast, absent, cast, hashed
from revenuer.sources.column_map import TableMap
from revenuer.sources.columns import TableShape
from revenuer.sources.files import Container
from revenuer.sources.intake import FileIntake, Tally
from revenuer.sources.parquet import Extent, ParquetGroup, named, quoted, rename, union
from revenuer.sources.parts import SOURCE_FILE, Doubt, Guard, Part, one_row
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.repeats import Repeats, find_repeats
from revenuer.sources.staging import SOURCE_LINE, missing_column, wrong_column

SOURCE_DIGEST = "revenuer_source_digest"
"""Column of rows that were kept: `Part.content`, which was worked out of all they said."""
BATCH_ROWS = 65_536
ROW_NUMBER = "file_row_number"
EMPTY = (("", ""), (b"", b""))


@dataclass(slots=True)
class TableLoader:
    """Makes the view of one table of the contract.

    Attributes:
        connection: The engine's connection.
        shape: The table.
        table_map: The operator's own names.
        hashed: Columns whose values are replaced by a keyed hash.
        names: The keyed hash.
        quarantine: Where bad rows go.
        tally: What is counted.
        forbearing: Whether a column of the wrong type is left to `Part.doubts`, for who
            knows only a part of the files.
    """

    connection: duckdb.DuckDBPyConnection
    shape: TableShape
    table_map: TableMap
    hashed: tuple[str, ...]
    names: Pseudonyms
    quarantine: Quarantine
    tally: Tally
    forbearing: bool = False
    parts: list[Part] = field(default_factory=list)
    left_out: str = ""
    """The engine's table of repeated rows; empty if there are none."""
    held: set[str] = field(default_factory=set)
    """Columns with a value in what was kept."""
    beside: dict[str, pa.DataType] = field(default_factory=dict)
    """Columns of what was kept that the contract does not have."""
    if_no_conflicts: str = ""
    """The one of them that holds only where no row conflicts with another."""
    span: tuple[datetime, datetime] | None = None
    """From when on, and before when, exchanges are in the view; None for all."""

    @property
    def schema(self) -> pa.Schema:
        """The schema of the view."""
        return pa.schema([*self.shape.types.items(), *self.beside.items()])

    def add_in_place(self, group: ParquetGroup) -> None:
        """Take Parquet files that stay where they are.

        Raises:
            ColumnError: A required column is missing or a column has an unusable type.
        """
        types = self._describe(group)
        if ROW_NUMBER in types:
            hint = "Rename it: the engine numbers the rows under that name."
            raise ColumnError(f"{_label(group)} has a column {ROW_NUMBER}", hint)
        for name in types.keys() - group.extents.keys():
            # A partition's column stands in the folders' names, of which no footer speaks.
            group.extents[name] = Extent(filled=None, nulls=True, known=False)
        own_names = {name: self.own_name(name) for name in self.shape.types}
        known = set(own_names.values())
        self.tally.add_unknown([name for name in types if name not in known])
        casts = {name: self._cast(name, own, types, group) for name, own in own_names.items()}
        part = Part(group, casts)
        self._guard(part)
        self._set_bad_aside(part)
        self.parts.append(part)

    def add_staged(self, group: ParquetGroup) -> None:
        """Take canonical Parquet files that staging wrote: their rows are already good."""
        casts = {name: Cast(named(name)) for name in self.shape.types}
        self.parts.append(Part(group, casts, line=named(SOURCE_LINE)))

    def add_kept(
        self, group: ParquetGroup, beside: dict[str, pa.DataType], present: set[str]
    ) -> None:
        """Take what an earlier scan kept of log files: good rows, without some columns.

        Args:
            group: The files, under the labels of the logs that they were made of.
            beside: Their columns that the contract does not have.
            present: Columns of the logs with a value.
        """
        casts = {
            name: Cast(named(name)) if name in group.extents else absent(kind)
            for name, kind in self.shape.types.items()
        }
        casts |= {name: Cast(named(name)) for name in beside}
        self.parts.append(Part(group, casts, line=named(SOURCE_LINE), digest=named(SOURCE_DIGEST)))
        self.beside |= beside
        self.held |= present

    def kept_rows(self) -> str:
        """SQL of the usable rows of one part with their lines and digests, repeated ones too."""
        (part,) = self.parts
        values = {name: found.value for name, found in part.casts.items()}
        added = {SOURCE_LINE: part.line, SOURCE_DIGEST: part.content}
        return part.select(rename(values | added), source=True)

    def own_name(self, column: str) -> str:
        """The log's own name of a contract column."""
        return self.table_map.columns.get(column, column)

    def _describe(self, group: ParquetGroup) -> dict[str, str]:
        described = self.connection.execute(f"DESCRIBE SELECT * FROM {group.scan}").fetchall()
        return {row[0]: row[1] for row in described}

    def _cast(self, name: str, own: str, types: dict[str, str], group: ParquetGroup) -> Cast:
        """How one column of a group is read."""
        kind = self.shape.types[name]
        if own not in types:
            return self._without(name, own, types, group)
        extent = group.extent(own)
        found = cast(name, own, types[own], kind, extent, self.table_map.reading(typed=True))
        if found is None and extent.filled is False:
            return absent(kind)
        if found is None:
            raise wrong_column(name, _label(group), self.shape, f"has type {types[own]}")
        if found.note:
            self.tally.note(found.note)
        if name in self.hashed:
            return Cast(hashed(found.value, self.names.key), found.broken, found.reason)
        return found

    def _without(self, name: str, own: str, types: dict[str, str], group: ParquetGroup) -> Cast:
        """How a column that the files do not have is read: as a constant, or as unknown."""
        kind = self.shape.types[name]
        if name in self.table_map.constants:
            return constant(self.table_map.constants[name], kind)
        if name in self.shape.required or name in self.table_map.columns:
            raise missing_column(name, own, _label(group), set(types))
        return absent(kind)

    def _guard(self, part: Part) -> None:
        """Name what must be checked row by row, where the footers do not rule it out."""
        for name in self.shape.required:
            value = part.casts[name].value
            if part.group.extent(self.own_name(name)).nulls or value.startswith("NULLIF"):
                part.guards.append(Guard(name, f"{value} IS NULL", "is missing"))
        if either := self.shape.either:
            empty = " AND ".join(f"{part.casts[name].value} IS NULL" for name in either)
            part.guards.append(Guard(either[0], empty, f"is missing, as is {either[1]}"))
        part.guards += [
            Guard(name, found.broken, found.reason, wrong_value=True)
            for name, found in part.casts.items()
            if found.broken
        ]

    def _set_bad_aside(self, part: Part) -> None:
        bad = self._quarantine_rows(part) if self._has_bad(part) else {}
        for path, rows in part.group.rows.items():
            entry = FileIntake(
                file=part.group.labels[path],
                table=self.shape.name,
                format=CANONICAL,
                container=Container.PARQUET,
                rows=rows,
                quarantined=bad.get(path, 0),
            )
            self.tally.files.append(entry)

    def _has_bad(self, part: Part) -> bool:
        """Whether any row must be left out.

        Raises:
            ColumnError: No value of a column can be used.
        """
        rows = sum(part.group.rows.values())
        if not part.guards or not rows:
            return False
        counts = [f"count_if(({guard.sql}) IS TRUE)" for guard in part.guards]
        counts += [f"count({part.casts[guard.column].value})" for guard in part.guards]
        row = one_row(self.connection, part.select(", ".join(counts), where="true"))
        bad, good = row[: len(part.guards)], row[len(part.guards) :]
        part.doubts = [
            Doubt(guard.column, guard.reason, broken, usable)
            for guard, broken, usable in zip(part.guards, bad, good, strict=True)
            if guard.wrong_value
        ]
        for doubt in part.doubts:
            if doubt.damns(rows) and not self.forbearing:
                raise wrong_column(doubt.column, _label(part.group), self.shape, doubt.reason)
        return any(bad)

    def _quarantine_rows(self, part: Part) -> dict[str, int]:
        cases = " ".join(f"WHEN {guard.sql} THEN {i}" for i, guard in enumerate(part.guards))
        columns = f"{SOURCE_FILE}, {part.line}, CASE {cases} END"
        where = " OR ".join(f"({guard.sql}) IS TRUE" for guard in part.guards)
        query = part.select(columns, source=True, where=where) + " ORDER BY 1, 2"
        lost: dict[str, int] = {}
        cursor = self.connection.execute(query)
        while rows := cursor.fetchmany(BATCH_ROWS):
            for path, line, place in rows:
                guard, label = part.guards[place], part.group.labels[path]
                reason = f"{guard.column} {guard.reason}"
                self.quarantine.add(label, line, reason, column=guard.column)
                lost[path] = lost.get(path, 0) + 1
        return lost

    def finish(self) -> None:
        """Create the view: usable rows, each once."""
        name, key, again = self.shape.name, self.shape.key, Repeats()
        if self.parts and key is not None:
            again = find_repeats(self.connection, name, key, self.parts, self.quarantine)
        self.left_out = again.table
        if again.conflicts and self.beside.pop(self.if_no_conflicts, None):
            for part in self.parts:
                del part.casts[self.if_no_conflicts]
        mine = [file for file in self.tally.files if file.table == name]
        self.tally.duplicates[name] = again.duplicates
        self.tally.conflicts[name] = again.conflicts
        self.tally.kept[name] = sum(file.rows - file.quarantined for file in mine) - again.rows
        view = self._view(again.table)
        if self.span is not None:
            start, end = (f"TIMESTAMPTZ '{time.isoformat(' ')}'" for time in self.span)
            view = f"FROM ({view}) WHERE occurred_at >= {start} AND occurred_at < {end}"
        self.connection.execute(f"CREATE VIEW {name} AS {view}")
        if self.span is not None:
            (self.tally.kept[name],) = one_row(self.connection, f"SELECT count(*) FROM {name}")

    def _view(self, left_out: str) -> str:
        if not self.parts:
            columns = rename({name: absent(kind).value for name, kind in self.shape.types.items()})
            return f"SELECT {columns} WHERE false"
        selects = []
        for part in self.parts:
            values = {name: found.value for name, found in part.casts.items()}
            if not left_out:
                selects.append(part.select(rename(values)))
                continue
            inner = rename({**values, "source_line": part.line}) + f", {SOURCE_FILE}"
            selects.append(
                f"SELECT {', '.join(map(named, values))} "
                f"FROM ({part.select(inner, source=True)}) AS rows_read "
                f"ANTI JOIN {left_out} AS left_out ON rows_read.{SOURCE_FILE} = left_out.path "
                "AND rows_read.source_line = left_out.line"
            )
        return union(selects)

    def present(self) -> set[str]:
        """Columns of the view with a value, by the footers where they say it."""
        found, unsaid = set(self.held), set[str]()
        for part in self.parts:
            if part.digest:
                continue
            staged = part.line == named(SOURCE_LINE)
            for name in self.shape.types:
                extent = part.group.extent(name if staged else self.own_name(name))
                if extent.filled is None or name in self.table_map.constants:
                    unsaid.add(name)
                elif extent.filled and (extent.low, extent.high) not in EMPTY:
                    found.add(name)
        return found | self._ask_present(sorted(unsaid - found))

    def _ask_present(self, names: Sequence[str]) -> set[str]:
        if not names:
            return set()
        asked = ", ".join(f"bool_or({named(name)} IS NOT NULL)" for name in names)
        row = one_row(self.connection, f"SELECT {asked} FROM {self.shape.name}")
        return {name for name, filled in zip(names, row, strict=True) if filled}


def _label(group: ParquetGroup) -> str:
    return next(iter(group.labels.values()))


def constant(value: object, kind: pa.DataType) -> Cast:
    """The same value in every row."""
    sql = quoted(value) if isinstance(value, str) else str(value)
    return Cast(f"CAST({sql} AS {SQL_TYPES[kind]})")
