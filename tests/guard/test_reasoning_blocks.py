"""Reasoning blocks in the bodies and streams of both providers: bound, sent, replayed, unbound."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import anthropic
import pytest
from guard_builders import MADE_AT, caller
from hypothesis import given
from hypothesis import strategies as st

from revenuer.guard import ReasoningSign
from revenuer.guard.reasoning import Presentations, ReasoningBinder, detach
from revenuer.guard.reasoning_blocks import (
    MOST_LINE_BYTES,
    Binding,
    StreamBinder,
    bind,
    signs_of,
    unbind,
)

BINDER = ReasoningBinder({1: b"k" * 32}, current=1)
MINE = caller("a", "o")
BINDING = Binding(BINDER, MINE, "model-1", MADE_AT + 60)

ANTHROPIC_BLOCKS = [
    {"type": "thinking", "thinking": "so 2 + 2", "signature": "EqoBCkgI+A=="},
    {"type": "redacted_thinking", "data": "EmwKAhgB"},
]
OPENAI_ITEM = {"type": "reasoning", "summary": [], "encrypted_content": "gAAAAABo"}


def answers() -> dict[str, dict[str, Any]]:
    """Answers as the providers give them, by provider."""
    return {
        "anthropic": {
            "type": "message",
            "content": [*deepcopy(ANTHROPIC_BLOCKS), {"type": "text", "text": "4"}],
        },
        "openai": {
            "object": "response",
            "output": [deepcopy(OPENAI_ITEM), {"type": "message", "content": []}],
        },
    }


def replay_of(provider: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The next request of a conversation, with the answer in it."""
    if provider == "anthropic":
        said = {"role": "assistant", "content": answer["content"]}
        return {"messages": [{"role": "user", "content": "2 + 2?"}, said]}
    return {"input": [{"role": "user", "content": "2 + 2?"}, *answer["output"]]}


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_a_bound_answer_comes_back_as_the_provider_knows_it(provider: str) -> None:
    plain = answers()[provider]
    bound = deepcopy(plain)
    count = bind(bound, BINDING)
    assert count == (2 if provider == "anthropic" else 1)
    assert bound != plain
    request = replay_of(provider, bound)
    blocks = unbind(request)
    assert request == replay_of(provider, plain)
    assert len(blocks) == count
    assert signs_of(blocks, BINDER, MINE, "model-1", MADE_AT) == ()


@pytest.mark.parametrize("provider", ["anthropic", "openai"])
def test_a_stranger_who_replays_it_is_told(provider: str) -> None:
    bound = answers()[provider]
    bind(bound, BINDING)
    blocks = unbind(replay_of(provider, bound))
    stranger = caller("z", "p")
    assert signs_of(blocks, BINDER, stranger, "model-1", MADE_AT) == (ReasoningSign.FOREIGN,)


def test_blocks_that_were_never_bound_are_told_and_left_alone() -> None:
    request = replay_of("anthropic", answers()["anthropic"])
    before = deepcopy(request)
    assert signs_of(unbind(request), BINDER, MINE, "m", MADE_AT) == (ReasoningSign.UNBOUND,)
    assert request == before


def test_a_block_that_is_sent_too_often_is_told_beside_the_rest() -> None:
    seen = Presentations(most_times=1, most_blocks=10)
    for expected in ((ReasoningSign.UNBOUND,), (ReasoningSign.UNBOUND, ReasoningSign.REPEATED)):
        blocks = unbind(replay_of("openai", answers()["openai"]))
        assert signs_of(blocks, BINDER, MINE, "m", MADE_AT, seen) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "messages", "content", "input", "output", "item", "delta", "response"]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    body=st.dictionaries(st.sampled_from(["messages", "content", "input", "delta", "item"]), JSON)
)
def test_no_body_breaks_it_and_one_without_blocks_stays_as_it_is(body: dict[str, Any]) -> None:
    before = deepcopy(body)
    assert unbind(body) == []
    assert bind(body, BINDING) == 0
    assert body == before


# --- streams ----------------------------------------------------------------------------


def sse(*events: dict[str, Any], ends: str = "\n") -> bytes:
    return "".join(
        f"event: {event['type']}{ends}data: {json.dumps(event)}{ends}{ends}" for event in events
    ).encode()


ANTHROPIC_STREAM = (
    {"type": "message_start", "message": {"content": [], "model": "model-1"}},
    {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "thinking", "signature": ""},
    },
    {
        "type": "content_block_delta",
        "delta": {"type": "thinking_delta", "thinking": 'a "signature" é'},
    },
    {"type": "content_block_delta", "delta": {"type": "signature_delta", "signature": "EqoBCkgI"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "content_block_start", "content_block": {"type": "redacted_thinking", "data": "EmwK"}},
    {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "4"}},
    {"type": "message_stop"},
)
OPENAI_STREAM = (
    {"type": "response.created", "response": {"output": []}},
    {"type": "response.output_item.done", "item": OPENAI_ITEM},
    {"type": "response.output_text.delta", "delta": "encrypted_content"},
    {"type": "response.completed", "response": {"output": [OPENAI_ITEM]}},
)
STREAMS = {
    "anthropic": sse(*ANTHROPIC_STREAM),
    "openai": sse(*OPENAI_STREAM),
    "carriage returns": sse(*ANTHROPIC_STREAM, ends="\r\n"),
    "done": sse(*OPENAI_STREAM) + b"data: [DONE]\n\n: ping\n",
    "cut": sse(*ANTHROPIC_STREAM)[:-40],
}


