"""An engine's own tables as the contract's: checked there, and never copied.

The same rules as for files: what a table lacks is unknown, a row without what is required or
with a value that cannot be is left out, and an exchange that comes again counts once. A table
has no lines, so that the quarantine names a bad row by the digest of its id.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa

from revenuer.errors import ConfigError, SourceError
from revenuer.sources.adapters import CANONICAL
from revenuer.sources.column_map import ColumnMap, TableMap
from revenuer.sources.columns import (
    BINARY,
    BOOL,
    COUNTS,
    FLOAT64,
    STRING,
    STRINGS,
    TIMESTAMP,
    TableShape,
)
from revenuer.sources.engines.engine import OtherEngine
from revenuer.sources.engines.handover import finite, unknown
from revenuer.sources.intake import FileIntake, Tally
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.staging import missing_column, wrong_column
from revenuer.sources.values import EARLIEST, LATEST

NAMED_AT_MOST = 10_000
"""Bad rows of a table that the quarantine names one by one. placeholder"""
REPEATED_AT_MOST = 1_000_000
"""Rows with an id that comes again; more are a table to be cleaned where it is. placeholder"""


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows that are left out.

    Attributes:
        column: The column at fault.
        holds: True for such a row.
        reason: What is wrong.
    """

    column: str
    holds: ir.BooleanValue
    reason: str


@dataclass(slots=True)
class OwnTable:
    """Reads one table of an engine.

    Attributes:
        engine: Where it is.
        name: What the engine calls it.
        shape: The contract's table.
        column_map: The operator's own names.
        tally: What is counted.
        quarantine: Where bad rows are named.
    """

    engine: OtherEngine
    name: str
    shape: TableShape
    column_map: ColumnMap
    tally: Tally
    quarantine: Quarantine

    def read(self) -> tuple[ir.Table, set[str]]:
        """The contract's table, and its columns with a value.

        Raises:
            ColumnError: A required column is missing or a column has the wrong type.
            ConfigError: The column map asks for what only files can have.
            SourceError: Too many ids come again.
        """
        raw = self.engine.described(self.name)
        table_map = self.column_map.table(self.shape.name)
        self._refuse_what_files_have(table_map)
        values = {name: self._value(raw, name, table_map) for name in self.shape.types}
        known = {table_map.columns.get(name, name) for name in self.shape.types}
        self.tally.add_unknown([name for name in raw.columns if name not in known])
        rows = raw.select(**values)
        rows, total, bad, present = self._good(rows)
        again, conflicts = 0, 0
        if self.shape.key is not None:
            rows, again, conflicts = self._once(rows, self.shape.key)
        name = self.shape.name
        self.tally.duplicates[name] = again - conflicts
        self.tally.conflicts[name] = conflicts
        self.tally.kept[name] = total - bad - again
        self.tally.files.append(
            FileIntake(f"table:{self.name}", name, CANONICAL, "table", total, bad)
        )
        return rows, present

    def _refuse_what_files_have(self, table_map: TableMap) -> None:
        hashed = self.shape.name == "exchanges" and self.column_map.hashed
        if hashed or table_map.unit is not None or table_map.zone is not None:
            hint = "Make a view over the table that has them as the contract says."
            raise ConfigError("A table's hashes, units and zones are not mapped.", hint)

    def _value(self, raw: ir.Table, name: str, table_map: TableMap) -> ir.Value:
        own, kind = table_map.columns.get(name, name), self.shape.types[name]
        if own in raw.columns:
            value = as_contract(raw[own], kind)
            if value is None:
                reason = f"has type {raw[own].type()}"
                raise wrong_column(name, self.name, self.shape, reason)
            return value
        if name in table_map.constants:
            return ibis.literal(table_map.constants[name]).cast(unknown(self.shape, name).type())
        if name in self.shape.required or name in table_map.columns:
            raise missing_column(name, own, self.name, set(raw.columns))
        return unknown(self.shape, name)

    def _good(self, rows: ir.Table) -> tuple[ir.Table, int, int, set[str]]:
        """The usable rows, how many there are, how many are not, and the columns with a value."""
        faults = faults_of(rows, self.shape)
        asked = {f"fault {at}": _times(fault.holds) for at, fault in enumerate(faults)}
        asked |= {f"filled {name}": rows[name].count() for name in self.shape.types}
        counts = self.engine.fetch(rows.aggregate(total=rows.count(), **asked)).row(0, named=True)
        total = int(counts["total"])
        present = {name for name in self.shape.types if counts[f"filled {name}"]}
        if not any(counts[f"fault {at}"] for at in range(len(faults))):
            return rows, total, 0, present
        place = ibis.cases(*((fault.holds, at) for at, fault in enumerate(faults)), else_=-1)
        marked = rows.mutate(fault=place)
        bad = self._set_aside(marked.filter(marked.fault >= 0), faults)
        return marked.filter(marked.fault < 0).drop("fault"), total, bad, present

    def _set_aside(self, bad: ir.Table, faults: list[Fault]) -> int:
        """Name bad rows; returns how many there are."""
        counted = self.engine.fetch(bad.aggregate(n=bad.count()))
        key = self.shape.key or self.shape.required[0]
        named = self.engine.fetch(bad.select("fault", id=bad[key]).limit(NAMED_AT_MOST))
        for at, name in named.iter_rows():
            fault = faults[at]
            raw = None if name is None else str(name).encode()
            self.quarantine.add(
                self.name, 0, f"{fault.column} {fault.reason}", column=fault.column, raw=raw
            )
        rows = int(counted["n"][0])
        self.quarantine.rows += rows - named.height
        return rows

    def _once(self, rows: ir.Table, key: str) -> tuple[ir.Table, int, int]:
        """Each id's first row, how many came again, and how many of those say something else."""
        ids = rows.group_by(key).aggregate(times=rows.count())
        ids = ids.filter(ids.times > 1)
        met = self.engine.fetch(ids.aggregate(ids=ids.count(), rows=ids.times.sum()))
        again = int(met["rows"][0] or 0)
        if not again:
            return rows, 0, 0
        if again > REPEATED_AT_MOST:
            hint = "Name a view that has each id once."
            raise SourceError(f"{self.name} repeats the ids of {again:,} rows", hint)
        twice = self.engine.keep(f"{self.shape.name}_met_twice", ids.select(key))
        kept, conflicts = self._first(self.engine.fetch(rows.semi_join(twice, key)), key)
        table = kept.to_arrow().cast(self.shape.schema)
        once = self.engine.upload(f"{self.shape.name}_kept_once", table)
        # The engine may have widened what it was sent.
        once = once.select(**{name: once[name].cast(rows[name].type()) for name in rows.columns})
        return ibis.union(rows.anti_join(twice, key), once), again - kept.height, conflicts

    def _first(self, again: pl.DataFrame, key: str) -> tuple[pl.DataFrame, int]:
        """The earliest row of each id; others that differ from it are conflicts."""
        when = ["occurred_at"] if "occurred_at" in again.columns else []
        ordered = again.with_columns(content=again.hash_rows()).sort(key, *when, "content")
        first = ordered.unique(key, keep="first", maintain_order=True)
        same = ordered.join(first.select(key, first="content"), on=key)
        differing = same.filter(pl.col("content") != pl.col("first"))
        for name in differing[key]:
            reason = f"{key} repeats an earlier row with other content"
            self.quarantine.add(self.name, 0, reason, column=key, raw=str(name).encode())
        return first.drop("content"), differing.height


