"""An engine whose answers outlive it: a scan that was stopped goes on where it was."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import ibis
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa

from revenuer.sources.engine import Engine


class Remembering:
    """Keeps each account-sized answer as a Parquet file, under the query's digest.

    Args:
        engine: What is asked when no answer is there.
        folder: Of answers about the same logs; made if missing.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.uploaded: dict[str, str] = {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def at_once(self) -> int:
        """As many as the engine's own."""
        return self.engine.at_once

    @property
    def reads_files(self) -> bool:
        """As the engine."""
        return self.engine.reads_files

    def fetch(self, expr: ir.Table) -> pl.DataFrame:
        """The answer that is there, or the engine's, kept from now on."""
        path = self._path(expr)
        if not path.exists():
            write_whole(path, self.engine.fetch(expr))
        return pl.read_parquet(path)

    def stream(self, expr: ir.Table, rows: int) -> Iterator[pa.RecordBatch]:
        """The engine's own: such answers are too large to keep."""
        return self.engine.stream(expr, rows)

    def upload(self, name: str, frame: pl.DataFrame | pa.Table) -> ir.Table:
        """Put a small table beside the logs; queries that name it depend on what is in it."""
        table = frame if isinstance(frame, pa.Table) else frame.to_arrow()
        digest = hashlib.sha256()
        for batch in table.to_batches():
            digest.update(batch.serialize())
        self.uploaded[name] = digest.hexdigest()
        return self.engine.upload(name, frame)

    def attach(self, name: str, path: Path, schema: pa.Schema) -> ir.Table:
        """Put a Parquet file beside the logs; queries that name it depend on what is in it."""
        with path.open("rb") as file:
            self.uploaded[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return self.engine.attach(name, path, schema)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        """Keep an answer, and put the file beside the logs."""
        path = self._path(expr)
        if not path.exists():
            write_whole(path, self.engine.fetch(expr))
        # The file is named after all that it was made of.
        self.uploaded[name] = path.stem
        return self.engine.attach(name, path, expr.schema().to_pyarrow())

    def forget(self, name: str) -> None:
        """The answer stays in its file, for a scan that goes on; it takes no memory."""

    def close(self) -> None:
        """Close the engine; the answers stay."""
        self.engine.close()

    def _path(self, expr: ir.Table) -> Path:
        # Any dialect tells queries apart; this one speaks of every operation.
        query = str(ibis.to_sql(expr, dialect="duckdb"))
        about = [f"{name} {digest}" for name, digest in self.uploaded.items() if name in query]
        return self.folder / (
            hashlib.sha256("\n".join([query, *about]).encode()).hexdigest() + ".parquet"
        )


def write_whole(path: Path, frame: pl.DataFrame) -> None:
    """Write a file that is there as a whole or not at all."""
    unfinished = path.with_suffix(".unfinished")
    frame.write_parquet(unfinished)
    unfinished.rename(path)
