"""Answers while their blocks are bound: the same bytes, however they come in pieces."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.enforcement.reasoning_keys import reasoning_binder_at
from revenuer.errors import ConfigError
from revenuer.gateway.asgi_changing import ChangingSend
from revenuer.gateway.bindings import Bindings
from revenuer.gateway.config import GatewayConfig, Identity, Reasoning
from revenuer.gateway.gate import Gate
from revenuer.gateway.identity import Identities
from revenuer.gateway.proxy.answers import AnswerHead
from revenuer.gateway.proxy.exchange import Exchange
from revenuer.gateway.proxy.heads import Head, check_head
from revenuer.gateway.proxy.repeats import seen_answer
from revenuer.gateway.proxy.upstream import Upstream
from revenuer.gateway.start import load_binder
from revenuer.guard import Action, Fingerprinter, Guard, Policy, Protocol
from revenuer.guard.policy import Mode, Replayed
from revenuer.guard.reasoning import ReasoningBinder, detach

NOW = 1_000_000.0
SECRET = bytes(32)
BINDER = ReasoningBinder({1: b"k" * 32}, current=1)
REQUEST = {"model": "m", "max_tokens": 9, "messages": []}
FIELDS = {b"authorization": b"Bearer k1"}
BLOCK = {"type": "thinking", "thinking": "so", "signature": "EqoB"}
WHOLE = json.dumps({"type": "message", "content": [BLOCK, {"type": "text"}]}, indent=2).encode()
EVENTS = "".join(
    f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
    for event in (
        {"type": "message_start", "message": {"content": []}},
        {
            "type": "content_block_delta",
            "delta": {"type": "thinking_delta", "thinking": "\u00e9 \u2028 signature"},
        },
        {"type": "content_block_delta", "delta": {"type": "signature_delta", "signature": "EqoB"}},
        {"type": "message_stop"},
    )
).encode()
KINDS = {"application/json": WHOLE, "text/event-stream; charset=utf-8": EVENTS}


def gate_of(policy: Policy | None = None, **settings: Any) -> Gate:
    policy = policy or Policy()
    names = Fingerprinter(SECRET)
    bindings = Bindings(BINDER, policy, Reasoning(bind=True, **settings), lambda: NOW)
    identities = Identities(Identity(), names, SECRET, raw_ids=False)
    return Gate(Guard(policy, names), identities, lambda: NOW, bindings)


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(places)]


CUTS = st.lists(st.integers(0, 10**4), max_size=12)
KIND = st.sampled_from(sorted(KINDS))


def ruled(gate: Gate, body: dict[str, Any] | bytes, path: bytes = b"/v1/messages") -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return gate.rule(b"POST", path, FIELDS, sent, b"127.0.0.1")


# --- the middleware ----------------------------------------------------------------------


def through_asgi(
    kind: str, pieces: list[bytes], **settings: Any
) -> tuple[dict[bytes, bytes], bytes]:
    """Headers and body as the server is given them."""
    gate = gate_of(**settings)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        ruling = ruled(gate, REQUEST)
        assert ruling.binding is not None
        bound = ChangingSend(send, gate, ruling)
        length = b"%d" % sum(map(len, pieces))
        headers = [(b"content-type", kind.encode()), (b"content-length", length)]
        await bound.send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in pieces:
            await bound.send({"type": "http.response.body", "body": piece, "more_body": True})
        await bound.send({"type": "http.response.body"})

    asyncio.run(run())
    start, *bodies = sent
    assert start["type"] == "http.response.start"
    assert [message.get("more_body", False) for message in bodies].count(False) == 1
    return dict(start["headers"]), b"".join(message["body"] for message in bodies)


@given(kind=KIND, cuts=CUTS)
def test_the_middleware_binds_alike_however_an_answer_is_cut(kind: str, cuts: list[int]) -> None:
    headers, body = through_asgi(kind, pieces_of(KINDS[kind], cuts))
    assert body == through_asgi(kind, [KINDS[kind]])[1]
    assert b"~rvn~" in body
    if b"content-length" in headers:
        assert int(headers[b"content-length"]) == len(body)
    assert (b"content-length" in headers) is (kind == "application/json")


def test_a_body_that_is_a_files_name_passes() -> None:
    gate = gate_of()
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        bound = ChangingSend(send, gate, ruled(gate, REQUEST))
        headers = [(b"content-type", b"application/json"), (b"content-length", b"5")]
        await bound.send({"type": "http.response.start", "status": 200, "headers": headers})
        await bound.send({"type": "http.response.pathsend", "path": "/x"})

    asyncio.run(run())
    assert [message["type"] for message in sent] == [
        "http.response.start",
        "http.response.pathsend",
    ]
    assert (b"content-length", b"5") in sent[0]["headers"]


# --- the proxy ---------------------------------------------------------------------------


class Side:
    """What the upstream's side sees of a client's connection."""

    def __init__(self, gate: Gate) -> None:
        self.written: list[bytes] = []
        self.transport = SimpleNamespace(write=self.written.append)
        self.service = SimpleNamespace(gate=gate)
        self.end_after = False
        self.done: list[str] = []

    def now(self) -> float:
        return 1.0

    def ends(self, exchange: Exchange) -> bool:
        return self.end_after

    def finished(self, exchange: Exchange) -> None:
        self.done.append("finished")

    def broken(self, exchange: Exchange, wrong: Any) -> None:
        self.done.append(wrong.code)


class Answered:
    """An answer as a client's parser reads it."""

    def __init__(self, data: bytes) -> None:
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self.complete = False
        httptools.HttpResponseParser(self).feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name] = value

    def on_body(self, piece: bytes) -> None:
        self.body += piece

    def on_message_complete(self) -> None:
        self.complete = True