def as_contract(column: ir.Column, kind: pa.DataType) -> ir.Value | None:
    """A column in the contract's type; None if that would be a guess."""
    own = column.type()
    if kind == STRING:
        return _text(column, own)
    if pa.types.is_integer(kind):
        return column.cast("int64") if own.is_integer() else None
    if kind == TIMESTAMP:
        return column.cast(dt.Timestamp(timezone="UTC", scale=6)) if own.is_timestamp() else None
    if kind == FLOAT64:
        return finite(column.cast("float64")) if own.is_numeric() else None
    if kind == BOOL:
        return column if own.is_boolean() else None
    if kind == BINARY:
        return column.cast("binary") if own.is_binary() or own.is_string() else None
    assert kind == STRINGS
    return column if own.is_array() and own.value_type.is_string() else None


def _text(column: ir.Column, own: dt.DataType) -> ir.Value | None:
    # An empty text is unknown, not a value that thousands of accounts share.
    if own.is_string() or own.is_integer() or own.is_uuid():
        return column.cast("string").nullif("")
    return None


def faults_of(rows: ir.Table, shape: TableShape) -> list[Fault]:
    """What makes a row unusable."""
    faults = [Fault(name, rows[name].isnull(), "is missing") for name in shape.required]
    if shape.either:
        empty = ibis.and_(*(rows[name].isnull() for name in shape.either))
        faults.append(Fault(shape.either[0], empty, f"is missing, as is {shape.either[1]}"))
    for name, kind in shape.types.items():
        if pa.types.is_integer(kind):
            faults.append(_beyond(rows[name], name, kind))
        if kind == TIMESTAMP:
            seconds = rows[name].epoch_seconds()
            early, late = int(EARLIEST.timestamp()), int(LATEST.timestamp())
            outside = (seconds < early) | (seconds >= late)
            faults.append(Fault(name, outside, "is before 2000 or after 2199"))
    return [Fault(each.column, each.holds.fill_null(False), each.reason) for each in faults]


def _beyond(column: ir.IntegerValue, name: str, kind: pa.DataType) -> Fault:
    count, bits = name in COUNTS, kind.bit_width
    low, high = (0 if count else -(2 ** (bits - 1))), 2 ** (bits - 1) - 1
    outside = column < low
    if bits < 64:
        outside |= column > high
    reason = f"is {'negative' if count else 'not a whole number'} or does not fit {bits} bits"
    return Fault(name, outside, reason)


def _times(holds: ir.BooleanValue) -> ir.Value:
    return holds.cast("int64").sum()
