"""Parquet groups -> one view a table, with unusable, repeated and conflicting rows left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from revenuer.sources.casts import Cast, absent, cast
from revenuer.sources.column_map import TableMap
from revenuer.sources.columns import TableShape
from revenuer.sources.intake import FileIntake, Tally
from revenuer.sources.parquet import ParquetGroup, named, quoted, rename, union
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.staging import SOURCE_LINE, missing_column, wrong_column

SOURCE_FILE = "revenuer_source_file"
BATCH_ROWS = 65_536


@dataclass(slots=True)
class Part:
    """A group of files and how its columns are read.

    Attributes:
        group: The files.
        casts: By contract column.
        guards: Column, SQL that is true for a row that must be left out, and the reason.
        line: SQL of a row's line in its source.
    """

    group: ParquetGroup
    casts: dict[str, Cast]
    guards: list[tuple[str, str, str]] = field(default_factory=list)
    line: str = "file_row_number + 1"

    def select(self, columns: str, *, source: bool = False, where: str = "") -> str:
        """SQL over the group's usable rows."""
        options = f", filename={quoted(SOURCE_FILE)}, file_row_number=true" if source else ""
        scan = self.group.scan.removesuffix(")") + options + ")"
        keep = [where] if where else [f"({guard}) IS NOT TRUE" for _, guard, _ in self.guards]
        return f"SELECT {columns} FROM {scan}" + (f" WHERE {' AND '.join(keep)}" if keep else "")


