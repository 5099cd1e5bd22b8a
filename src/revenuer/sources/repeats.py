"""Rows whose id came before: counted once if equal, quarantined if they say something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from revenuer.sources.parquet import union
from revenuer.sources.parts import SOURCE_FILE, Part, one_row
from revenuer.sources.quarantine import Quarantine

BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Repeats:
    """How many rows came again.

    Attributes:
        duplicates: Rows equal to an earlier one of the same id.
        conflicts: Rows that differ from it.
        table: The engine's table of their path and line; empty if there are none.
    """

    duplicates: int = 0
    conflicts: int = 0
    table: str = ""

    @property
    def rows(self) -> int:
        """Rows to leave out."""
        return self.duplicates + self.conflicts


def find_repeats(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    parts: Sequence[Part],
    quarantine: Quarantine,
) -> Repeats:
    """Find the rows whose id came before, in the order of the files and their lines.

    One pass over the id alone, hashed to eight bytes; only rows whose hash is met twice are
    looked at as a whole, so clean logs pay for one column.
    """
    ids = union([part.select(f"hash({part.casts[key].value}) AS h") for part in parts])
    connection.execute(
        f"CREATE TABLE {table}_met_twice AS SELECT h FROM ({ids}) GROUP BY h HAVING count(*) > 1"
    )
    if one_row(connection, f"SELECT count(*) FROM {table}_met_twice") == (0,):
        return Repeats()
    connection.execute(_left_out(connection, table, key, parts))
    conflicts = _report(connection, table, key, parts, quarantine)
    (rows,) = one_row(connection, f"SELECT count(*) FROM {table}_left_out")
    return Repeats(rows - conflicts, conflicts, f"{table}_left_out")


def _left_out(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, parts: Sequence[Part]
) -> str:
    """SQL that keeps the first row of each id and lists the others."""
    selects = []
    for part in parts:
        own = part.casts[key].value
        columns = f"{own} AS id, {SOURCE_FILE} AS path, {part.line} AS line"
        met = f"hash({own}) IN (SELECT h FROM {table}_met_twice)"
        where = " AND ".join([met, *part.usable])
        selects.append(part.select(f"{columns}, {part.content} AS content", True, where))
    labels = {path: label for part in parts for path, label in part.group.labels.items()}
    # A log may lie in two files, which then have one place.
    places = {label: place for place, label in enumerate(dict.fromkeys(labels.values()))}
    order = pa.table({"path": list(labels), "place": [places[label] for label in labels.values()]})
    connection.register(f"{table}_source_order", order)
    window = "OVER (PARTITION BY id ORDER BY place, line)"
    return (
        f"CREATE TABLE {table}_left_out AS SELECT path, place, line, conflict FROM ("
        f"SELECT path, place, line, row_number() {window} AS turn, "
        f"content <> first_value(content) {window} AS conflict "
        f"FROM ({union(selects)}) JOIN {table}_source_order USING (path)) WHERE turn > 1"
    )


def _report(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    key: str,
    parts: Sequence[Part],
    quarantine: Quarantine,
) -> int:
    labels = {path: label for part in parts for path, label in part.group.labels.items()}
    query = f"SELECT path, line FROM {table}_left_out WHERE conflict ORDER BY place, line"
    cursor = connection.execute(query)
    conflicts = 0
    while rows := cursor.fetchmany(BATCH_ROWS):
        for path, line in rows:
            reason = f"{key} repeats an earlier row with other content"
            quarantine.add(labels[path], line, reason, column=key)
            conflicts += 1
    return conflicts
