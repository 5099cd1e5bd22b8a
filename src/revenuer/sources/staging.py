"""Batches of records -> canonical Parquet in the working directory, bad rows set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from revenuer.errors import ColumnError
from revenuer.sources.columns import COUNTS, TableShape, nearest
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.rows import Batch, Record
from revenuer.sources.values import Column, Reading, read_column

SOURCE_LINE = "revenuer_source_line"


@dataclass(slots=True)
class Staging:
    """Writes one source file's rows as canonical Parquet.

    Attributes:
        shape: The table.
        how: How its values are read.
        label: The source file's name.
        path: Where the Parquet goes.
        quarantine: Where bad rows go.
        own_names: The log's own name of each mapped column, for messages.
    """

    shape: TableShape
    how: Reading
    label: str
    path: Path
    quarantine: Quarantine
    own_names: Mapping[str, str] = field(default_factory=dict)
    rows: int = 0
    kept: int = 0
    quarantined: int = 0
    _writer: pq.ParquetWriter | None = None
    _seen: bool = False

    def add(self, batch: Batch, named: Batch) -> None:
        """Write one batch; `named` has its records under the contract's names.

        Raises:
            ColumnError: No value of a column can be used, or a required one is not there.
        """
        self.rows += len(named.lines) + len(named.bad)
        for line, reason, raw in named.bad:
            self._set_aside(line, reason, raw)
        rows = named.records
        if not rows:
            return
        columns = self._columns(rows)
        if not self._seen:
            self._check_columns(columns, rows, batch)
            self._seen = True
        good = self._set_bad_aside(columns, named)
        self._write(columns, named, good)

    def _columns(self, rows: list[Record]) -> dict[str, Column]:
        given = {key for row in rows for key in row}
        return {
            name: read_column([row.get(name) for row in rows], kind, self.how, count=name in COUNTS)
            if name in given
            else Column(pa.nulls(len(rows), kind))
            for name, kind in self.shape.types.items()
        }

    def _check_columns(
        self, columns: Mapping[str, Column], rows: list[Record], batch: Batch
    ) -> None:
        """Tell a column of the wrong type from single bad values, by the first batch."""
        for name, column in columns.items():
            filled = len(column.array) - column.array.null_count
            bad = len(column.bad)
            # One row with a gap is a bad row; a gap in every row is a missing column.
            whole = len(rows) > 1 or name not in rows[0]
            if name in self.shape.required and filled == bad == 0 and whole:
                seen = {key for record in batch.records for key in record}
                raise missing_column(name, self.own_names.get(name, name), self.label, seen)
            if filled == 0 and bad >= 2 and bad * 2 >= len(rows):
                reason = next(iter(column.bad.values()))
                raise wrong_column(name, self.label, self.shape, reason)

    def _set_bad_aside(self, columns: Mapping[str, Column], batch: Batch) -> NDArray[np.bool_]:
        reasons: dict[int, tuple[str, str]] = {}
        for name, column in columns.items():
            for place, reason in column.bad.items():
                reasons.setdefault(place, (name, reason))
            if name in self.shape.required and column.array.null_count:
                for place in _places(_nulls(column)):
                    reasons.setdefault(place, (name, "is missing"))
        if either := self.shape.either:
            empty = np.logical_and.reduce([_nulls(columns[name]) for name in either])
            for place in _places(empty):
                reasons.setdefault(place, (either[0], f"is missing, as is {either[1]}"))
        good = np.ones(len(batch.lines), bool)
        for place, (name, reason) in sorted(reasons.items()):
            good[place] = False
            self._set_aside(batch.lines[place], f"{name} {reason}", batch.raw[place], name)
        return good

    def _set_aside(self, line: int, reason: str, raw: bytes, column: str | None = None) -> None:
        self.quarantined += 1
        self.quarantine.add(self.label, line, reason, column=column, raw=raw)

    def _write(self, columns: Mapping[str, Column], batch: Batch, good: NDArray[np.bool_]) -> None:
        schema = self.shape.schema.append(pa.field(SOURCE_LINE, pa.int64()))
        arrays = [column.array for column in columns.values()]
        table = pa.table([*arrays, pa.array(batch.lines, pa.int64())], schema=schema)
        if not good.all():
            table = table.filter(pa.array(good))
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self.path, schema, compression="zstd", compression_level=1
            )
        self._writer.write_table(table)
        self.kept += table.num_rows

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()


def _nulls(column: Column) -> NDArray[np.bool_]:
    return np.asarray(column.array.is_null().to_numpy(zero_copy_only=False))


def _places(mask: NDArray[np.bool_]) -> list[int]:
    return [int(place) for place in np.flatnonzero(mask)]


def missing_column(name: str, own: str, label: str, seen: set[str]) -> ColumnError:
    """The error for a required or mapped column that a whole file lacks.

    Args:
        name: The contract's name.
        own: The name under which it was looked for.
        label: The file.
        seen: The names that the file has.
    """
    others = seen - {own, name}
    close = nearest(own, others) or nearest(name, others)
    lack = "has no value in column" if own in seen else "has no column"
    return ColumnError(
        f"{label} {lack} {own}" + (f"; did you mean {close}?" if close else ""),
        f"Say which one it is with --map {name}={close or 'NAME'}; "
        f"`revenuer inspect {label}` lists them.",
    )


def wrong_column(name: str, label: str, shape: TableShape, reason: str) -> ColumnError:
    """The error for a column of which no value can be used."""
    return ColumnError(
        f"column {name} of {label} {reason}; the contract has {shape.types[name]}",
        "Convert the column, or map another one to it in a column map (docs/sources.md).",
    )
