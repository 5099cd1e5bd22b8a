"""What runs the queries: a small port, and DuckDB behind it."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa
from ibis.backends.duckdb.converter import DuckDBPyArrowData

from revenuer.errors import EngineError
from revenuer.sources.parquet import named, quoted

MEMORY_MB = 1600
"""Under the 3 GiB that a scan may take, with room for Python beside it; more spills to disk."""
MOST_OF_MACHINE = 0.5
"""Share of the machine's memory that queries which cannot spill may take instead."""

MOST_QUERIES = 512
_QUERIES: dict[ops.Node, str] = {}
"""SQL by expression, of all engines of this process: they have the same tables."""


CGROUP = Path("/sys/fs/cgroup/memory.max")
"""Bytes that a container may take, on Linux."""
T = TypeVar("T")


class Engine(Protocol):
    """Executes Ibis expressions over the logs."""

    @property
    def at_once(self) -> int:
        """How many answers may be fetched at once, each in a thread of its own."""
        ...

    @property
    def reads_files(self) -> bool:
        """Whether it sees the files of this machine."""
        ...

    def fetch(self, expr: ir.Table) -> pl.DataFrame:
        """Run a query whose answer is small (account-sized)."""
        ...

    def stream(self, expr: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """Run a query whose answer may be large, `rows` rows at a time."""
        ...

    def upload(self, name: str, frame: pl.DataFrame | pa.Table) -> ir.Table:
        """Put a small table beside the logs, for joins; replaces one of the same name."""
        ...

    def attach(self, name: str, path: Path, schema: pa.Schema) -> ir.Table:
        """Put a Parquet file beside the logs without reading it in."""
        ...

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """Work a query out now and keep its answer (account-sized) for others."""
        ...

    def forget(self, name: str) -> None:
        """Give back what was kept under a name."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


OWN_SETTINGS = "SET TimeZone = 'UTC'; SET enable_progress_bar_print = false"
"""Of each connection. The bar would be drawn on stdout, among the results, by every query that
takes longer than two seconds."""


class DuckDBEngine:
    """DuckDB inside this process, in memory, spilling to `spill_dir`."""

    at_once, reads_files = 2, True

    def __init__(self, spill_dir: Path, memory_mb: int = MEMORY_MB) -> None:
        self._memory_mb = memory_mb
        self._widening = threading.Lock()
        self.connection = duckdb.connect(
            ":memory:",
            config={
                # Nothing is fetched from the network, whatever a query asks for.
                "autoinstall_known_extensions": False,
                "memory_limit": f"{memory_mb}MB",
                "temp_directory": str(spill_dir),
                "preserve_insertion_order": False,
                # Else what a query or a table no longer needs stays with this process.
                "allocator_background_threads": True,
            },
        )
        self.connection.execute(OWN_SETTINGS)
        self.backend = ibis.duckdb.from_connection(self.connection)

    def fetch(self, expr: ir.Table) -> pl.DataFrame:
        """Run a query whose answer is small (account-sized)."""

        def ask() -> pa.Table:
            query = self._query(expr)
            if not query:
                return self.backend.to_pyarrow(expr)
            # On a cursor of its own, so that another thread may ask too.
            with self.connection.cursor() as cursor:
                cursor.execute(OWN_SETTINGS)
                answer = cursor.sql(query).to_arrow_table()
            return expr.__pyarrow_result__(answer, data_mapper=DuckDBPyArrowData)

        frame = pl.from_arrow(self._with_room(ask))
        assert isinstance(frame, pl.DataFrame)
        return frame

    def _with_room(self, run: Callable[[], T]) -> T:
        """Run a query, and again with more memory for as long as it neither fits nor spills."""
        while True:
            had = self._memory_mb
            try:
                return run()
            except duckdb.OutOfMemoryException as problem:
                if not self._widened(had):
                    raise refused(problem) from problem
            except duckdb.Error as problem:
                raise refused(problem) from problem

    def _widened(self, had_mb: int) -> bool:
        """Whether a query may take more than it had; the machine's half is the most."""
        with self._widening:
            if self._memory_mb == had_mb:
                self._memory_mb = max(had_mb, min(2 * had_mb, most_mb()))
                self.connection.execute(f"SET GLOBAL memory_limit = '{self._memory_mb}MB'")
            return self._memory_mb > had_mb

    def _query(self, expr: ir.Table) -> str:
        """The SQL of an expression; empty if it holds tables that are only in memory.

        Who looks at a stream again and again asks the same, and saying it in SQL takes longer
        than the answer.
        """
        node = expr.op()
        query = _QUERIES.get(node)
        if query is None:
            inside = node.find(ops.InMemoryTable)
            query = "" if inside else str(self.backend.compile(expr))
            if len(_QUERIES) >= MOST_QUERIES:
                _QUERIES.clear()
            _QUERIES[node] = query
        return query

    def stream(self, expr: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """Run a query whose answer may be large, `rows` rows at a time.

        On a cursor of its own, so that other queries may run while it is read; it sees
        what was uploaded, but no `ibis.memtable`.
        """
        with self.connection.cursor() as cursor:

            def begin() -> tuple[pa.RecordBatch | None, Iterator[pa.RecordBatch]]:
                cursor.execute(OWN_SETTINGS)
                reader = cursor.sql(self._query(expr)).to_arrow_reader(rows)
                return next(iter(reader), None), reader

            # Once a part of the answer is out, nothing can be asked again.
            first, others = self._with_room(begin)
            if first is None:
                return
            yield first
            try:
                yield from others
            except duckdb.Error as problem:
                raise refused(problem) from problem

    def upload(self, name: str, frame: pl.DataFrame | pa.Table) -> ir.Table:
        """Put a small table beside the logs, for joins; replaces one of the same name."""
        table = frame if isinstance(frame, pa.Table) else frame.to_arrow()
        try:
            self.connection.register("uploading", table)
            self.connection.execute(
                f"CREATE OR REPLACE TABLE {named(name)} AS SELECT * FROM uploading"
            )
            self.connection.unregister("uploading")
        except duckdb.Error as problem:
            raise refused(problem) from problem
        return self.table(name, table.schema)

    def attach(self, name: str, path: Path, schema: pa.Schema) -> ir.Table:
        """Put a Parquet file beside the logs without reading it in."""
        try:
            self.connection.execute(
                f"CREATE OR REPLACE VIEW {named(name)} AS "
                f"SELECT * FROM read_parquet({quoted(str(path))})"
            )
        except duckdb.Error as problem:
            raise refused(problem) from problem
        return self.table(name, schema)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """Work a query out now and keep its answer (account-sized) for others."""
        query = self._query(expr) or self.backend.compile(expr)
        table = f"CREATE OR REPLACE TABLE {named(name)} AS {query}"
        self._with_room(lambda: self.connection.execute(table))
        return self.table(name, expr.schema().to_pyarrow())

    def forget(self, name: str) -> None:
        """Give back what was kept under a name."""
        self.connection.execute(f"DROP TABLE IF EXISTS {named(name)}")

    def table(self, name: str, schema: pa.Schema) -> ir.Table:
        """The expression of a table or view whose schema is known.

        Instead of `backend.table`, which asks DuckDB in a way that DuckDB 2 deprecates.
        """
        known = ibis.Schema.from_pyarrow(schema)
        return ops.DatabaseTable(name, schema=known, source=self.backend).to_expr()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def most_mb() -> int:
    """Megabytes that queries may take on this machine, or in the share of it that we are given."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    # No such file, or "max" in it: all of the machine is ours.
    with contextlib.suppress(OSError, ValueError):
        whole = min(whole, int(CGROUP.read_text()))
    return int(MOST_OF_MACHINE * whole / 1_000_000)


def refused(problem: duckdb.Error) -> EngineError:
    """The engine's refusal without its text where that could quote a log's values."""
    kind = type(problem).__name__
    told = duckdb.OutOfMemoryException | duckdb.IOException | duckdb.CatalogException
    told |= duckdb.BinderException | duckdb.ParserException
    text = str(problem).splitlines()[0] if isinstance(problem, told) else kind
    hint = "Free disk space or memory." if isinstance(problem, duckdb.OutOfMemoryException) else ""
    return EngineError(f"the query engine refused: {text}", hint)
