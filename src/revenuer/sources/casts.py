"""SQL that reads an engine's column as the contract's type, and that finds unusable values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import pyarrow as pa

from revenuer.sources.adapters.adapter import DIGEST_CHARS
from revenuer.sources.columns import (
    BINARY,
    BOOL,
    COUNTS,
    FLOAT64,
    INT32,
    INT64,
    STRING,
    STRINGS,
    TIMESTAMP,
)
from revenuer.sources.parquet import Extent, named, quoted
from revenuer.sources.values import EARLIEST, LATEST, UNITS_US, Reading

SQL_TYPES = {
    STRING: "VARCHAR",
    INT32: "INTEGER",
    INT64: "BIGINT",
    FLOAT64: "DOUBLE",
    BOOL: "BOOLEAN",
    BINARY: "BLOB",
    STRINGS: "VARCHAR[]",
    TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
}
WHOLE = frozenset(
    [
        "TINYINT",
        "SMALLINT",
        "INTEGER",
        "BIGINT",
        "HUGEINT",
        "UTINYINT",
        "USMALLINT",
        "UINTEGER",
        "UBIGINT",
    ]
)
FRACTIONAL = frozenset({"FLOAT", "DOUBLE"})
NAIVE = frozenset({"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"})
ZONED = frozenset({"TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"})
UNTYPED = frozenset({"NULL", '"NULL"'})
"""What the engine calls a column that was written without a type, which has no values."""
BLOCK_BYTES = 64
"""SHA-256's block, RFC 2104."""
OFFSET_AT_END = r"(Z|z|[+-]\d\d(:?\d\d)?)$"


@dataclass(frozen=True, slots=True)
class Cast:
    """How one column is read.

    Attributes:
        value: SQL of the value; NULL where it cannot be used.
        broken: SQL that is true where the value is there and cannot be used; empty if
            the footers rule that out.
        reason: What is wrong with such a value.
        note: What was assumed, or empty.
    """

    value: str
    broken: str = ""
    reason: str = ""
    note: str = ""


def absent(kind: pa.DataType) -> Cast:
    """A column that the file does not have."""
    return Cast(f"CAST(NULL AS {SQL_TYPES[kind]})")


def cast(
    column: str, own: str, source: str, kind: pa.DataType, extent: Extent, how: Reading
) -> Cast | None:
    """How to read a file's column as the contract's type.

    Args:
        column: The contract's name.
        own: The file's name for it.
        source: The engine's type of the file's column.
        kind: The contract's type.
        extent: What the footers say of it.
        how: Unit and zone of timestamps.

    Returns:
        None if the type cannot be read as the contract's without a guess.
    """
    sql = named(own)
    if source in UNTYPED:
        return absent(kind)
    if kind == STRING:
        return _string(sql, source, extent)
    if pa.types.is_integer(kind):
        return _integer(sql, source, kind, extent, count=column in COUNTS)
    if kind == TIMESTAMP:
        return _timestamp(column, sql, source, extent, how)
    if kind == FLOAT64:
        if source in WHOLE or source.startswith("DECIMAL"):
            return Cast(f"CAST({sql} AS DOUBLE)")
        value = f"CASE WHEN isfinite({sql}) THEN CAST({sql} AS DOUBLE) END"
        return Cast(value) if source in FRACTIONAL else None
    return Cast(sql) if source == SQL_TYPES[kind] else None


def _string(sql: str, source: str, extent: Extent) -> Cast | None:
    if source == "VARCHAR":
        # An empty text is unknown, not a value that thousands of accounts share.
        return Cast(sql) if _never_empty(extent) else Cast(f"NULLIF({sql}, '')")
    if source in WHOLE or source == "UUID" or source.startswith("ENUM"):
        return Cast(f"NULLIF(CAST({sql} AS VARCHAR), '')")
    return None


def _never_empty(extent: Extent) -> bool:
    return extent.known and extent.low not in (None, "", b"")


