"""Lists of raw values -> Arrow columns of the contract's types, with each bad value named.

The whole list is tried at once; only where that fails is each value looked at, so clean
logs pay nothing for the care that dirty ones need.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from revenuer.sources.columns import BINARY, BOOL, FLOAT64, INT32, STRING, STRINGS, TIMESTAMP

Parse = Callable[[object], object]
UNITS_US = {"s": 1_000_000, "ms": 1_000, "us": 1, "ns": 1e-3}
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
TRUE = frozenset({"true", "t", "1", "yes"})
FALSE = frozenset({"false", "f", "0", "no"})
SEPARATORS = re.compile(r"[;|,]")


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are read: what a log cannot say of itself.

    Attributes:
        unit: Unit of numeric timestamps (`s`, `ms`, `us`, `ns`); None refuses them.
        zone: Zone of timestamps without an offset; None refuses them.
        typed: False for CSV, where every value is text.
    """

    unit: str | None = None
    zone: tzinfo | None = None
    typed: bool = True


@dataclass(slots=True)
class Column:
    """One column of a batch.

    Attributes:
        array: The values; null where a value was bad.
        bad: Position and reason of each bad value.
    """

    array: pa.Array
    bad: dict[int, str] = field(default_factory=dict)


class BadValueError(ValueError):
    """A value that does not fit its column; the message never repeats it."""


def read_column(
    values: Sequence[object], kind: pa.DataType, how: Reading, *, count: bool
) -> Column:
    """Turn raw values into a column.

    Args:
        values: Python values as JSON gives them, or text; None is unknown. Shape (n,).
        kind: The contract's Arrow type.
        how: What the log cannot say of itself.
        count: True for integers that are never negative.

    Examples:
        >>> read_column([3, None, "many"], pa.int64(), Reading(), count=True).bad
        {2: 'is text, not a whole number'}
    """
    array = _at_once(values, kind, how)
    if array is not None and _in_range(array, kind, count):
        return Column(array)
    parse = _parser(kind, how, count)
    bad: dict[int, str] = {}
    kept: list[object] = []
    for position, value in enumerate(values):
        try:
            kept.append(None if value is None or value == "" else parse(value))
        except BadValueError as problem:
            kept.append(None)
            bad[position] = str(problem)
    return Column(pa.array(kept, kind), bad)


def _at_once(values: Sequence[object], kind: pa.DataType, how: Reading) -> pa.Array | None:
    """The whole column in one step, or None if any value needs a look."""
    types = set(map(type, values)) - {type(None)}
    if not types:
        return pa.nulls(len(values), kind)
    try:
        if types == {str}:
            return _from_text(pa.array(values, STRING), kind, how)
        if kind == TIMESTAMP and types == {datetime}:
            return pa.array(values, kind) if all(map(_aware, values)) else None
        if _fits(types, kind):
            return pa.array(values, kind)
    except (pa.ArrowException, UnicodeEncodeError, OverflowError):
        return None
    return None


def _fits(types: set[type], kind: pa.DataType) -> bool:
    if pa.types.is_integer(kind):
        return types == {int}
    if kind == FLOAT64:
        return types <= {int, float}
    return (kind == BOOL and types == {bool}) or (kind == BINARY and types == {bytes})


def _aware(value: object) -> bool:
    return value is None or (isinstance(value, datetime) and value.tzinfo is not None)


def _from_text(text: pa.Array, kind: pa.DataType, how: Reading) -> pa.Array | None:
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, STRING), text)
    if kind == STRING:
        return text
    if kind == TIMESTAMP:
        return pc.cast(text, kind) if how.unit is None else None
    if not how.typed and (pa.types.is_integer(kind) or kind == FLOAT64):
        return pc.cast(text, kind)
    return None


def _in_range(array: pa.Array, kind: pa.DataType, count: bool) -> bool:
    """Whether the column's extremes are possible; a cheap test before a look at each value."""
    if array.null_count == len(array):
        return True
    if kind == TIMESTAMP:
        ends = pc.min_max(pc.cast(array, pa.int64())).as_py()
        return bool(ends["min"] >= _in_us(EARLIEST) and ends["max"] < _in_us(LATEST))
    if count and pa.types.is_integer(kind):
        return bool(pc.min(array).as_py() >= 0)
    return kind != FLOAT64 or bool(pc.all(pc.is_finite(array)).as_py())


