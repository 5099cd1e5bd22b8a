"""What fills the columns of a table: share filled, different values, the commonest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from revenuer.campaigns.ties import masked
from revenuer.sources import Engine

COMMONEST = 3
"""Values of a column that are named."""

MANY_ROWS = 1_000_000
"""Rows above which a column of nearly as many different values is not counted exactly."""

SELDOM_TWICE = 0.9
"""Share of different values above which a column of many rows is taken for an id."""

LONG_CHARS = 64
"""Characters above which a masked value is grouped by its digest."""

Shares = tuple[tuple[str, int], ...]
"""Values and how often each stands, the commonest first."""

READABLE = frozenset((
    "end_user_source", "channel", "region", "operation", "model", "requested_model", "attempt",
    "routed_by", "turn_kind", "harness", "client_ip_source", "asn", "country",
    "tls_fingerprint", "tls_terminated_by", "user_agent", "input_tokens", "output_tokens",
    "reasoning_tokens", "cached_input_tokens", "delivered_output_tokens", "temperature",
    "max_output_tokens", "n", "logprobs", "reasoning_effort", "response_format", "streamed",
    "message_count", "tool_count", "modalities", "status", "outcome", "stop_reason",
    "latency_ms", "response_cache_hit", "data_policy", "sketch_key_id", "clock_error_ms",
    "countermeasures",
    "plan", "programme", "email_domain", "signup_asn", "verification", "plan_tokens_per_day",
    "payment_kind", "kind", "purpose", "max_exchanges", "max_tokens", "models",
))  # fmt: skip
"""Columns whose values name nobody; those of every other column are masked."""

FILLERS = frozenset({"", "-", "0", "0.0.0.0", "n/a", "na", "nil", "none", "null", "unknown"})
"""Values that stand for none. They are shown everywhere: read as values they tie strangers."""


@dataclass(frozen=True, slots=True)
class ColumnHealth:
    """What fills one column.

    Attributes:
        column: Its name with its table, as `exchanges.client_ip`.
        filled: Share of the rows with a value, 0 to 1.
        distinct: Different values; about, in columns whose values are not counted.
        commonest: The values that stand more than once, the commonest first; six letters
            in place of a value that could name somebody or quote a text. None for times,
            bytes, and the ids of very long tables.
    """

    column: str
    filled: float
    distinct: int
    commonest: Shares


def column_health(
    name: str, table: ir.Table, engine: Engine, advance: Callable[[int], None]
) -> tuple[ColumnHealth, ...]:
    """Describe every column of a table: one query for all, one more for each with values.

    Args:
        name: The table's name.
        table: Its rows.
        engine: Runs the queries.
        advance: Told of each column that is done.
    """
    rows, counts = _fill(table, engine)
    found = []
    for column, (filled, distinct) in counts.items():
        # A sketch of distinct values errs by a few percent, so it may exceed the rows.
        distinct = min(distinct, filled)
        common: Shares = ()
        if _worth_counting(table[column].type(), filled, distinct):
            distinct, common = _commonest(table, column, engine)
        share = filled / rows if rows else 0.0
        found.append(ColumnHealth(f"{name}.{column}", share, distinct, common))
        advance(1)
    return tuple(found)


def _fill(table: ir.Table, engine: Engine) -> tuple[int, dict[str, tuple[int, int]]]:
    """The rows, and for each column how many have a value and how many differ."""
    wanted = {"rows": table.count()}
    for column in table.columns:
        values = _comparable(table[column])
        wanted |= {
            f"{column} filled": values.count(),
            f"{column} distinct": values.approx_nunique(),
        }
    row = engine.fetch(table.aggregate(**wanted)).row(0, named=True)
    return int(row["rows"]), {
        column: (int(row[f"{column} filled"]), int(row[f"{column} distinct"] or 0))
        for column in table.columns
    }


def _worth_counting(kind: dt.DataType, filled: int, distinct: int) -> bool:
    if not filled or isinstance(kind, dt.Timestamp | dt.Binary):
        return False
    return filled <= MANY_ROWS or distinct <= SELDOM_TWICE * filled


def _commonest(table: ir.Table, column: str, engine: Engine) -> tuple[int, Shares]:
    """How many values differ, and the commonest of those that stand more than once."""
    counted = (
        table.select(value=_key(table[column], column))
        .filter(lambda rows: rows.value.notnull())
        .group_by("value")
        .aggregate(times=lambda rows: rows.count())
        .mutate(distinct=lambda values: values.count().over())
        .order_by(ibis.desc("times"), ibis.asc("value"))
        .limit(COMMONEST)
    )
    found = engine.fetch(counted).sort("times", "value", descending=[True, False])
    rows = list(found.select("value", "times").iter_rows())
    common = tuple((_shown(column, str(value)), int(times)) for value, times in rows if times > 1)
    return int(found["distinct"][0]), common


def _key(values: ir.Column, column: str) -> ir.Column:
    """Values as short text; long ones by digest, so that their bytes need not fit into memory."""
    values = _comparable(values)
    if isinstance(values, ir.FloatingColumn):
        # Engines write the same number in different ways: 1.0 and 1.
        return values
    if column in READABLE or not isinstance(values, ir.StringColumn):
        return values.cast("string")
    return ibis.cases((values.length() > LONG_CHARS, values.hexdigest("md5")), else_=values)


def _comparable(values: ir.Column) -> ir.Column:
    """A list as one text, so that equal lists are one value."""
    return values.join(", ") if isinstance(values, ir.ArrayColumn) else values


def _shown(column: str, value: str) -> str:
    named = column in READABLE or value.strip().lower() in FILLERS
    return value if named else masked(column, value).removeprefix(f"{column} ")