def framed(kind: str, body: bytes, framing: str, cuts: list[int]) -> bytes:
    """An upstream's answer on the wire."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n"
    if framing == "length":
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    if framing == "close":
        return f"{head}\r\n".encode() + body
    chunks = b"".join(
        b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces_of(body, cuts) if piece
    )
    return f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks + b"0\r\n\r\n"


def through_proxy(
    pieces: list[bytes], *, closes: bool = False, known: AnswerHead | None = None, **settings: Any
) -> Side:
    gate = gate_of(**settings)
    head = Head(b"POST", b"/v1/messages", "1.1", [(b"Host", b"h")])
    assert check_head(head) is None
    exchange = Exchange(head, 0, 0.0, 0.0)
    exchange.whole = True
    exchange.ruling = ruled(gate, REQUEST)
    client: Any = Side(gate)
    pool: Any = SimpleNamespace(put=lambda _: None, forget=lambda _: None, heads=[known, None])
    upstream = Upstream(pool)
    transport: Any = SimpleNamespace(
        write=lambda _: None,
        close=lambda: None,
        abort=lambda: client.done.append("aborted"),
        is_closing=lambda: False,
        resume_reading=lambda: None,
    )
    upstream.connection_made(transport)
    upstream.carry(client, exchange, b"")
    for piece in pieces:
        upstream.data_received(piece)
    if closes:
        upstream.connection_lost(None)
    side: Side = client
    return side


@given(kind=KIND, framing=st.sampled_from(["length", "chunked", "close"]), cuts=CUTS, more=CUTS)
def test_the_proxy_binds_alike_however_an_answer_is_cut(
    kind: str, framing: str, cuts: list[int], more: list[int]
) -> None:
    closes = framing == "close"
    data = framed(kind, KINDS[kind], framing, more)
    client = through_proxy(pieces_of(data, cuts), closes=closes)
    assert client.done == ["finished"]
    answer = Answered(b"".join(client.written))
    assert answer.complete
    assert answer.body == through_asgi(kind, [KINDS[kind]])[1]
    assert (b"content-length" in answer.headers) is (kind == "application/json")


@given(cuts=CUTS)
def test_an_answer_that_was_too_long_to_hold_keeps_its_length(cuts: list[int]) -> None:
    long = WHOLE + b" " * 2000
    data = framed("application/json", long, "length", [])
    client = through_proxy(pieces_of(data, cuts), held_bytes=1024)
    answer = Answered(b"".join(client.written))
    assert (answer.body, answer.headers[b"content-length"]) == (long, b"%d" % len(long))


def test_an_answer_whose_head_came_before_is_bound_all_the_same() -> None:
    data = framed("application/json", WHOLE, "length", [])
    headers = [(b"content-type", b"application/json")]
    known = AnswerHead(200, b"OK", headers)
    known.seen = seen_answer(data, 200, b"OK", headers)
    assert known.seen is not None
    answer = Answered(b"".join(through_proxy([data], known=known).written))
    assert answer.body == through_asgi("application/json", [WHOLE])[1] != WHOLE


def test_an_upstream_that_breaks_off_what_is_held_is_a_bad_gateway() -> None:
    data = framed("application/json", WHOLE, "length", [])
    client = through_proxy([data[:-20]], closes=True)
    assert client.written == []
    assert client.done == ["upstream_broke"]


# --- requests ----------------------------------------------------------------------------


def bound_block(gate: Gate) -> dict[str, Any]:
    """A block as a caller was given it."""
    assert gate.bindings is not None
    held = gate.bindings.answer(
        ruled(gate, REQUEST).binding, 200, [(b"content-type", b"application/json")]
    )
    assert held is not None
    block: dict[str, Any] = json.loads(held.feed(WHOLE) + held.close())["content"][0]
    assert detach(block["signature"])[1]
    return block


def replaying(block: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**REQUEST, "messages": [{"role": "assistant", "content": [block]}], **more}


def test_a_body_is_written_anew_only_where_a_binding_came_off() -> None:
    gate = gate_of()
    block = bound_block(gate)
    taken = ruled(gate, replaying(block))
    assert json.loads(taken.body)["messages"][0]["content"] == [BLOCK]
    assert ruled(gate, replaying(BLOCK)).body is None
    assert ruled(gate, {**REQUEST, "system": "signature"}).body is None


def test_what_the_policy_changes_is_changed_in_what_is_left() -> None:
    block = bound_block(gate_of())
    foreign = Replayed(foreign=Action.REDUCE)
    gate = gate_of(Policy(mode=Mode.ENFORCE, replayed=foreign))
    other = {b"authorization": b"Bearer k2"}
    body = json.dumps(replaying(block, max_tokens=99_999)).encode()
    ruling = gate.rule(b"POST", b"/v1/messages", other, body, b"127.0.0.1")
    assert ruling.decision.evidence_id == "reasoning--foreign"
    assert ruling.body is not None
    sent = json.loads(ruling.body)
    assert (sent["max_tokens"], sent["messages"][0]["content"]) == (1024, [BLOCK])


def test_shadow_mode_binds_and_only_watches() -> None:
    block = bound_block(gate_of())
    gate = gate_of(Policy(replayed=Replayed(foreign=Action.BLOCK)))
    other = {b"authorization": b"Bearer k2"}
    body = json.dumps(replaying(block)).encode()
    ruling = gate.rule(b"POST", b"/v1/messages", other, body, b"127.0.0.1")
    assert ruling.answer is None
    assert (ruling.decision.would_be, ruling.decision.passes) == (Action.BLOCK, True)
    assert ruling.body is not None
    assert b"~rvn~" not in ruling.body


def test_an_end_takes_bindings_off_and_makes_none() -> None:
    block = bound_block(gate_of())
    ruling = ruled(gate_of(ending=True), replaying(block))
    assert json.loads(ruling.body)["messages"][0]["content"] == [BLOCK]
    assert ruling.binding is None


def test_keys_spelled_with_escapes_are_no_way_around() -> None:
    policy = Policy(mode=Mode.ENFORCE, replayed=Replayed(unbound=Action.BLOCK))
    body = json.dumps(replaying(BLOCK)).replace('"signature"', '"\\u0073ignature"').encode()
    assert ruled(gate_of(policy), body).answer is not None


def test_half_a_surrogate_pair_is_no_way_around() -> None:
    policy = Policy(mode=Mode.ENFORCE, replayed=Replayed(unbound=Action.BLOCK))
    body = json.dumps(replaying(BLOCK, metadata={"user_id": "\ud800"})).encode()
    assert ruled(gate_of(policy), body).answer is not None
    block = bound_block(gate_of())
    body = json.dumps(replaying(block, metadata={"user_id": "\ud800"})).encode()
    taken = ruled(gate_of(), body)
    assert json.loads(taken.body) == replaying(BLOCK, metadata={"user_id": "\ud800"})


@pytest.mark.parametrize("body", [b"~rvn~", b'["~rvn~"]', b'{"signature": 1e400}', b"[" * 100_000])
def test_what_is_no_request_passes_as_it_came(body: bytes) -> None:
    gate = gate_of()
    ruling = ruled(gate, body)
    assert (ruling.answer, ruling.body, gate.counts.failures) == (None, None, 0)


def test_a_refused_request_has_no_binding_and_a_chat_has_none() -> None:
    policy = Policy(mode=Mode.ENFORCE, replayed=Replayed(unbound=Action.BLOCK))
    assert ruled(gate_of(policy), replaying(BLOCK)).binding is None
    assert ruled(gate_of(), REQUEST, b"/v1/chat/completions").binding is None
    assert ruled(gate_of(), REQUEST).binding is not None


def test_who_compresses_requests_is_given_no_bindings_to_send_back() -> None:
    fields = {**FIELDS, b"content-encoding": b"gzip"}
    ruling = gate_of().rule(b"POST", b"/v1/messages", fields, b"\x1f\x8b", b"127.0.0.1")
    assert (ruling.answer, ruling.body, ruling.binding) == (None, None, None)


# --- keys --------------------------------------------------------------------------------


def test_keys_are_made_once_and_the_last_one_binds(tmp_path: Any) -> None:
    file = tmp_path / "reasoning.keys"
    first = reasoning_binder_at(file)
    assert file.stat().st_mode & 0o077 == 0
    caller = gate_of().identities.of(FIELDS, b"")[0].caller
    old = first.bind(b"block", caller, "m", NOW + 9)
    with file.open("a") as keys:
        keys.write(f"revenuer-reasoning-key-1 2 {'ab' * 32}\n")
    both = reasoning_binder_at(file)
    new = both.bind(b"block", caller, "m", NOW + 9)
    assert both.check(b"block", old, caller, "m", NOW) is None
    assert first.check(b"block", new, caller, "m", NOW) == "forged"
    file.write_text(file.read_text().splitlines()[1])
    alone = reasoning_binder_at(file)
    assert alone.check(b"block", new, caller, "m", NOW) is None
    assert alone.check(b"block", old, caller, "m", NOW) == "forged"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "holds no key"),
        ("revenuer-reasoning-key-1 1 ab\n", "Line 1 .* is no key"),
        ("revenuer-fingerprint-key-1 " + "ab" * 32, "is no key"),
        (f"revenuer-reasoning-key-1 1 {'ab' * 32}\n" * 2, "Line 2 .* was there before"),
        (f"revenuer-reasoning-key-1 99999999999 {'ab' * 32}\n", "is no key"),
        ("\u00e9", "cannot be read"),
    ],
)
def test_a_file_of_keys_that_cannot_be_used_is_said(tmp_path: Any, text: str, wrong: str) -> None:
    file = tmp_path / "reasoning.keys"
    file.write_text(text)
    file.chmod(0o600)
    with pytest.raises(ConfigError, match=wrong) as said:
        reasoning_binder_at(file)
    assert "abab" not in said.value.message


def test_keys_that_others_can_read_are_refused(tmp_path: Any) -> None:
    file = tmp_path / "reasoning.keys"
    reasoning_binder_at(file)
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="can be read by others"):
        reasoning_binder_at(file)


def test_fingerprints_of_one_run_bind_nothing() -> None:
    with pytest.raises(ConfigError, match="would change with each run"):
        load_binder(GatewayConfig(reasoning=Reasoning(bind=True)))
    assert load_binder(GatewayConfig()) is None


@given(kind=KIND, cuts=CUTS)
def test_the_middleware_withholds_and_binds_what_is_left(kind: str, cuts: list[int]) -> None:
    gate, sent = gate_of(), []
    treatment = gate.countering.treatment(("reasoning-withheld",), Protocol.ANTHROPIC_MESSAGES)

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        ruling = ruled(gate, REQUEST)._replace(treatment=treatment)
        changing = ChangingSend(send, gate, ruling)
        headers = [(b"content-type", kind.encode()), (b"content-length", b"7")]
        await changing.send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in pieces_of(KINDS[kind], cuts):
            await changing.send({"type": "http.response.body", "body": piece, "more_body": True})
        await changing.send({"type": "http.response.body"})

    asyncio.run(run())
    start, *bodies = sent
    body = b"".join(message["body"] for message in bodies)
    assert b"EqoB~rvn~" in body
    assert b"\\u2028" not in body
    assert b'"so"' not in body
    length = dict(start["headers"]).get(b"content-length")
    assert length == (b"%d" % len(body) if kind == "application/json" else None)
    assert treatment.acted == ["reasoning-withheld"]
