"""The exchange table: the contract's columns that worlds fill, and the truth beside them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

TIME = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    [
        ("exchange_id", pa.string()),
        ("occurred_at", TIME),
        ("account_id", pa.string()),
        ("organization_id", pa.string()),
        ("project_id", pa.string()),
        ("api_key_id", pa.string()),
        ("end_user_id", pa.string()),
        ("end_user_source", pa.string()),
        ("channel", pa.string()),
        ("region", pa.string()),
        ("operation", pa.string()),
        ("model", pa.string()),
        ("requested_model", pa.string()),
        ("request_id", pa.string()),
        ("attempt", pa.int32()),
        ("routed_by", pa.string()),
        ("task_id", pa.string()),
        ("parent_exchange_id", pa.string()),
        ("turn_kind", pa.string()),
        ("harness", pa.string()),
        ("batch_id", pa.string()),
        ("submitted_at", TIME),
        ("client_ip", pa.string()),
        ("client_ip_source", pa.string()),
        ("asn", pa.int64()),
        ("country", pa.string()),
        ("tls_fingerprint", pa.string()),
        ("tls_terminated_by", pa.string()),
        ("user_agent", pa.string()),
        ("input_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("reasoning_tokens", pa.int64()),
        ("cached_input_tokens", pa.int64()),
        ("delivered_output_tokens", pa.int64()),
        ("temperature", pa.float64()),
        ("max_output_tokens", pa.int64()),
        ("n", pa.int32()),
        ("logprobs", pa.bool_()),
        ("reasoning_effort", pa.string()),
        ("response_format", pa.string()),
        ("streamed", pa.bool_()),
        ("message_count", pa.int32()),
        ("tool_count", pa.int32()),
        ("status", pa.int32()),
        ("outcome", pa.string()),
        ("stop_reason", pa.string()),
        ("latency_ms", pa.int64()),
        ("response_cache_hit", pa.bool_()),
        ("session_id", pa.string()),
        ("system_prompt", pa.string()),
        ("prompt", pa.string()),
        ("response", pa.string()),
        ("reasoning_signature", pa.string()),
        ("issued_reasoning_signature", pa.string()),
        ("data_policy", pa.string()),
    ]
)
CAMPAIGN = "campaign"
"""Column of the campaign whose own exchange a row is; it goes to the truth, not the logs."""

TRUTH_SCHEMA = SCHEMA.append(pa.field(CAMPAIGN, pa.string()))
TEXT_COLUMNS = ("system_prompt", "prompt", "response")


def complete(columns: dict[str, pa.Array], count: int) -> pa.Table:
    """A table with every column; what is not given is null."""
    arrays = []
    for field in TRUTH_SCHEMA:
        given = columns.get(field.name)
        if given is None:
            arrays.append(pa.nulls(count, field.type))
        else:
            arrays.append(given if given.type == field.type else given.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=TRUTH_SCHEMA)


def account_values(values: NDArray[np.object_], kind: pa.DataType) -> pa.Array:
    """A value an account, None for unknown."""
    return pa.array(values.tolist(), type=kind)


def token_counts(texts: pa.StringArray) -> NDArray[np.int64]:
    """Tokens of texts: one in four bytes of most scripts, a rule of thumb."""
    return np.asarray(pc.fill_null(pc.binary_length(texts), 0)).astype(np.int64) // 4 + 3


def sort_by_time(table: pa.Table) -> pa.Table:
    """Rows in order of time; ties by id, so that the order is the same everywhere."""
    keys = [("occurred_at", "ascending"), ("exchange_id", "ascending")]
    return table.take(pc.sort_indices(table, sort_keys=keys))
