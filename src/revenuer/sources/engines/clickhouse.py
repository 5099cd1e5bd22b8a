"""What ClickHouse needs to hear, embedded or a server: settings, types and refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

import ibis
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa
from ibis.backends.sql.datatypes import ClickHouseType

from revenuer.errors import EngineError
from revenuer.sources.engines.answers import as_frame, in_shape, sliced
from revenuer.sources.engines.dialects import to_sql
from revenuer.sources.engines.steps import in_steps

SETTINGS = {
    # As everywhere else: what a join does not find is NULL, not an empty text.
    "join_use_nulls": "1",
    "session_timezone": "UTC",
    # Bytes and text alike come as bytes, and are checked where they become text.
    "output_format_arrow_string_as_string": "0",
    "output_format_arrow_compression_method": "none",
    "output_format_arrow_low_cardinality_as_dictionary": "0",
}
"""What every query is run with; ClickHouse's own defaults differ."""

CODE = re.compile(r"Code: (\d+)\.?.*?\(([A-Z][A-Z_]+)\)", re.DOTALL)
HINTS = {
    "AUTHENTICATION_FAILED": "Set REVENUER_CLICKHOUSE_PASSWORD, and check the user in the URL.",
    "REQUIRED_PASSWORD": "Set REVENUER_CLICKHOUSE_PASSWORD.",
    "MEMORY_LIMIT_EXCEEDED": "Allow the user more memory, or let queries spill to disk.",
    "UNKNOWN_TABLE": "Check the names after table:, and the database in the URL.",
    "ACCESS_DENIED": "The user needs SELECT on the tables and CREATE TEMPORARY TABLE.",
    "READONLY": "The user needs a profile with readonly=0 or 2, and CREATE TEMPORARY TABLE.",
}


class Transport(Protocol):
    """How SQL gets to ClickHouse and Arrow comes back."""

    def ask(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a query; batches as ClickHouse makes them, none where there is no row."""
        ...

    def tell(self, sql: str) -> None:
        """Run a statement without an answer."""
        ...


class Asking:
    """Queries over a transport; what a query needs twice is kept by the engine meanwhile."""

    kind = "TABLE"
    storage = "ENGINE = MergeTree ORDER BY tuple()"
    """How what is kept is kept."""

    at_once = 1

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def fetch(self, expr: ir.Table) -> pl.DataFrame:
        """Run a query whose answer is small (account-sized)."""
        with in_steps(expr, self.keep_step, self.forget) as last:
            frame = as_frame(self.transport.ask(to_sql(last, "clickhouse")), expr)
        # ClickHouse has no NULL lists: an empty one is a list that nobody gave.
        lists = [name for name, kind in frame.schema.items() if kind == pl.List]
        return frame.with_columns(pl.when(pl.col(name).list.len() > 0).then(name) for name in lists)

    def stream(self, expr: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """Run a query whose answer may be large, `rows` rows at a time.

        No other query may run until it is read.
        """
        with in_steps(expr, self.keep_step, self.forget) as last:
            answer = self.transport.ask(to_sql(last, "clickhouse"))
            yield from sliced(in_shape(answer, expr), rows)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """Work a query out now and keep its answer (account-sized) for others."""
        with in_steps(expr, self.keep_step, self.forget) as last:
            return self.keep_step(name, last)

    def keep_step(self, name: str, expr: ir.Table) -> ir.Table:
        """Work one query out as it is, and keep its answer."""
        schema = expr.schema().to_pyarrow()
        self.forget(name)
        self.transport.tell(
            f"CREATE {self.kind} {quoted_name(name)} ({structure(schema)}) {self.storage} "
            f"AS {to_sql(expr, 'clickhouse')}"
        )
        return named_table(name, schema)

    def forget(self, name: str) -> None:
        """Drop what was kept under a name."""
        self.transport.tell(f"DROP {self.kind} IF EXISTS {quoted_name(name)}")

    def described(self, name: str) -> ir.Table:
        """One of ClickHouse's own tables by its name, `table` or `database.table`."""
        database, _, table = name.rpartition(".")
        place = ".".join(map(quoted_name, (database, table) if database else (table,)))
        rows = pa.Table.from_batches(self.transport.ask(f"DESCRIBE TABLE {place}")).to_pydict()
        columns = zip(map(_text, rows["name"]), map(_text, rows["type"]), strict=True)
        types = {column: ClickHouseType.from_string(kind) for column, kind in columns}
        return ibis.table(types, name=table, database=database or None)


def structure(schema: pa.Schema) -> str:
    """The columns of a table as ClickHouse declares them, all of them nullable."""
    types = ibis.Schema.from_pyarrow(schema).items()
    return ", ".join(
        f"{quoted_name(name)} {ClickHouseType.to_string(kind)}" for name, kind in types
    )


def named_table(name: str, schema: pa.Schema) -> ir.Table:
    """The expression of a table whose schema is known."""
    return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)


def refused(told: str) -> EngineError:
    """ClickHouse's refusal without its text, which could quote a log's values."""
    found = CODE.search(told)
    if found is None:
        return EngineError("ClickHouse refused without a code", "Its own log says more.")
    code, name = found.groups()
    hint = HINTS.get(name, "ClickHouse's own log, system.query_log, has the whole text.")
    return EngineError(f"ClickHouse refused: {name} (code {code})", hint)


def quoted_name(name: str) -> str:
    """An identifier of ClickHouse."""
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def quoted_text(text: str) -> str:
    """A string literal of ClickHouse."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