def _in_us(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def _parser(kind: pa.DataType, how: Reading, count: bool) -> Parse:
    if pa.types.is_integer(kind):
        return partial(whole_number, bits=32 if kind == INT32 else 64, count=count, typed=how.typed)
    if kind == TIMESTAMP:
        return partial(moment, how=how)
    if kind == FLOAT64:
        return partial(number, typed=how.typed)
    if kind == BOOL:
        return partial(truth, typed=how.typed)
    return {STRING: string, BINARY: octets, STRINGS: strings}[kind]


def _named(value: object) -> str:
    names = {str: "text", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "a list" if isinstance(value, list) else "an object")


def string(value: object) -> str | None:
    """Text; a whole number is taken as the id that it spells."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise BadValueError(f"is {_named(value)}, not text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise BadValueError("is not valid UTF-8") from None
    return value


def whole_number(value: object, *, bits: int, count: bool, typed: bool) -> int | None:
    """An integer; 12.0 counts as 12, because tables with gaps write whole numbers so."""
    parsed = number(value, typed=typed, wanted="a whole number")
    if parsed is None:
        return None
    if isinstance(parsed, float) and not parsed.is_integer():
        raise BadValueError("is not a whole number")
    if not -(2 ** (bits - 1)) <= parsed < 2 ** (bits - 1):
        raise BadValueError(f"does not fit {bits} bits")
    if count and parsed < 0:
        raise BadValueError("is negative; leave unknown counts out")
    return int(parsed)


def number(value: object, *, typed: bool, wanted: str = "a number") -> float | int | None:
    """A number; NaN and infinity are unknown. Text only where nothing has a type."""
    if isinstance(value, str) and not typed:
        try:
            value = int(value)
        except ValueError:
            try:
                value = float(value)
            except ValueError:
                raise BadValueError(f"is text, not {wanted}") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadValueError(f"is {_named(value)}, not {wanted}")
    return None if isinstance(value, float) and not math.isfinite(value) else value


def truth(value: object, *, typed: bool) -> bool:
    """True or false; in CSV also 1, 0, t, f, yes and no."""
    if isinstance(value, bool):
        return value
    if not typed and isinstance(value, str) and value.lower() in TRUE | FALSE:
        return value.lower() in TRUE
    raise BadValueError(f"is {_named(value)}, not true or false")


def octets(value: object) -> bytes:
    """Bytes, from base64 in text."""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise BadValueError(f"is {_named(value)}, not base64 text")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise BadValueError("is not base64") from None


def strings(value: object) -> list[str]:
    """A list of text; in CSV a JSON list, or names between `;`, `|` or commas."""
    if isinstance(value, str):
        value = _listed(value)
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise BadValueError(f"is {_named(value)}, not a list of text")
    return [part for part in map(string, value) if part is not None]


def _listed(value: str) -> object:
    if value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            raise BadValueError("is not a list of text") from None
    return [part.strip() for part in SEPARATORS.split(value) if part.strip()]


def moment(value: object, *, how: Reading) -> datetime:
    """A moment in UTC.

    Examples:
        >>> moment("2026-02-23 09:30:00.25+01:00", how=Reading())
        datetime.datetime(2026, 2, 23, 8, 30, 0, 250000, tzinfo=datetime.timezone.utc)
    """
    parsed = value if isinstance(value, datetime) else _clock(value, how)
    if parsed.tzinfo is None:
        if how.zone is None:
            raise BadValueError("has no offset or Z; say `timezone` in a column map")
        parsed = parsed.replace(tzinfo=how.zone)
    try:
        parsed = parsed.astimezone(UTC)
    except OverflowError:
        raise BadValueError("is before 2000 or after 2199") from None
    if not EARLIEST <= parsed < LATEST:
        raise BadValueError("is before 2000 or after 2199; check `unit` in the column map")
    return parsed


def _clock(value: object, how: Reading) -> datetime:
    if how.unit is not None:
        count = number(value, typed=False, wanted=f"a timestamp in {how.unit}")
        if count is None:
            raise BadValueError("is not a timestamp")
        return _since_epoch(count, UNITS_US[how.unit])
    if not isinstance(value, str):
        hint = "; say its `unit` in a column map" if isinstance(value, int | float) else ""
        raise BadValueError(f"is {_named(value)}, not an ISO 8601 timestamp{hint}")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise BadValueError("is not an ISO 8601 timestamp") from None


def _since_epoch(count: float, unit_us: float) -> datetime:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
            microseconds=math.floor(count * unit_us)
        )
    except OverflowError:
        raise BadValueError(
            "is before 2000 or after 2199; check `unit` in the column map"
        ) from None
