"""Text as expressions: names, digests and parts joined, the same on every engine.

Only string functions that DuckDB, ClickHouse and Spark all have; what the dialects disagree
on is said beside it.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis.expr.datatypes import UInt64

SEPARATOR = "\x1f"
"""ASCII's unit separator: it does not occur in the values that it joins."""


def _of_text(text: str) -> str:
    """Signature of an engine's function from text to text; the body is never run."""
    return text


def _of_bytes(value: bytes) -> str:
    """Signature of an engine's function from bytes to text; the body is never run."""
    return value.hex()


def _number_of_text(text: str) -> UInt64:
    """Signature of an engine's function from text to number; the body is never run."""
    return len(text)


_md5 = ibis.udf.scalar.builtin(_of_text, name="MD5")
_hex = ibis.udf.scalar.builtin(_of_text, name="hex")
_md5_number = ibis.udf.scalar.builtin(_number_of_text, name="md5_number_lower")
_hex_of_bytes = ibis.udf.scalar.builtin(_of_bytes, name="hex")


def digest(text: ir.StringValue) -> ir.StringValue:
    """A short opaque name for a long text, NULL for NULL.

    Ibis has no digest that compiles for all three engines, so each engine's own MD5 is
    asked for and spelled in hexadecimal: equal texts get equal names within an engine,
    and the names sort alike on all of them.
    """
    return spelled_text(md5(text))


def md5(text: ir.StringValue) -> ir.StringValue:
    """The engine's own MD5 of a text, NULL for NULL."""
    return _md5(text)


def number_kept(text: ir.StringValue) -> ir.IntegerValue:
    """A number for a text that may be kept: the same in every version of DuckDB.

    Only DuckDB knows how; it is what keeps log files for all engines.
    """
    # Of one type on both sides: DuckDB divides numbers with and without a sign as fractions.
    return (_md5_number(text) % ibis.literal(1 << 62, "uint64")).cast("int64")


def spelled_text(text: ir.StringValue) -> ir.StringValue:
    """A text's bytes as hexadecimal text, NULL for NULL."""
    return _hex(text)


def spelled(value: ir.BinaryValue) -> ir.StringValue:
    """Bytes as hexadecimal text, NULL for NULL."""
    return _hex_of_bytes(value)


def of_key(exchanges: ir.Table, sketch: ir.StringValue) -> ir.StringValue:
    """A sketch, or a part of it, under its key's name; NULL where there is none."""
    return ibis.coalesce(exchanges.sketch_key_id, "") + SEPARATOR + sketch.nullif("")


def known(text: ir.StringValue) -> ir.StringValue:
    """The text without blanks around it, NULL where nothing is left."""
    # Trimming costs ten times as much as looking whether there is anything to trim.
    blank_at_an_end = (text.left(1) <= " ") | (text.right(1) <= " ")
    return blank_at_an_end.ifelse(text.strip(), text).nullif("")


def joined(*parts: ir.StringValue) -> ir.StringValue:
    """The parts as one text, NULL where any of them is unknown."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + SEPARATOR + part
    return whole
