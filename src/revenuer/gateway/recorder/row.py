"""One exchange as the worker hands it to the recorder."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from revenuer.gateway.facts import Asked
from revenuer.guard import Decision, Reason

if TYPE_CHECKING:
    from revenuer.gateway.ruling import Ruling
    from revenuer.gateway.tap import Tap


class Entry(NamedTuple):
    """What is known of an exchange once it is over.

    Attributes:
        account_id: As the log names it.
        organization_id: The same.
        api_key_id: A hash of the key.
        operation: Such as `chat`.
        protocol: How it is written.
        address: The client's address.
        asn: As the trusted hop says.
        country: The same.
        tls_fingerprint: The same.
        user_agent: As the client says.
        retries: What the SDK says of its own retries.
        exchange_id: Its name.
        occurred_us: When it arrived, microseconds since the epoch.
        end_user_id: A keyed hash.
        asked: What the body asks for.
        status: Of the answer; 0 where there was none.
        outcome: As the contract spells it; empty where the adapter sees no answer.
        latency_ms: From arrival to the end.
        size: Bytes of the answer's body.
        events: Events of a stream that passed.
        decision: What was decided, without its changes, and of the countermeasures those that
            changed something; None where nothing was found.
        head: First bytes of the answer.
        tail: Last bytes of the answer.
        body: The request's body, where the log may read it.
    """

    account_id: str
    organization_id: str | None
    api_key_id: str | None
    operation: str
    protocol: str
    address: str
    asn: str | None
    country: str | None
    tls_fingerprint: str | None
    user_agent: str | None
    retries: str | None
    exchange_id: str
    occurred_us: int
    end_user_id: str | None
    asked: Asked
    status: int
    outcome: str
    latency_ms: int
    size: int
    events: int
    decision: Decision | None
    head: bytes
    tail: bytes
    body: bytes | None = None


Said = tuple[str | bytes | None, ...]
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Entry]).decode
_LIST, _LIST_OF = struct.Struct(">BI"), 0xDD
_SHORT_LIST, _SHORT_LIST_OF = struct.Struct(">BH"), 0xDC
"""MessagePack's marks of lists whose length follows in four and in two bytes. One of fewer than
sixteen has a mark of one byte with the length in it."""
_NOTHING = Reason.NOTHING


def packed_head(said: Said) -> bytes:
    """The first part of an exchange: what is the same for all requests with the same head.

    Args:
        said: The values of `Entry` from its first to the one before `exchange_id`; what is
            bytes here is text there.
    """
    values = [text_of(value) if isinstance(value, bytes) else value for value in said]
    # The mark of the whole list instead of that of this part of it.
    return _SHORT_LIST.pack(_SHORT_LIST_OF, len(Entry._fields)) + _pack(values)[1:]


def packed(
    head: bytes,
    ruling: Ruling,
    tap: Tap,
    *,
    occurred_us: int,
    latency_ms: int,
    status: int,
    outcome: str,
    end_user_id: str | None,
    body: bytes | None,
) -> bytes:
    """An exchange as bytes for the recorder.

    Args:
        head: What `packed_head` gave.
        ruling: What was done with the request.
        tap: What was kept of the answer.
        occurred_us: See `Entry`, as the others.
        latency_ms: The same.
        status: The same.
        outcome: The same.
        end_user_id: The same.
        body: The same.
    """
    decision, treatment = ruling.decision, ruling.treatment
    acted = () if treatment is None else tuple(treatment.acted)
    told = None
    if decision.reason is not _NOTHING:
        told = decision._replace(changes=(), countermeasures=acted)
    rest = _pack(
        (
            ruling.exchange_id,
            occurred_us,
            end_user_id,
            ruling.asked,
            status,
            outcome,
            latency_ms,
            tap.size,
            tap.events,
            told,
            tap.head(),
            tap.tail(),
            body,
        )
    )
    return head + rest[1:]


def batch_head(rows: int) -> bytes:
    """What comes before so many packed rows, to be unpacked at once."""
    return _LIST.pack(_LIST_OF, rows)


def unpack_entries(batch: bytes | memoryview) -> list[Entry]:
    """The exchanges of a batch: its head, then what `packed` made of each."""
    return _unpack(batch)


def text_of(value: bytes | None) -> str | None:
    """A header's value as text; None without one."""
    return value.decode("utf-8", "replace") if value else None