def through(stream: bytes, cuts: list[int]) -> bytes:
    """A stream as it comes out, fed in pieces."""
    binder, out, start = StreamBinder(BINDING), [], 0
    for cut in sorted(cut % (len(stream) + 1) for cut in cuts):
        out.append(binder.feed(stream[start:cut]))
        start = cut
    out += [binder.feed(stream[start:]), binder.close()]
    return b"".join(out)


def bindings_in(stream: bytes) -> list[tuple[str, str | None]]:
    fields = ("signature", "data", "encrypted_content")
    found = []

    def walk(tree: Any) -> None:
        if isinstance(tree, dict):
            found.extend(
                detach(tree[name])
                for name in fields
                if isinstance(tree.get(name), str) and tree[name]
            )
            for value in tree.values():
                walk(value)
        elif isinstance(tree, list):
            for value in tree:
                walk(value)

    for line in stream.splitlines():
        if line.startswith(b"data: {"):
            try:
                walk(json.loads(line[6:]))
            except ValueError:
                continue
    return found


@pytest.mark.parametrize("name", STREAMS)
@given(cuts=st.lists(st.integers(0, 10**4), max_size=12))
def test_a_stream_is_bound_alike_however_it_is_cut(name: str, cuts: list[int]) -> None:
    assert through(STREAMS[name], cuts) == through(STREAMS[name], [])


@pytest.mark.parametrize(
    ("name", "count"), [("anthropic", 2), ("openai", 2), ("carriage returns", 2)]
)
def test_every_block_of_a_stream_is_bound_and_nothing_else_changes(name: str, count: int) -> None:
    before, after = STREAMS[name], through(STREAMS[name], [])
    bound = bindings_in(after)
    assert len(bound) == count
    for own, binding in bound:
        assert BINDER.check(own.encode(), binding, MINE, "model-1", MADE_AT) is None
    assert [own for own, _ in bound] == [own for own, _ in bindings_in(before)]
    same = [
        (one, other)
        for one, other in zip(before.splitlines(True), after.splitlines(True), strict=True)
        if one != other
    ]
    assert len(same) == count
    assert all(other.endswith(one[-2:]) for one, other in same)


def test_a_block_that_a_stream_tells_twice_is_bound_alike() -> None:
    first, second = bindings_in(through(STREAMS["openai"], []))
    assert first == second


def test_lines_pass_as_soon_as_they_are_whole() -> None:
    binder = StreamBinder(BINDING)
    assert binder.feed(b'event: ping\ndata: {}\n\ndata: {"ty') == b"event: ping\ndata: {}\n\n"
    assert binder.feed(b'pe":1}') == b""
    assert binder.feed(b"\n") == b'data: {"type":1}\n'
    assert binder.close() == b""


def test_a_line_without_end_is_not_kept() -> None:
    binder = StreamBinder(BINDING)
    part = b"data: " + b"x" * (MOST_LINE_BYTES // 2)
    fed = [part, part, part, b"signature_delta\n", STREAMS["anthropic"]]
    out = [binder.feed(piece) for piece in fed]
    assert b"".join(out[:4]) == b"".join(fed[:4])
    assert out[4] == through(STREAMS["anthropic"], [])


@given(stream=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=5))
def test_bytes_that_are_no_stream_pass_as_they_came(stream: bytes, cuts: list[int]) -> None:
    assert through(stream, cuts) == stream
    marked = b"data: " + stream.replace(b"\n", b" ").replace(b"\r", b" ") + b'"signature"\n'
    assert through(marked, cuts) == marked


# --- the providers' own clients ---------------------------------------------------------


@contextmanager
def answering(stream: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server on this machine that answers with a stream, and what it was sent."""
    sent: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("content-length", str(len(stream)))
            self.end_headers()
            self.wfile.write(stream)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", sent
        finally:
            server.shutdown()
            thread.join()


def test_anthropics_client_keeps_a_bound_signature_and_sends_it_back() -> None:
    usage = {"input_tokens": 3, "output_tokens": 1}
    message = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "model-1",
        "content": [], "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    stream = through(
        sse(
            {"type": "message_start", "message": message},
            {
                "type": "content_block_start",
                "index": 0,
                "content_block": {"type": "thinking", "thinking": "", "signature": ""},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "thinking_delta", "thinking": "so 2 + 2"},
            },
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "signature_delta", "signature": "EqoBCkgI"},
            },
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": usage,
            },
            {"type": "message_stop"},
        ),
        [50, 400, 700],
    )
    with answering(stream) as (url, sent), anthropic.Anthropic(api_key="k", base_url=url) as client:
        asked: Any = [{"role": "user", "content": "2 + 2?"}]
        with client.messages.stream(model="m", max_tokens=9, messages=asked) as told:
            final = told.get_final_message()
        (block,) = final.content
        assert (block.type, block.thinking) == ("thinking", "so 2 + 2")
        asked += [{"role": "assistant", "content": final.content}]
        with client.messages.stream(model="m", max_tokens=9, messages=asked) as told:
            told.get_final_message()
    (replayed,) = unbind(json.loads(sent[1]))
    assert replayed.block == b"EqoBCkgI"
    assert signs_of([replayed], BINDER, MINE, "model-1", MADE_AT) == ()
    stranger = caller("z", "p")
    assert signs_of([replayed], BINDER, stranger, "m", MADE_AT) == (ReasoningSign.FOREIGN,)
