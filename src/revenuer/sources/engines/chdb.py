"""ClickHouse embedded: chDB in a process of its own, for one machine and for tests."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import ibis.expr.types as ir
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from revenuer.errors import ConfigError, EngineError
from revenuer.sources.engines import chdb_worker
from revenuer.sources.engines.clickhouse import (
    SETTINGS,
    Asking,
    named_table,
    quoted_name,
    quoted_text,
    refused,
    structure,
)

HEAD = struct.Struct("<cQ")
BATCH, ERROR = b"B", b"X"
SPILL_FROM_BYTES = 1 << 30
"""Memory of a grouping or a sort from which it goes to disk, as DuckDB's does. placeholder"""


class Worker:
    """The process that runs chDB, and what is said to it.

    Args:
        folder: Where ClickHouse keeps its tables and what it spills.
    """

    def __init__(self, folder: Path) -> None:
        if find_spec("chdb") is None:
            raise ConfigError(
                "The ClickHouse engine is not installed.", "pip install 'revenuer[clickhouse]'"
            )
        self.process = subprocess.Popen(
            [sys.executable, "-I", chdb_worker.__file__, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a query; batches as ClickHouse makes them."""
        frames = self._frames(sql, wanted=True)
        try:
            for data in frames:
                yield from pa.ipc.open_file(pa.BufferReader(data)).read_all().to_batches()
        finally:
            # What nobody reads is read here, so that the next answer is not mixed up with it.
            for _ in frames:
                pass

    def tell(self, sql: str) -> None:
        """Run a statement without an answer."""
        for _ in self._frames(sql, wanted=False):
            pass

    def _frames(self, sql: str, *, wanted: bool) -> Iterator[bytes]:
        assert self.process.stdin is not None
        question = json.dumps({"sql": sql, "wanted": wanted})
        try:
            self.process.stdin.write(question.encode() + b"\n")
            self.process.stdin.flush()
        except OSError as problem:
            raise _gone() from problem
        while True:
            kind, size = HEAD.unpack(self._read(HEAD.size))
            data = self._read(size)
            if kind == ERROR:
                raise refused(data.decode(errors="replace"))
            if kind != BATCH:
                return
            yield data

    def _read(self, size: int) -> bytes:
        assert self.process.stdout is not None
        data = self.process.stdout.read(size)
        if len(data) < size:
            raise _gone()
        return data

    def close(self) -> None:
        """End the process, and with it whatever it is doing."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


class EmbeddedClickHouse(Asking):
    """ClickHouse on this machine.

    Args:
        workdir: An existing folder for its tables, spill and uploads.
    """

    reads_files = True

    def __init__(self, workdir: Path) -> None:
        self.workdir = workdir
        self.attached = 0
        self.worker = Worker(workdir / "chdb")
        super().__init__(self.worker)
        try:
            for name, value in {**SETTINGS, **_spilling()}.items():
                self.worker.tell(f"SET {name} = {quoted_text(value)}")
        except BaseException:
            self.close()
            raise

    def upload(self, name: str, frame: pl.DataFrame | pa.Table) -> ir.Table:
        """Put a small table beside the logs, for joins; replaces one of the same name."""
        table = frame if isinstance(frame, pa.Table) else frame.to_arrow()
        path = self.workdir / f"uploaded-{name}.parquet"
        pq.write_table(table, path)
        return self.attach(name, path, table.schema)

    def attach(self, name: str, path: Path, schema: pa.Schema) -> ir.Table:
        """Put a Parquet file beside the logs without reading it in."""
        return self.attach_files(name, [path], schema)

    def attach_files(self, name: str, paths: Sequence[Path], schema: pa.Schema) -> ir.Table:
        """Put Parquet files beside the logs; what a file lacks of the columns is NULL."""
        self.attached += 1
        folder = self.workdir / f"attached-{self.attached}"
        folder.mkdir()
        # ClickHouse reads a pattern; the files' own names may hold what it takes for one.
        for number, path in enumerate(paths):
            (folder / f"{number:06d}.parquet").symlink_to(path.resolve())
        files = folder / "*.parquet"
        columns = quoted_text(structure(schema))
        self.worker.tell(
            f"CREATE OR REPLACE VIEW {quoted_name(name)} AS "
            f"SELECT * FROM file({quoted_text(str(files))}, Parquet, {columns})"
        )
        return named_table(name, schema)

    def close(self) -> None:
        """End the process that holds the database."""
        self.worker.close()


def _spilling() -> dict[str, str]:
    kinds = ("group_by", "sort")
    return {f"max_bytes_before_external_{kind}": str(SPILL_FROM_BYTES) for kind in kinds}


def _gone() -> EngineError:
    return EngineError(
        "the ClickHouse process ended in the middle of a query",
        "It may have run out of memory; DuckDB spills to disk earlier.",
    )
