"""Envoy's JSON access log, with the names of Envoy's and Istio's default formats."""

from __future__ import annotations

from collections.abc import Iterable

from revenuer.sources.adapters.access_log import (
    FINGERPRINTS,
    came_from,
    cleaned,
    named_as_contract,
    operation_of,
    outcome_of,
    who,
)
from revenuer.sources.adapters.adapter import (
    Found,
    NotAnExchangeError,
    Pseudonyms,
    Record,
    Row,
    first,
    text,
    whole,
)
from revenuer.sources.adapters.harness import harness_of

CLIENT_GONE = frozenset({"DC", "DR"})
UPSTREAM_FLAGS = frozenset({"UF", "UH", "UO", "UC", "UR", "UT", "UPE", "URX", "LH", "NR", "NC"})


class EnvoyAccess:
    """One JSON access log entry a line; metadata only, no text and no tokens."""

    name = "envoy"
    title = "Envoy JSON access log"

    def claims(self, record: Record) -> bool:
        """Whether a record looks like this format."""
        return "response_code" in record and bool(
            record.keys() & {"response_flags", "upstream_host", "upstream_service_time"}
        )

    def read(self, record: Record, pseudonyms: Pseudonyms) -> Iterable[Found]:
        """The exchange in an entry, if its path calls a model."""
        said = cleaned(record)
        operation = operation_of(first(said, "path", "x_envoy_original_path"))
        if operation is None:
            return
        own = first(said, "request_id", "x_request_id")
        if own is None:
            raise NotAnExchangeError("has no request_id")
        agent = said.get("user_agent")
        row: Row = {
            **who(said, pseudonyms),
            **came_from(
                first(said, "downstream_remote_address", "downstream_direct_remote_address"),
                said.get("x_forwarded_for"),
            ),
            "exchange_id": own,
            "request_id": own,
            "occurred_at": first(said, "start_time", "timestamp"),
            "operation": operation,
            "user_agent": agent,
            "harness": harness_of(agent),
            "tls_fingerprint": first(said, *FINGERPRINTS),
            "tls_terminated_by": "envoy" if first(said, *FINGERPRINTS) else None,
            "latency_ms": whole(said.get("duration")),
            **_ending(said),
        }
        yield Found({**row, **named_as_contract(said)}, record)


def _ending(said: Record) -> Row:
    flags = set((text(said.get("response_flags")) or "").split(","))
    status = whole(said.get("response_code"))
    outcome = outcome_of(status)
    if flags & CLIENT_GONE:
        outcome = "client_cancelled"
    elif flags & UPSTREAM_FLAGS:
        outcome = "upstream_error"
    attempt = whole(first(said, "upstream_request_attempt_count", "attempt_count"))
    moved = (attempt or 0) > 1
    return {
        "status": status or None,
        "outcome": outcome,
        "attempt": attempt,
        "routed_by": "gateway" if moved else None,
    }
