"""What stands around a logged request and its answer: who, when, from where, how it ended."""

from __future__ import annotations

from revenuer.sources.adapters.adapter import (
    NotAnExchangeError,
    Pseudonyms,
    Record,
    Row,
    first,
    mapping,
    real,
    text,
    whole,
)
from revenuer.sources.adapters.harness import harness_of
from revenuer.sources.columns import EXCHANGES

REQUEST = ("request", "request_body", "body", "input")
RESPONSE = ("response", "response_body", "output")
TIMES = ("timestamp", "time", "ts", "created_at", "started_at", "start_time", "request_time")
ACCOUNTS = ("account", "customer_id", "user_id", "tenant_id", "tenant")
KEYS = ("api_key", "authorization", "x-api-key", "x_api_key")
HASHED_KEYS = ("api_key_hash", "key_hash", "api_key_id", "key_id")
ADDRESSES = ("ip", "remote_addr", "client_addr", "requester_ip_address", "x_forwarded_for")


def request_of(record: Record) -> Record:
    """The request's body; empty if there is none."""
    return _body(first(record, *REQUEST))


def response_of(record: Record) -> Record:
    """The answer's body; empty if there is none."""
    return _body(first(record, *RESPONSE))


def _body(value: object) -> Record:
    outer = mapping(value)
    return mapping(outer["body"]) if isinstance(outer.get("body"), dict) else outer


def envelope(record: Record, pseudonyms: Pseudonyms) -> Row:
    """Columns from the keys beside `request` and `response`.

    A key that has a contract column's name is taken as it is.
    """
    row: Row = {name: record[name] for name in EXCHANGES.types if name in record}
    _fill(row, "occurred_at", first(record, *TIMES))
    key = key_of(record, pseudonyms)
    _fill(row, "api_key_id", key)
    _fill(row, "account_id", first(record, *ACCOUNTS) or row.get("api_key_id"))
    _fill(row, "organization_id", first(record, "organization", "org_id"))
    _fill(row, "project_id", record.get("project"))
    _fill(row, "client_ip", _address(first(record, *ADDRESSES)))
    headers = _headers(record)
    _fill(row, "user_agent", headers.get("user-agent"))
    _fill(row, "harness", harness_of(row.get("user_agent")))
    _fill(row, "latency_ms", _latency(record))
    _fill(row, "status", whole(first(record, "status_code")) or _status(record))
    _fill(row, "attempt", _attempt(headers))
    row["outcome"] = row.get("outcome") or _outcome(record, row)
    return row


def _fill(row: Row, column: str, value: object) -> None:
    if row.get(column) is None and value is not None:
        row[column] = value


def _headers(record: Record) -> Record:
    outer = mapping(first(record, "headers", "request_headers"))
    inner = mapping(mapping(record.get("request")).get("headers"))
    return {str(name).lower(): value for name, value in {**outer, **inner}.items()}


def key_of(record: Record, pseudonyms: Pseudonyms) -> str | None:
    """The API key's hash: as it was logged, or made here from the key itself."""
    hashed = text(first(record, *HASHED_KEYS))
    if hashed is not None:
        return hashed
    secret = text(first({**_headers(record), **record}, *KEYS))
    return pseudonyms.secret(secret) if secret is not None else None


def _address(value: object) -> str | None:
    words = text(value)
    return words.split(",")[0].strip() if words else None


def _latency(record: Record) -> int | None:
    milliseconds = real(first(record, "duration_ms", "response_time_ms", "latency"))
    return round(milliseconds) if milliseconds is not None else None


def _attempt(headers: Record) -> int | None:
    # The OpenAI and Anthropic clients number their own retries from 0.
    retries = whole(headers.get("x-stainless-retry-count"))
    return retries + 1 if retries is not None else None


def _status(record: Record) -> int | None:
    return whole(mapping(first(record, *RESPONSE)).get("status_code"))


def _outcome(record: Record, row: Row) -> str | None:
    if record.get("aborted") is True or record.get("client_cancelled") is True:
        return "client_cancelled"
    status = whole(row.get("status"))
    if status is not None and status >= 400:
        return "client_cancelled" if status == 499 else "upstream_error"
    if record.get("error") or mapping(response_of(record)).get("error"):
        return "upstream_error"
    return "complete" if response_of(record) else None


def identify(row: Row, *candidates: object) -> None:
    """Give the exchange an id: the envelope's, or the first of these.

    Raises:
        NotAnExchangeError: There is none.
    """
    for candidate in (row.get("exchange_id"), *candidates, row.get("request_id")):
        if candidate:
            row["exchange_id"] = candidate
            return
    raise NotAnExchangeError("has no id: neither the answer nor the envelope names one")


def end_user(row: Row, name: object, source: str, pseudonyms: Pseudonyms) -> None:
    """Record a self-declared end user under a keyed hash."""
    words = text(name)
    if words is not None and row.get("end_user_id") is None:
        row["end_user_id"] = pseudonyms.person(words)
        row["end_user_source"] = source