@dataclass(slots=True)
class TableLoader:
    """Makes the view of one table of the contract.

    Attributes:
        connection: The engine's connection.
        shape: The table.
        table_map: The operator's own names.
        quarantine: Where bad rows go.
        tally: What is counted.
    """

    connection: duckdb.DuckDBPyConnection
    shape: TableShape
    table_map: TableMap
    quarantine: Quarantine
    tally: Tally
    parts: list[Part] = field(default_factory=list)

    def add_in_place(self, group: ParquetGroup) -> None:
        """Take Parquet files that stay where they are.

        Raises:
            ColumnError: A required column is missing or a column has an unusable type.
        """
        source_types = self._describe(group)
        own_names = {name: self.table_map.columns.get(name, name) for name in self.shape.types}
        known = set(own_names.values())
        self.tally.add_unknown([name for name in source_types if name not in known])
        casts = {}
        for name, kind in self.shape.types.items():
            own = own_names[name]
            casts[name] = self._cast(name, own, source_types, kind, group)
        part = Part(group, casts)
        self._guard(part)
        self._set_bad_aside(part)
        self.parts.append(part)

    def add_staged(self, group: ParquetGroup) -> None:
        """Take canonical Parquet files that staging wrote: their rows are already good."""
        casts = {name: Cast(named(name)) for name in self.shape.types}
        self.parts.append(Part(group, casts, line=named(SOURCE_LINE)))

    def _describe(self, group: ParquetGroup) -> dict[str, str]:
        scan = f"DESCRIBE SELECT * FROM {ParquetGroup(group.paths[:1]).scan}"
        return {row[0]: row[1] for row in self.connection.execute(scan).fetchall()}

    def _cast(
        self,
        name: str,
        own: str,
        source_types: dict[str, str],
        kind: pa.DataType,
        group: ParquetGroup,
    ) -> Cast:
        label = next(iter(group.labels.values()))
        if own not in source_types:
            if name in self.table_map.constants:
                return self._constant(name, kind)
            if name in self.shape.required or name in self.table_map.columns:
                raise missing_column(own, label, set(source_types))
            return absent(kind)
        extent = group.extent(own)
        how = self.table_map.reading(typed=True)
        found = cast(name, own, source_types[own], kind, extent, how)
        if found is None and extent.filled is False:
            return absent(kind)
        if found is None:
            raise wrong_column(name, label, self.shape, f"has type {source_types[own]}")
        if found.note:
            self.tally.note(found.note)
        return found

    def _constant(self, name: str, kind: pa.DataType) -> Cast:
        value = self.table_map.constants[name]
        sql = quoted(value) if isinstance(value, str) else str(value)
        typed = absent(kind).value.removeprefix("CAST(NULL AS ").removesuffix(")")
        return Cast(f"CAST({sql} AS {typed})")

    def _guard(self, part: Part) -> None:
        """Name what must be checked row by row, where the footers do not rule it out."""
        for name in self.shape.required:
            extent = part.group.extent(self.table_map.columns.get(name, name))
            value = part.casts[name].value
            if extent.nulls or value.startswith("NULLIF"):
                part.guards.append((name, f"{value} IS NULL", "is missing"))
        if self.shape.either:
            empty = " AND ".join(f"{part.casts[name].value} IS NULL" for name in self.shape.either)
            reason = f"is missing, as is {self.shape.either[1]}"
            part.guards.append((self.shape.either[0], empty, reason))
        part.guards += [(name, c.broken, c.reason) for name, c in part.casts.items() if c.broken]

    def _set_bad_aside(self, part: Part) -> None:
        counts = self._count_bad(part)
        bad: dict[str, int] = {}
        if any(counts):
            bad = self._quarantine_rows(part)
        for path, rows in part.group.rows.items():
            label, lost = part.group.labels[path], bad.get(path, 0)
            entry = FileIntake(label, self.shape.name, "canonical", "parquet", rows, lost)
            self.tally.files.append(entry)

    def _count_bad(self, part: Part) -> list[int]:
        if not part.guards:
            return []
        asked = ", ".join(f"count_if(({guard}) IS TRUE)" for _, guard, _ in part.guards)
        filled = ", ".join(f"count({part.casts[name].value})" for name, _, _ in part.guards)
        row = self._one(part.select(f"{asked}, {filled}", where="true"))
        # Over no rows at all, count_if is NULL.
        row = [count or 0 for count in row]
        counts, rows = row[: len(part.guards)], sum(part.group.rows.values())
        for (name, guard, reason), count, good in zip(
            part.guards, counts, row[len(part.guards) :], strict=True
        ):
            if guard == part.casts[name].broken and count >= 2 and good == 0 and count * 2 >= rows:
                label = next(iter(part.group.labels.values()))
                raise wrong_column(name, label, self.shape, reason)
        return list(counts)

    def _quarantine_rows(self, part: Part) -> dict[str, int]:
        cases = " ".join(f"WHEN {guard} THEN {i}" for i, (_, guard, _) in enumerate(part.guards))
        columns = f"{SOURCE_FILE}, {part.line}, CASE {cases} END"
        where = " OR ".join(f"({guard}) IS TRUE" for _, guard, _ in part.guards)
        query = part.select(columns, source=True, where=where) + " ORDER BY 1, 2"
        lost: dict[str, int] = {}
        cursor = self.connection.execute(query)
        while rows := cursor.fetchmany(BATCH_ROWS):
            for path, line, place in rows:
                name, _, reason = part.guards[place]
                label = part.group.labels[path]
                self.quarantine.add(label, line, f"{name} {reason}", column=name)
                lost[path] = lost.get(path, 0) + 1
        return lost

    def finish(self) -> None:
        """Create the view: usable rows, each once."""
        rows = sum(file.rows - file.quarantined for file in self.tally.files if self._mine(file))
        left_out = self._find_repeats() if self.parts and self.shape.key else 0
        self.tally.kept[self.shape.name] = rows - left_out
        self.connection.execute(f"CREATE VIEW {self.shape.name} AS {self._view(left_out > 0)}")

    def _mine(self, file: FileIntake) -> bool:
        return file.table == self.shape.name

    def _view(self, exclude: bool) -> str:
        if not self.parts:
            columns = rename({name: absent(kind).value for name, kind in self.shape.types.items()})
            return f"SELECT {columns} WHERE false"
        selects = []
        for part in self.parts:
            values = {name: found.value for name, found in part.casts.items()}
            if not exclude:
                selects.append(part.select(rename(values)))
                continue
            inner = part.select(
                rename({**values, "source_line": part.line}) + f", {SOURCE_FILE}", source=True
            )
            selects.append(
                f"SELECT {', '.join(map(named, values))} FROM ({inner}) AS rows_read "
                f"ANTI JOIN {self.shape.name}_left_out AS left_out "
                f"ON rows_read.{SOURCE_FILE} = left_out.path "
                "AND rows_read.source_line = left_out.line"
            )
        return union(selects)

    def _find_repeats(self) -> int:
        """Find rows whose id came before; returns their number.

        One pass over the id alone, hashed; only ids met twice are looked at as a whole.
        """
        key = self.shape.key
        assert key is not None
        name = self.shape.name
        ids = union([part.select(f"hash({part.casts[key].value}) AS h") for part in self.parts])
        self.connection.execute(
            f"CREATE TABLE {name}_met_twice AS SELECT h FROM ({ids}) GROUP BY h HAVING count(*) > 1"
        )
        if not self._rows(f"{name}_met_twice"):
            return 0
        self.connection.execute(self._left_out_query())
        self._report_repeats()
        return self._rows(f"{name}_left_out")

    def _left_out_query(self) -> str:
        selects = []
        key = self.shape.key
        assert key is not None
        files: dict[str, int] = {}
        for part in self.parts:
            for path in part.group.paths:
                files[path] = len(files)
            content = ", ".join(found.value for found in part.casts.values())
            columns = (
                f"{part.casts[key].value} AS id, {SOURCE_FILE} AS path, "
                f"{part.line} AS line, hash({content}) AS content"
            )
            met = f"hash({part.casts[key].value}) IN (SELECT h FROM {self.shape.name}_met_twice)"
            kept = [f"({guard}) IS NOT TRUE" for _, guard, _ in part.guards]
            selects.append(part.select(columns, source=True, where=" AND ".join([met, *kept])))
        order = pa.table({"path": list(files), "place": list(files.values())})
        self.connection.register("source_order", order)
        window = "OVER (PARTITION BY id ORDER BY place, line)"
        return (
            f"CREATE TABLE {self.shape.name}_left_out AS SELECT path, line, conflict FROM ("
            f"SELECT path, line, row_number() {window} AS turn, "
            f"content <> first_value(content) {window} AS conflict "
            f"FROM ({union(selects)}) JOIN source_order USING (path)) WHERE turn > 1"
        )

    def _report_repeats(self) -> None:
        name = self.shape.name
        labels = {path: label for part in self.parts for path, label in part.group.labels.items()}
        query = f"SELECT path, line FROM {name}_left_out WHERE conflict ORDER BY path, line"
        cursor = self.connection.execute(query)
        conflicts = 0
        while rows := cursor.fetchmany(BATCH_ROWS):
            for path, line in rows:
                reason = f"{self.shape.key} repeats an earlier row with other content"
                self.quarantine.add(labels[path], line, reason, column=self.shape.key)
                conflicts += 1
        self.tally.conflicts[name] = conflicts
        self.tally.duplicates[name] = self._rows(f"{name}_left_out") - conflicts

    def _rows(self, table: str) -> int:
        return int(self._one(f"SELECT count(*) FROM {table}")[0])

    def _one(self, query: str) -> tuple[Any, ...]:
        # To the end of the result: until then the connection does nothing else.
        (row,) = self.connection.execute(query).fetchall()
        return tuple(row)

    def present(self) -> set[str]:
        """Columns of the view with a value, by the footers where they say it."""
        found, unsaid = set(), set()
        for part in self.parts:
            for name in self.shape.types:
                own = self.table_map.columns.get(name, name)
                extent = part.group.extent(own if part.line.startswith("file") else name)
                if extent.filled is None:
                    unsaid.add(name)
                elif (
                    extent.filled and (extent.low, extent.high) not in (("", ""), (b"", b""))
                ) or name in self.table_map.constants:
                    found.add(name)
        return found | self._ask_present(sorted(unsaid - found))

    def _ask_present(self, names: Sequence[str]) -> set[str]:
        if not names:
            return set()
        asked = ", ".join(f"bool_or({named(name)} IS NOT NULL)" for name in names)
        row = self._one(f"SELECT {asked} FROM {self.shape.name}")
        return {name for name, filled in zip(names, row, strict=True) if filled}
