"""Arrow as an engine gives it -> the columns that the expression names, in the contract's types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ibis.expr.types as ir
import polars as pl
import pyarrow as pa

from revenuer.errors import EngineError


def in_shape(batches: Iterable[pa.RecordBatch], expr: ir.Table) -> Iterator[pa.RecordBatch]:
    """Batches with the columns and types of an expression.

    Engines widen counts, spell text as bytes, and leave out what DuckDB would say of a type.

    Raises:
        EngineError: A text is not UTF-8, or a number does not fit.
    """
    schema = expr.schema().to_pyarrow()
    for batch in batches:
        try:
            table = pa.Table.from_batches([batch]).select(schema.names).cast(schema)
        except (pa.ArrowException, KeyError) as problem:
            hint = "Text must be UTF-8; a view over the table can repair it."
            raise EngineError(
                f"the query engine's answer cannot be read: {type(problem).__name__}", hint
            ) from problem
        yield from table.to_batches()


def as_frame(batches: Iterable[pa.RecordBatch], expr: ir.Table) -> pl.DataFrame:
    """The whole answer; with its columns where it is empty."""
    schema = expr.schema().to_pyarrow()
    frame = pl.from_arrow(pa.Table.from_batches(in_shape(batches, expr), schema))
    assert isinstance(frame, pl.DataFrame)
    return frame


def sliced(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of at most so many."""
    for batch in batches:
        for start in range(0, batch.num_rows, rows):
            yield batch.slice(start, rows)
