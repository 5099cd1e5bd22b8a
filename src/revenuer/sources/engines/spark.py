"""Spark: in this process' own Java machine, or a cluster's master."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa

from revenuer.errors import ConfigError, EngineError
from revenuer.sources.engines.answers import as_frame, in_shape, sliced
from revenuer.sources.engines.dialects import to_sql
from revenuer.sources.engines.steps import in_steps

OPTIONS = {
    "spark.app.name": "revenuer",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.caseSensitive": "true",
    "spark.ui.showConsoleProgress": "false",
    # The sample of prompts comes back as one answer.
    "spark.driver.maxResultSize": "0",
}
LOCAL_OPTIONS = {
    "spark.driver.memory": "2g",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    # Two hundred partitions, the default, are for clusters.
    "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1)),
}
"""On one machine, unless `spark-defaults.conf` or PYSPARK_SUBMIT_ARGS say otherwise."""


class SparkEngine:
    """A Spark session.

    Args:
        workdir: An existing folder; a cluster sees it only if it is on shared storage.
        master: Such as `spark://host:7077`; None for what Spark itself is configured for,
            and this machine if it is not.
        options: More of Spark's own options.
    """

    reads_files = True
    at_once = 1

    def __init__(
        self, workdir: Path, master: str | None = None, options: Mapping[str, str] | None = None
    ) -> None:
        if find_spec("pyspark") is None:
            raise ConfigError(
                "The Spark engine is not installed.", "pip install 'revenuer[spark]'; it needs Java"
            )
        self.workdir = workdir
        with _quiet():
            self.session, self.ours = start(master, dict(options or {}))
        self.kept: dict[str, Any] = {}
        self.described_tables = 0

    def fetch(self, expr: ir.Table) -> pl.DataFrame:
        """Run a query whose answer is small (account-sized)."""
        with in_steps(expr, self.keep_step, self.forget) as last, _asking():
            table = self._frame(last).toArrow()
        return as_frame(table.to_batches(), expr)

    def stream(self, expr: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """Run a query whose answer may be large, `rows` rows at a time.

        Batches travel whole, as bytes: one partition at a time is here, and no row of it is
        ever an object.
        """
        with in_steps(expr, self.keep_step, self.forget) as last:
            with _asking():
                packed = self._frame(last).mapInArrow(packing(), "batch binary")
                answers = packed.toLocalIterator()
            while (row := _next(answers)) is not None:
                batches = pa.ipc.open_stream(row[0]).read_all().to_batches()
                yield from sliced(in_shape(batches, expr), rows)

    def upload(self, name: str, frame: pl.DataFrame | pa.Table) -> ir.Table:
        """Put a small table beside the logs, for joins; replaces one of the same name."""
        table = frame if isinstance(frame, pa.Table) else frame.to_arrow()
        known = ibis.Schema.from_pyarrow(table.schema)
        schema = known.to_pyarrow()
        # pyspark 4.3 loses rows of a table in many pieces, and refuses one in none.
        whole = table.cast(schema).combine_chunks()
        batches = whole.to_batches() or [pa.RecordBatch.from_pylist([], schema)]
        with _asking():
            rows = self.session.createDataFrame(pa.Table.from_batches(batches))
            rows.createOrReplaceTempView(name)
        return ibis.table(known, name=name)

    def attach(self, name: str, path: Path, schema: pa.Schema) -> ir.Table:
        """Put a Parquet file beside the logs without reading it in."""
        return self.attach_files(name, [path], schema)

    def attach_files(self, name: str, paths: Sequence[Path], schema: pa.Schema) -> ir.Table:
        """Put Parquet files beside the logs; what a file lacks of the columns is NULL."""
        from pyspark.sql.pandas.types import from_arrow_schema

        with _asking():
            reader = self.session.read.schema(from_arrow_schema(schema))
            reader.parquet(*(path.as_uri() for path in paths)).createOrReplaceTempView(name)
        return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """Work a query out when it is first asked for, and keep its answer for others."""
        return self.keep_step(name, expr)

    def keep_step(self, name: str, expr: ir.Table) -> ir.Table:
        """As `keep`: what Spark keeps it works out only once, however it came about."""
        self.forget(name)
        with _asking():
            self.kept[name] = self._frame(expr).persist()
            self.kept[name].createOrReplaceTempView(name)
        return ibis.table(expr.schema(), name=name)

    def forget(self, name: str) -> None:
        """Drop what was kept under a name."""
        rows = self.kept.pop(name, None)
        if rows is not None:
            with _asking():
                self.session.catalog.dropTempView(name)
                rows.unpersist()

    def described(self, name: str) -> ir.Table:
        """A table of Spark's catalogue, or Parquet at a URL such as `s3a://bucket/logs`."""
        self.described_tables += 1
        view = f"revenuer_own_{self.described_tables}"
        with _asking():
            rows = self.session.read.parquet(name) if "://" in name else self.session.table(name)
            rows.createOrReplaceTempView(view)
        return ibis.table(_schema(rows), name=view)

    def close(self) -> None:
        """Forget what was kept, and end the session if it was made here."""
        for name in list(self.kept):
            self.forget(name)
        if self.ours:
            self.session.stop()

    def _frame(self, expr: ir.Table) -> Any:
        with _asking():
            return self.session.sql(to_sql(expr, "spark"))


