"""The contract's tables: their columns, Arrow types and required columns."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pyarrow as pa

STRING = pa.string()
INT32 = pa.int32()
INT64 = pa.int64()
FLOAT64 = pa.float64()
BOOL = pa.bool_()
BINARY = pa.binary()
STRINGS = pa.list_(pa.string())
TIMESTAMP = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table of the contract.

    Attributes:
        name: `exchanges`, `accounts`, `account_links` or `permits`.
        types: Arrow type of each column, in the contract's order.
        required: Columns without which a row says nothing.
        key: Column that names a row once; None where rows may repeat.
        either: Columns of which a row needs at least one.
    """

    name: str
    types: Mapping[str, pa.DataType]
    required: tuple[str, ...]
    key: str | None = None
    either: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """The table's Arrow schema."""
        return pa.schema(list(self.types.items()))


def _shape(
    name: str,
    columns: Iterable[tuple[pa.DataType, str]],
    required: tuple[str, ...],
    key: str | None = None,
    either: tuple[str, ...] = (),
) -> TableShape:
    types = {column: kind for kind, names in columns for column in names.split()}
    return TableShape(name, MappingProxyType(types), required, key, either)


EXCHANGES = _shape(
    "exchanges",
    (
        (STRING, "exchange_id"),
        (TIMESTAMP, "occurred_at"),
        (STRING, "account_id"),
        (INT64, "clock_error_ms"),
        (STRING, "organization_id project_id api_key_id reseller_id end_user_id end_user_source"),
        (STRING, "channel region operation model requested_model request_id"),
        (INT32, "attempt"),
        (STRING, "routed_by task_id parent_exchange_id turn_kind harness batch_id"),
        (TIMESTAMP, "submitted_at"),
        (STRING, "client_ip client_ip_source"),
        (INT64, "asn"),
        (STRING, "country tls_fingerprint tls_terminated_by user_agent"),
        (INT64, "input_tokens output_tokens reasoning_tokens cached_input_tokens"),
        (INT64, "delivered_output_tokens"),
        (FLOAT64, "temperature"),
        (INT64, "max_output_tokens"),
        (INT32, "n"),
        (BOOL, "logprobs"),
        (STRING, "reasoning_effort response_format"),
        (BOOL, "streamed"),
        (INT32, "message_count tool_count"),
        (STRINGS, "modalities"),
        (INT32, "status"),
        (STRING, "outcome stop_reason"),
        (INT64, "latency_ms"),
        (BOOL, "response_cache_hit"),
        (STRING, "session_id system_prompt prompt response"),
        (BINARY, "prompt_sketch system_prompt_sketch"),
        (STRING, "sketch_key_id reasoning_signature issued_reasoning_signature data_policy"),
        (STRING, "countermeasures"),
    ),
    required=("exchange_id", "occurred_at", "account_id"),
    key="exchange_id",
)

ACCOUNTS = _shape(
    "accounts",
    (
        (STRING, "account_id organization_id"),
        (TIMESTAMP, "created_at"),
        (STRING, "plan programme country email_domain"),
        (STRING, "payment_fingerprint phone_fingerprint device_fingerprint signup_ip"),
        (INT64, "signup_asn"),
        (STRING, "verification status"),
        (TIMESTAMP, "suspended_at closed_at"),
        (STRING, "parent_account_id"),
        (INT64, "plan_tokens_per_day"),
        (STRING, "payment_kind"),
    ),
    required=("account_id",),
    key="account_id",
)

ACCOUNT_LINKS = _shape(
    "account_links",
    ((STRING, "account_id kind value"), (TIMESTAMP, "first_seen last_seen")),
    required=("account_id", "kind", "value"),
)

PERMITS = _shape(
    "permits",
    (
        (STRING, "account_id organization_id purpose"),
        (TIMESTAMP, "valid_from valid_until"),
        (INT64, "max_exchanges max_tokens"),
        (STRINGS, "models"),
    ),
    required=("purpose", "valid_from", "valid_until"),
    either=("account_id", "organization_id"),
)

SHAPES: Mapping[str, TableShape] = MappingProxyType(
    {shape.name: shape for shape in (EXCHANGES, ACCOUNTS, ACCOUNT_LINKS, PERMITS)}
)

COUNTS = frozenset(
    [
        "input_tokens",
        "output_tokens",
        "reasoning_tokens",
        "cached_input_tokens",
        "delivered_output_tokens",
        "max_output_tokens",
        "n",
        "message_count",
        "tool_count",
        "attempt",
        "latency_ms",
        "asn",
        "signup_asn",
        "plan_tokens_per_day",
        "max_exchanges",
        "max_tokens",
    ]
)
"""Integer columns that are never negative: some tables write -1 for unknown."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that `name` was probably meant to be; empty if none is close.

    Examples:
        >>> nearest("acount_id", EXCHANGES.types)
        'account_id'
    """
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return close[0] if close else ""
