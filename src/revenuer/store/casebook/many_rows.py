"""Many rows at once: put in, and asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert

ROWS_AT_ONCE = 500
"""Rows of one statement: PostgreSQL takes 65,535 values at most."""
VALUES_AT_ONCE = 500
"""Values of one query: databases bound how many one may have."""


def put_in(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put many rows in, a few hundred a statement; all of them have the same columns.

    PostgreSQL's driver asks the server once a row, which takes its time for each.
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), list(rows))
        return
    columns = tuple(rows[0])
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        values = tuple(row[name] for row in some for name in columns)
        connection.exec_driver_sql(_statement(table.name, columns, len(some)), values)


def batches(values: Sequence[Any]) -> Iterator[list[Any]]:
    """The values, as many at once as a query takes."""
    return (
        list(values[start : start + VALUES_AT_ONCE])
        for start in range(0, len(values), VALUES_AT_ONCE)
    )


@cache
def _statement(table: str, columns: tuple[str, ...], rows: int) -> str:
    """An insertion of so many rows; working it out anew each time takes longer than doing it."""
    row = f"({', '.join(['%s'] * len(columns))})"
    named = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({named}) VALUES {", ".join([row] * rows)}'
