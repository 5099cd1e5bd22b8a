"""nginx's access log with a JSON `log_format`, its fields named as nginx's variables."""

from __future__ import annotations

import re
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
    epoch,
    first,
    real,
    text,
    whole,
)
from revenuer.sources.adapters.harness import harness_of

SERVERS = re.compile(r"\s*[,:]\s+")


class NginxAccess:
    """One JSON access log entry a line; metadata only, no text and no tokens."""

    name = "nginx"
    title = "nginx JSON access log"

    def claims(self, record: Record) -> bool:
        """Whether a record looks like this format."""
        return bool(record.keys() & {"time_iso8601", "msec", "time_local"}) and bool(
            record.keys() & {"request_uri", "request", "uri"}
        )

    def read(self, record: Record, pseudonyms: Pseudonyms) -> Iterable[Found]:
        """The exchange in an entry, if its path calls a model."""
        said = cleaned(record)
        operation = operation_of(first(said, "request_uri", "uri") or _path(said.get("request")))
        if operation is None:
            return
        own = first(said, "request_id", "http_x_request_id")
        if own is None:
            raise NotAnExchangeError("has no request_id; add $request_id to the log_format")
        agent = first(said, "http_user_agent", "user_agent")
        seconds = real(said.get("request_time"))
        row: Row = {
            **who(said, pseudonyms),
            **came_from(said.get("remote_addr"), said.get("http_x_forwarded_for")),
            "exchange_id": own,
            "request_id": own,
            "occurred_at": _began(said, seconds),
            "operation": operation,
            "user_agent": agent,
            "harness": harness_of(agent),
            "tls_fingerprint": first(said, *FINGERPRINTS),
            "tls_terminated_by": "nginx" if first(said, *FINGERPRINTS) else None,
            "latency_ms": round(seconds * 1000) if seconds is not None else None,
            "response_cache_hit": _from_cache(said),
            **_ending(said),
        }
        yield Found({**row, **named_as_contract(said)}, record)


def _path(request: object) -> str | None:
    parts = (text(request) or "").split(" ")
    return parts[1] if len(parts) > 1 else None


def _began(said: Record, seconds: float | None) -> object:
    """When the request arrived: nginx writes its line, and `msec`, when it has been answered."""
    ended = real(said.get("msec"))
    if ended is not None:
        return epoch(ended - (seconds or 0.0))
    return said.get("time_iso8601")


def _from_cache(said: Record) -> bool | None:
    status = text(said.get("upstream_cache_status"))
    return None if status is None else status == "HIT"


def _ending(said: Record) -> Row:
    status = whole(said.get("status"))
    tried = (
        len(SERVERS.split(text(said.get("upstream_addr")) or ""))
        if "upstream_addr" in said
        else None
    )
    return {
        "status": status,
        "outcome": outcome_of(status),
        "attempt": tried,
        "routed_by": "gateway" if (tried or 0) > 1 else None,
    }
