"""Compact rows of a cases file, expanded into the contract's tables."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from revenuer.features.tables import LogTables

Row = Mapping[str, Any]

TYPES: dict[str, dict[pa.DataType, str]] = {
    "exchanges": {
        pa.string(): "exchange_id account_id organization_id project_id api_key_id reseller_id "
        "end_user_id end_user_source channel region operation model requested_model request_id "
        "routed_by task_id parent_exchange_id turn_kind harness batch_id client_ip "
        "client_ip_source country tls_fingerprint tls_terminated_by user_agent "
        "reasoning_effort response_format outcome stop_reason session_id system_prompt prompt "
        "response sketch_key_id reasoning_signature issued_reasoning_signature data_policy "
        "countermeasures",
        pa.timestamp("us", tz="UTC"): "occurred_at submitted_at",
        pa.int64(): "clock_error_ms asn input_tokens output_tokens reasoning_tokens "
        "cached_input_tokens delivered_output_tokens max_output_tokens latency_ms",
        pa.int32(): "attempt n message_count tool_count status",
        pa.float64(): "temperature",
        pa.bool_(): "logprobs streamed response_cache_hit",
        pa.list_(pa.string()): "modalities",
        pa.binary(): "prompt_sketch system_prompt_sketch",
    },
    "accounts": {
        pa.string(): "account_id organization_id plan programme country email_domain "
        "payment_fingerprint phone_fingerprint device_fingerprint signup_ip verification "
        "status parent_account_id payment_kind",
        pa.timestamp("us", tz="UTC"): "created_at suspended_at closed_at",
        pa.int64(): "signup_asn plan_tokens_per_day",
    },
    "account_links": {
        pa.string(): "account_id kind value",
        pa.timestamp("us", tz="UTC"): "first_seen last_seen",
    },
    "permits": {
        pa.string(): "account_id organization_id purpose",
        pa.timestamp("us", tz="UTC"): "valid_from valid_until",
        pa.int64(): "max_exchanges max_tokens",
        pa.list_(pa.string()): "models",
    },
    "peer_matches": {pa.string(): "account_id cluster source kind unit"},
}

SHAPE = frozenset({"accounts", "start", "days", "per_day", "hours", "repeat", "step_s", "offset_s"})
"""Keys of a row that say how often and when; all other keys are columns."""


def schema(table: str) -> pa.Schema:
    """The contract's columns of one table, with their Arrow types."""
    columns = [(name, kind) for kind, names in TYPES[table].items() for name in names.split()]
    return pa.schema(columns)


def case_tables(case: Mapping[str, Any]) -> LogTables:
    """The tables of a case, as in-memory Ibis tables.

    Args:
        case: May have `exchanges`, `accounts`, `account_links`, `permits` and
            `peer_matches`, lists of compact rows. A row of `exchanges` stands for
            `accounts` accounts, each with `repeat` exchanges `step_s` apart (account number a
            begins a * `offset_s` later), or with `per_day` exchanges on each of `days` days at
            random moments of `hours`. In texts, `{a}` is the account's number, `{i}` the
            exchange's, `{d}` the day's; a list of values is gone through in turn.
    """
    rng = np.random.default_rng(zlib.crc32(str(case["name"]).encode()))
    rows = {
        "exchanges": [row for spec in case.get("exchanges", ()) for row in _exchanges(spec, rng)],
        "accounts": [row for spec in case.get("accounts", ()) for row in _accounts(spec)],
        "account_links": [row for spec in case.get("account_links", ()) for row in _accounts(spec)],
        "permits": [_typed(spec, {}) for spec in case.get("permits", ())],
        "peer_matches": [row for spec in case.get("peer_matches", ()) for row in _accounts(spec)],
    }
    for number, row in enumerate(rows["exchanges"]):
        row.setdefault("exchange_id", f"exchange-{number:06d}")
    tables = {name: _table(name, part) for name, part in rows.items()}
    return LogTables(
        exchanges=ibis.memtable(tables["exchanges"]),
        accounts=ibis.memtable(tables["accounts"]),
        account_links=ibis.memtable(tables["account_links"]),
        permits=ibis.memtable(tables["permits"]),
        peer_matches=ibis.memtable(tables["peer_matches"]),
        present=frozenset(
            f"{name}.{column}"
            for name, table in tables.items()
            for column in table.column_names
            if table[column].null_count < table.num_rows
        ),
    )


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    known = schema(name)
    used = {column for row in rows for column in row}
    if unknown := sorted(used - set(known.names)):
        raise ValueError(f"{name} has no column {unknown[0]!r}")
    columns = [
        pa.array([row.get(field.name) for row in rows], field.type)
        if field.name in used
        else pa.nulls(len(rows), field.type)
        for field in known
    ]
    return pa.Table.from_arrays(columns, schema=known)


def _accounts(spec: Row) -> Iterator[dict[str, Any]]:
    for account in range(spec.get("accounts", 1)):
        yield _typed(spec, {"a": account, "i": account, "d": 0})


def _exchanges(spec: Row, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    start = _moment(spec.get("start", "2026-03-02T00:00:00Z"))
    for account in range(spec.get("accounts", 1)):
        offset = account * spec.get("offset_s", 0)
        for number, second in enumerate(_seconds(spec, rng)):
            places = {"a": account, "i": number, "d": int(second // 86_400)}
            at = start + timedelta(seconds=offset + second)
            yield {"occurred_at": at, **_typed(spec, places)}


def _seconds(spec: Row, rng: np.random.Generator) -> list[float]:
    """When the exchanges of one account happen, in seconds after the start."""
    if "per_day" not in spec:
        return [number * spec.get("step_s", 60) for number in range(spec.get("repeat", 1))]
    first, last = spec.get("hours", (0, 24))
    per_day = spec["per_day"]
    counts = per_day if isinstance(per_day, list) else [per_day] * spec.get("days", 1)
    moments = [
        day * 86_400 + rng.uniform(first * 3600, last * 3600, count)
        for day, count in enumerate(counts)
    ]
    return sorted(np.concatenate(moments).round(3).tolist())


def _typed(spec: Row, places: Mapping[str, int]) -> dict[str, Any]:
    """The columns of one row, with its places filled in and its moments read."""
    row = {}
    for name, value in spec.items():
        if name in SHAPE:
            continue
        chosen = value[places.get("i", 0) % len(value)] if isinstance(value, list) else value
        row[name] = _value(name, chosen, places)
    return row


def _value(name: str, value: object, places: Mapping[str, int]) -> object:
    if isinstance(value, str) and name.endswith(("_at", "_seen", "_from", "_until")):
        return _moment(value)
    if isinstance(value, str) and name.endswith("_sketch"):
        return value.encode()
    return value.format(**places) if isinstance(value, str) and places else value


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