def _integer(sql: str, source: str, kind: pa.DataType, extent: Extent, count: bool) -> Cast | None:
    bits = 32 if kind == INT32 else 64
    low, high = (0 if count else -(2 ** (bits - 1))), 2 ** (bits - 1) - 1
    target = SQL_TYPES[kind]
    beyond = "is negative" if count else ""
    beyond = f"{beyond or 'is not a whole number'} or does not fit {bits} bits"
    if source in WHOLE:
        if extent.within(low, high):
            return Cast(sql if source == target else f"CAST({sql} AS {target})")
        broken = f"{sql} NOT BETWEEN {low} AND {high}"
        return Cast(f"TRY_CAST({sql} AS {target})", broken, beyond)
    if source in FRACTIONAL:
        broken = (
            f"isfinite({sql}) AND ({sql} <> trunc({sql}) OR {sql} NOT BETWEEN {low} AND {high})"
        )
        value = f"TRY_CAST(CASE WHEN isfinite({sql}) THEN {sql} END AS {target})"
        return Cast(value, broken, beyond)
    return None


def _timestamp(column: str, sql: str, source: str, extent: Extent, how: Reading) -> Cast | None:
    if how.unit is not None and source in WHOLE | FRACTIONAL:
        value = f"make_timestamptz(TRY_CAST({sql} * {UNITS_US[how.unit]} AS BIGINT))"
        return _bounded(value, sql, "is not a timestamp of this century; check `unit`")
    if source in ZONED:
        value = sql if source == SQL_TYPES[TIMESTAMP] else f"CAST({sql} AS TIMESTAMPTZ)"
        if _in_era(extent):
            return Cast(value)
        return _bounded(value, sql, "is before 2000 or after 2199")
    if source in NAIVE:
        value = _local(f"CAST({sql} AS TIMESTAMP)", how.zone)
        bounded = _bounded(value, sql, "is before 2000 or after 2199")
        note = "" if how.zone else f"{column} has no time zone; read as UTC"
        return Cast(bounded.value, bounded.broken, bounded.reason, note)
    if source == "VARCHAR" and how.unit is None:
        return _timestamp_text(sql, how)
    return None


def _timestamp_text(sql: str, how: Reading) -> Cast:
    zoned = f"regexp_matches({sql}, {quoted(OFFSET_AT_END)})"
    value = f"TRY_CAST({sql} AS TIMESTAMPTZ)"
    if how.zone is None:
        text = f"CASE WHEN {zoned} THEN {value} END"
        return _bounded(text, f"NULLIF({sql}, '')", "is not ISO 8601 with an offset or Z")
    naive = _local(f"TRY_CAST({sql} AS TIMESTAMP)", how.zone)
    text = f"CASE WHEN {zoned} THEN {value} ELSE {naive} END"
    return _bounded(text, f"NULLIF({sql}, '')", "is not an ISO 8601 timestamp")


def _bounded(value: str, sql: str, reason: str) -> Cast:
    era = f"TIMESTAMPTZ {quoted(EARLIEST.isoformat())} AND TIMESTAMPTZ {quoted(LATEST.isoformat())}"
    broken = f"{sql} IS NOT NULL AND ({value} IS NULL OR {value} NOT BETWEEN {era})"
    return Cast(value, broken, reason)


def _in_era(extent: Extent) -> bool:
    low, high = extent.low, extent.high
    if not (extent.known and isinstance(low, datetime) and isinstance(high, datetime)):
        return extent.filled is False
    return low.year >= EARLIEST.year and high.year < LATEST.year


def _local(sql: str, zone: tzinfo | None) -> str:
    """SQL of a moment from a clock without an offset."""
    key = getattr(zone, "key", None)
    if key:
        return f"({sql} AT TIME ZONE {quoted(str(key))})"
    ahead = (zone.utcoffset(None) if zone else None) or timedelta()
    return f"(({sql} - INTERVAL ({int(ahead.total_seconds())}) SECOND) AT TIME ZONE 'UTC')"


def hashed(value: str, key: bytes) -> str:
    """SQL of HMAC-SHA256 over a text, as `Pseudonyms.person` has it; NULL stays NULL.

    Source:
        RFC 2104, section 2: H(K xor opad, H(K xor ipad, text)).
    """
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK_BYTES else key).ljust(
        BLOCK_BYTES, b"\0"
    )
    inner, outer = (bytes(byte ^ pad for byte in block).hex() for pad in (0x36, 0x5C))
    once = f"unhex(sha256(unhex({quoted(inner)}) || encode({value})))"
    return f"left(sha256(unhex({quoted(outer)}) || {once}), {DIGEST_CHARS})"
