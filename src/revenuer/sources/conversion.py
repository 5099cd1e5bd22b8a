"""Any log -> canonical Parquet, streaming."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from revenuer.sources.columns import SHAPES
from revenuer.sources.logs import Logs

BATCH_ROWS = 65_536


def convert(logs: Logs, out: Path, *, table: str = "exchanges") -> int:
    """Write one table of open logs as canonical Parquet (zstd); returns its rows.

    Rows come in the order of time and id, so that the same logs give the same file and a
    later query for a window reads only that window.

    Args:
        logs: Open logs.
        out: The file to write; one that is there is replaced once the new one is whole.
        table: The contract's table.
    """
    shape = SHAPES[table]
    rows = getattr(logs.tables, table)
    order = [name for name in ("occurred_at", shape.key) if name in shape.types]
    partial = out.with_name(out.name + ".partial")
    written = 0
    with pq.ParquetWriter(partial, shape.schema, compression="zstd") as writer:
        for batch in logs.engine.stream(rows.order_by(order or list(shape.types)), BATCH_ROWS):
            writer.write_batch(batch.cast(shape.schema))
            written += batch.num_rows
    partial.replace(out)
    return written
