"""One exchange as the worker hands it to the recorder."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from revenuer.gateway.facts import Asked
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
_unpack = msgspec.msgpack.Decoder(list[Entry]).decode
_LIST = struct.Struct(">BI")
_LIST_OF = 0xDD
"""MessagePack's mark of a list whose length follows in four bytes."""


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
    """An exchange as bytes for the recorder."""
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


def batch_head(rows: int) -> bytes:
    """What comes before so many packed rows, to be unpacked at once."""
    return _LIST.pack(_LIST_OF, rows)


def unpack_entries(batch: bytes | memoryview) -> list[Entry]:
    """The exchanges of a batch: its head, then what `packed` made of each."""
    return _unpack(batch)


def text_of(value: bytes | None) -> str | None:
    """A header's value as text; None without one."""
    return value.decode("utf-8", "replace") if value else None
