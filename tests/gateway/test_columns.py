"""Rows of the log: the contract's columns, out of what a worker hands over."""

from __future__ import annotations

from typing import Any

import msgspec

from guard_load.shapes import body_of, chat_answer, chat_stream
from revenuer.gateway.facts import read_facts
from revenuer.gateway.identity import Known
from revenuer.gateway.recorder.columns import Columns, as_mapping, columns_of
from revenuer.gateway.recorder.row import Entry, batch_head, packed, packed_head, unpack_entries
from revenuer.gateway.routes import route_of
from revenuer.gateway.ruling import Ruling
from revenuer.gateway.tap import Tap
from revenuer.guard import Caller
from revenuer.guard.decision import NOTHING
from revenuer.sources.columns import EXCHANGES

CHAT = "/v1/chat/completions"
SECOND_US = 1_700_000_000_000_000


def row_bytes(
    answer: bytes, exchange_id: str = "e-1", address: bytes = b"192.0.2.1", **more: Any
) -> bytes:
    route = route_of(b"POST", CHAT.encode())
    _, asked = read_facts(route.protocol, body_of(CHAT, stream=False))
    known = Known(Caller(bytes(16)), "account", None, "key-1")
    tap = Tap()
    tap.take(answer)
    said: dict[str, Any] = {
        "occurred_us": SECOND_US + 123_456,
        "latency_ms": 3,
        "status": 200,
        "outcome": "complete",
        "end_user_id": None,
        "body": None,
    }
    who = ("account", None, "key-1", route.operation, route.protocol, address)
    head = packed_head((*who, b"64500", None, None, b"sdk/1", b"2"))
    ruling = Ruling(NOTHING, known, route, asked, exchange_id)
    return packed(head, ruling, tap, **said | more)


def entry_of(answer: bytes, **more: Any) -> Entry:
    (entry,) = unpack_entries(batch_head(1) + row_bytes(answer, **more))
    return entry


def test_every_column_is_one_of_the_contracts() -> None:
    assert set(Columns.__struct_fields__) <= set(EXCHANGES.types)


def test_clients_without_an_address_do_not_share_one() -> None:
    assert columns_of(entry_of(chat_answer(7))).client_ip == "192.0.2.1"
    assert columns_of(entry_of(chat_answer(7), address=b"unknown")).client_ip is None


def test_what_is_unknown_is_not_written() -> None:
    row = columns_of(entry_of(chat_answer(7)))
    written = msgspec.json.decode(msgspec.json.encode(row))
    assert None not in written.values()
    assert written.keys() == as_mapping(row).keys()
    assert written["occurred_at"] == "2023-11-14T22:13:20.123456Z"
    assert (written["input_tokens"], written["output_tokens"]) == (187 - 7, 7)
    assert (written["attempt"], written["asn"], written["data_policy"]) == (3, 64500, "metadata")
    assert "organization_id" not in written
    assert "delivered_output_tokens" not in written


def test_a_broken_stream_says_how_much_was_delivered() -> None:
    row = columns_of(entry_of(chat_stream(9)[:-200], outcome="client_cancelled"))
    assert row.output_tokens is None
    assert row.delivered_output_tokens == 9


def test_a_batch_is_unpacked_row_by_row() -> None:
    rows = [row_bytes(chat_answer(), exchange_id=f"e-{place}") for place in range(300)]
    entries = unpack_entries(batch_head(300) + b"".join(rows))
    assert [entry.exchange_id for entry in entries] == [f"e-{place}" for place in range(300)]
