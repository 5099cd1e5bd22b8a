"""One exchange as the worker hands it to the recorder, and as the log has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from revenuer.gateway.facts import Asked
from revenuer.gateway.usage import Used, read_usage
from revenuer.guard import Decision, Reason

if TYPE_CHECKING:
    from revenuer.gateway.gate import Ruling
    from revenuer.gateway.tap import Tap


class Entry(NamedTuple):
    """What is known of an exchange once it is over.

    Attributes:
        exchange_id: Its name.
        occurred_us: When it arrived, microseconds since the epoch.
        account_id: As the log names it.
        organization_id: The same.
        api_key_id: A hash of the key.
        end_user_id: A keyed hash.
        operation: Such as `chat`.
        protocol: How it is written.
        asked: What the body asks for.
        address: The client's address.
        asn: As the trusted hop says.
        country: The same.
        tls_fingerprint: The same.
        user_agent: As the client says.
        retries: What the SDK says of its own retries.
        status: Of the answer; 0 where there was none.
        outcome: As the contract spells it; empty where the adapter sees no answer.
        latency_ms: From arrival to the end.
        size: Bytes of the answer's body.
        events: Events of a stream that passed.
        decision: What was decided, without its changes; None where nothing was found.
        head: First bytes of the answer.
        tail: Last bytes of the answer.
        body: The request's body, where the log may read it.
    """

    exchange_id: str
    occurred_us: int
    account_id: str
    organization_id: str | None
    api_key_id: str | None
    end_user_id: str | None
    operation: str
    protocol: str
    asked: Asked
    address: str
    asn: str | None
    country: str | None
    tls_fingerprint: str | None
    user_agent: str | None
    retries: str | None
    status: int
    outcome: str
    latency_ms: int
    size: int
    events: int
    decision: Decision | None
    head: bytes
    tail: bytes
    body: bytes | None = None


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Entry).decode


def packed(
    ruling: Ruling,
    tap: Tap,
    fields: Mapping[bytes, bytes],
    *,
    occurred_us: int,
    latency_ms: int,
    status: int,
    outcome: str,
    address: bytes,
    hops: Sequence[str | None],
    end_user_id: str | None,
    body: bytes | None,
) -> bytes:
    """An exchange as bytes for the recorder; `unpack_entry` makes an `Entry` of them again."""
    known, decision = ruling.known, ruling.decision
    return _pack(
        (
            ruling.exchange_id,
            occurred_us,
            known.account_id,
            known.organization_id,
            known.api_key_id,
            end_user_id,
            ruling.route.operation,
            ruling.route.protocol,
            ruling.asked,
            text_of(address),
            *hops,
            text_of(fields.get(b"user-agent")),
            text_of(fields.get(b"x-stainless-retry-count")),
            status,
            outcome,
            latency_ms,
            tap.size,
            tap.events,
            decision._replace(changes=()) if decision.reason is not Reason.NOTHING else None,
            tap.head(),
            tap.tail(),
            body,
        )
    )


def unpack_entry(data: bytes | memoryview) -> Entry:
    """What `packed` made."""
    return _unpack(data)


def text_of(value: bytes | None) -> str | None:
    """A header's value as text; None without one."""
    return value.decode("utf-8", "replace") if value else None


def columns_of(entry: Entry) -> dict[str, object]:
    """The contract's columns that need no text; what is unknown is left out."""
    used = read_usage(entry.head, entry.tail)
    asked = entry.asked
    at = datetime.fromtimestamp(entry.occurred_us / 1e6, UTC)
    row: dict[str, object] = {
        "exchange_id": entry.exchange_id,
        "occurred_at": at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "account_id": entry.account_id,
        "organization_id": entry.organization_id,
        "api_key_id": entry.api_key_id,
        "channel": "api",
        "operation": entry.operation,
        "model": used.model or asked.model,
        "requested_model": asked.model,
        "request_id": used.request_id,
        "attempt": _attempt(entry.retries),
        "routed_by": "client",
        "client_ip": entry.address or None,
        "asn": _number(entry.asn),
        "country": entry.country,
        "tls_fingerprint": entry.tls_fingerprint,
        "user_agent": entry.user_agent,
        "status": entry.status or None,
        "outcome": entry.outcome or None,
        "latency_ms": entry.latency_ms if entry.outcome else None,
        **_counts(entry, used),
        **_asked(asked),
    }
    if entry.end_user_id is not None:
        row |= {"end_user_id": entry.end_user_id, "end_user_source": asked.end_user_source}
    return {name: value for name, value in row.items() if value is not None}


def _counts(entry: Entry, used: Used) -> Mapping[str, object]:
    broken = entry.outcome in ("client_cancelled", "upstream_error")
    # A server sends a token an event or so; without its own count that is the best there is.
    delivered = used.output_tokens if used.output_tokens is not None else entry.events
    return {
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
        "reasoning_tokens": used.reasoning_tokens,
        "cached_input_tokens": used.cached_input_tokens,
        "delivered_output_tokens": delivered if broken else None,
        "stop_reason": used.stop_reason,
    }


def _asked(asked: Asked) -> Mapping[str, object]:
    return {
        "temperature": asked.temperature,
        "max_output_tokens": asked.max_output_tokens,
        "n": asked.n,
        "logprobs": asked.logprobs,
        "reasoning_effort": asked.reasoning_effort,
        "response_format": asked.response_format,
        "streamed": asked.streamed,
        "message_count": asked.message_count,
        "tool_count": asked.tool_count,
    }


def _attempt(retries: str | None) -> int | None:
    number = _number(retries)
    return None if number is None else number + 1


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