def packing() -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What turns each batch into one row of bytes, where the rows are."""

    # Made here, it travels as code: a cluster's machines need pyarrow and no Revenuer.
    def pack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as writer:
                writer.write_batch(batch)
            packed = pa.array([sink.getvalue().to_pybytes()], pa.binary())
            yield pa.RecordBatch.from_arrays([packed], ["batch"])

    return pack


def start(master: str | None, options: dict[str, str]) -> tuple[Any, bool]:
    """A session, and whether it was made here; one that is open is shared."""
    from pyspark.sql import SparkSession

    open_one = SparkSession.getActiveSession()
    if open_one is not None:
        return open_one, False
    builder = SparkSession.builder
    if master is not None:
        builder = builder.master(master)
    said = os.environ.get("PYSPARK_SUBMIT_ARGS", "")
    local = (master or "local").startswith("local") and "--master" not in said
    if local:
        # Spark would take whichever python3 comes first on the path.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    chosen = OPTIONS | (LOCAL_OPTIONS if local else {}) | options
    for name, value in chosen.items():
        if f"{name}=" not in said:
            builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as problem:
        hint = "Spark needs Java 17 or newer: set JAVA_HOME; and a master that answers."
        raise EngineError(f"Spark did not start: {type(problem).__name__}", hint) from problem
    session.sparkContext.setLogLevel("OFF")
    return session, True


def _schema(rows: Any) -> ibis.Schema:
    """The columns of a data frame, all of them nullable."""
    from pyspark.sql.pandas.types import to_arrow_schema

    return ibis.Schema.from_pyarrow(to_arrow_schema(rows.schema, timezone="UTC"))


def _next(answers: Iterator[Any]) -> Any:
    with _asking():
        return next(answers, None)


@contextmanager
def _asking() -> Iterator[None]:
    """Turn Spark's refusals into ours, without their text: it could quote a log's values."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        with _quiet():
            yield
    except (PySparkException, Py4JError) as problem:
        raise refused(problem) from problem


def refused(problem: Exception) -> EngineError:
    """Spark's refusal by its name."""
    name = getattr(problem, "getCondition", lambda: None)()
    java = getattr(problem, "java_exception", None)
    if name is None and java is not None:
        name = java.getClass().getSimpleName()
    told = str(name or type(problem).__name__)
    return EngineError(f"Spark refused: {told}", "Spark's own log has the whole text.")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what pyspark says of other libraries' versions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
