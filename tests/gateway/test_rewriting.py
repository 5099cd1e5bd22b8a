"""Reasoning worded anew by a second model, through the proxy and the middleware as they run."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from wire import CUT, Asked, Gateway, Step, Upstream, chunk, toml_of, whole

sys.path.insert(0, str(Path(__file__).parents[1] / "app"))
sys.path.insert(0, str(Path(__file__).parents[1] / "countermeasures"))

import shown
from deciding import DECIDED, KEYS, PATHS, answered, rewriting_place, started, until
from docket_builders import Place
from shown import WIRES, Said, read_stream, read_whole

from revenuer.countermeasures.trace_rewritten import ASKED, HEADING
from revenuer.countermeasures.wire import Wire
from revenuer.errors import ConfigError
from revenuer.gateway.asgi import GuardMiddleware
from revenuer.gateway.config import GatewayConfig, Verdicts
from revenuer.gateway.start import load_policy as load_gateway_policy

SAID = Said(("First, ", "two and two. "), ("It is ", "4."))
SIGNED = replace(SAID, signature="EqoB")
THOUGHT = "".join(SAID.reasoning)
NEW = 'Sum "2" and 2\n\\ \u00e9 \U0001f600'
OTHER = KEYS[2]
METRIC = 'revenuer_gateway_rewriter_total{outcome="%s"}'


def reply(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    return whole(json.dumps({"choices": [{"index": 0, "message": message}]}).encode())


def server_of(said: Said) -> Callable[[Asked], Sequence[Step]]:
    def answer(asked: Asked) -> Sequence[Step]:
        wire = {path: wire for wire, path in PATHS.items()}[asked.line.split(" ")[1]]
        if json.loads(asked.body).get("stream"):
            data = shown.streamed(wire, said)
            head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            head += b"transfer-encoding: chunked\r\n\r\n"
            pieces = [data[at : at + 61] for at in range(0, len(data), 61)]
            return [head, *map(chunk, pieces), b"0\r\n\r\n"]
        return [whole(shown.whole(wire, said))]

    return answer


@pytest.fixture(scope="module")
def second() -> Iterator[Upstream]:
    one = Upstream()
    yield one
    one.close()


@pytest.fixture
def rewriter(second: Upstream) -> Upstream:
    second.reset()
    second.answer = lambda asked: [reply(NEW)]
    return second


Running = tuple[Gateway, Place]
Begin = Callable[..., Running]


@pytest.fixture
def begin(tmp_path: Path, gateway: Callable[..., Gateway], rewriter: Upstream) -> Begin:
    """A gateway with a second model, and one account that a decision gives rewriting."""

    def begun(**said: Any) -> Running:
        url = f"http://127.0.0.1:{rewriter.port}/v1"
        place = rewriting_place(tmp_path, {"url": url, "model": "small"} | said)
        return started(gateway, place), place

    return begun


def in_force(running: Gateway) -> bool:
    """Whether the decision has come to the gateway."""
    return read_whole(Wire.CHAT, answered(running, Wire.CHAT, DECIDED)).reasoning != THOUGHT


def asked_of(rewriter: Upstream) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in rewriter.asked]


def test_reasoning_is_shown_in_other_words_and_nothing_else_changes(
    begin: Begin, upstream: Upstream, rewriter: Upstream
) -> None:
    upstream.answer = server_of(SAID)
    running, _ = begin()
    assert until(lambda: in_force(running))
    rewriter.asked.clear()
    for wire in WIRES:
        plain = read_whole(wire, shown.whole(wire, SAID))
        got = read_whole(wire, answered(running, wire, DECIDED))
        assert got.reasoning == HEADING + NEW
        assert (got.answer, got.signature) == (plain.answer, plain.signature)
        told, plain = (
            read_stream(wire, data)
            for data in (
                answered(running, wire, DECIDED, stream=True),
                shown.streamed(wire, SAID),
            )
        )
        assert told.reasoning == HEADING + NEW
        assert (told.answer, told.signature) == (plain.answer, plain.signature)
        assert answered(running, wire, OTHER) == shown.whole(wire, SAID)
        assert answered(running, wire, OTHER, stream=True) == shown.streamed(wire, SAID)
    # One request for each answer, however often its protocol tells a text, and none for others.
    assert [one["messages"] for one in asked_of(rewriter)] == [
        [{"role": "system", "content": ASKED}, {"role": "user", "content": THOUGHT}]
    ] * 6
    assert {one["model"] for one in asked_of(rewriter)} == {"small"}
    assert running.number_reaches(METRIC % "rewritten", 6) >= 6
    assert until(lambda: "trace-rewritten" in acted(running))
    assert "two and two" not in json.dumps(running.rows())


def acted(running: Gateway) -> set[str | None]:
    return {row.get("countermeasures") for row in running.rows()}


def test_the_words_come_in_one_piece_before_the_answer_and_the_rest_waits(
    begin: Begin, upstream: Upstream, rewriter: Upstream
) -> None:
    upstream.answer = server_of(SAID)
    running, _ = begin()
    assert until(lambda: in_force(running))
    rewriter.answer = lambda asked: [0.5, reply(NEW)]
    began = time.monotonic()
    data = answered(running, Wire.CHAT, DECIDED, stream=True)
    assert 0.5 < time.monotonic() - began < 5
    events = [json.loads(line[6:]) for line in data.split(b"\n\n")[:-2]]
    deltas = [one["choices"][0]["delta"] for one in events if one["choices"]]
    said = [delta for delta in deltas if delta.get("reasoning_content") or delta.get("content")]
    assert said == [{"reasoning_content": HEADING + NEW}, *({"content": p} for p in SAID.answer)]


def test_signed_thinking_is_shown_without_text_and_asked_about_nowhere(
    begin: Begin, upstream: Upstream, rewriter: Upstream
) -> None:
    upstream.answer = server_of(SAID)
    running, _ = begin()
    assert until(lambda: in_force(running))
    upstream.answer = server_of(SIGNED)
    rewriter.asked.clear()
    for stream in (False, True):
        data = answered(running, Wire.MESSAGES, DECIDED, stream=stream)
        got = (read_stream if stream else read_whole)(Wire.MESSAGES, data)
        assert (got.reasoning, got.signature) == ("", "EqoB")
    assert rewriter.asked == []


FAILURES: dict[str, tuple[list[Step], str]] = {
    "slow": ([3.0, reply(NEW)], "slow"),
    "an error": ([b"HTTP/1.1 500 X\r\ncontent-length: 2\r\n\r\nno"], "refused"),
    "a redirect": (
        [b"HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"],
        "refused",
    ),
    "no HTTP": ([b"\x00\xff garbage\r\n\r\n"], "unreachable"),
    "no JSON": ([whole(b"<html>")], "unreadable"),
    "another JSON": ([whole(b'{"choices": [{"text": "x"}]}')], "unreadable"),
    "no choice": ([whole(b'{"choices": []}')], "unreadable"),
    "nothing": ([reply("  ")], "unreadable"),
    "a thought without an end": ([reply("<think>First, two and two.")], "unreadable"),
    "the same again": ([reply(f"The trace: {THOUGHT.upper()}")], "copied"),
    "closes at once": ([CUT], "unreachable"),
    "closes mid-way": ([b'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"cho', CUT], "unreachable"),
    "huge": ([b"HTTP/1.1 200 OK\r\n\r\n", b" " * 5_000_000], "unreadable"),
}


@pytest.mark.parametrize("fallback", ["withheld", "whole"])
def test_whatever_goes_wrong_the_answer_is_the_same_and_the_row_says_what_was_shown(
    begin: Begin, upstream: Upstream, rewriter: Upstream, fallback: str
) -> None:
    upstream.answer = server_of(SAID)
    running, _ = begin(on_failure=fallback, timeout_s=0.8)
    assert until(lambda: in_force(running))
    expected = THOUGHT if fallback == "whole" else ""
    counted: dict[str, int] = {}
    for name, (steps, outcome) in FAILURES.items():
        rewriter.answer = lambda asked, steps=steps: steps  # type: ignore[misc]
        for wire in WIRES:
            plain = read_whole(wire, shown.whole(wire, SAID))
            got = read_whole(wire, answered(running, wire, DECIDED))
            assert (got.answer, got.reasoning) == (plain.answer, expected), (name, wire)
            told = read_stream(wire, answered(running, wire, DECIDED, stream=True))
            plain = read_stream(wire, shown.streamed(wire, SAID))
            assert (told.answer, told.reasoning) == (plain.answer, expected), (name, wire)
        counted[outcome] = counted.get(outcome, 0) + 2 * len(WIRES)
    for outcome, least in counted.items():
        assert running.number_reaches(METRIC % outcome, least) == least
    assert until(lambda: f"trace-rewritten trace-rewritten:{fallback}" in acted(running))


def test_more_reasoning_than_is_asked_about_counts_as_a_failure(
    begin: Begin, upstream: Upstream, rewriter: Upstream
) -> None:
    upstream.answer = server_of(SAID)
    running, _ = begin(most_characters=len(THOUGHT) - 1)
    assert until(lambda: in_force(running))
    assert rewriter.asked == []
    assert running.number_reaches(METRIC % "too-long", 1) >= 1


def test_an_overload_of_the_second_model_delays_nobody_else(
    begin: Begin, upstream: Upstream, rewriter: Upstream
) -> None:
    upstream.answer = server_of(SAID)
    running, _ = begin(at_once=1, timeout_s=6.0)
    assert until(lambda: in_force(running))
    rewriter.answer = lambda asked: [30.0, reply(NEW)]
    got: list[bytes] = []
    asking = [
        threading.Thread(target=lambda: got.append(answered(running, Wire.CHAT, DECIDED)))
        for _ in range(4)
    ]
    rewriter.asked.clear()
    for one in asking:
        one.start()
    assert until(lambda: len(rewriter.asked) == 1)
    for _ in range(20):
        assert answered(running, Wire.CHAT, OTHER) == shown.whole(Wire.CHAT, SAID)
    # The four still wait; nobody else did.
    assert all(one.is_alive() for one in asking)
    for one in asking:
        one.join(30)
    assert [read_whole(Wire.CHAT, data).reasoning for data in got] == [""] * 4
    # Who stood in line got room, if at all, for what was left of its own time.
    assert until(lambda: sum(running.number_reaches(METRIC % o, 0) for o in ("busy", "slow")) == 4)


def test_an_upstream_that_ends_or_a_client_that_leaves_while_it_waits_harms_nothing(
    begin: Begin, upstream: Upstream, rewriter: Upstream
) -> None:
    upstream.answer = server_of(SAID)
    running, _ = begin()
    assert until(lambda: in_force(running))
    rewriter.answer = lambda asked: [0.6, reply(NEW)]
    body = shown.whole(Wire.CHAT, SAID)
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    length = b"content-length: %d\r\n" % len(body)
    endings: tuple[bytes, ...] = (head + b"\r\n", head + length + b"connection: close\r\n\r\n")
    for beginning in endings:
        upstream.answer = closing(beginning + body)
        got = read_whole(Wire.CHAT, answered(running, Wire.CHAT, DECIDED))
        assert got.reasoning == HEADING + NEW
    upstream.answer = server_of(SAID)
    asked = {"model": "m", "messages": []}
    headers = {"authorization": f"Bearer {DECIDED}"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{running.base}{PATHS[Wire.CHAT]}", json=asked, headers=headers, timeout=0.2)
    assert answered(running, Wire.CHAT, OTHER) == shown.whole(Wire.CHAT, SAID)
    got = read_whole(Wire.CHAT, answered(running, Wire.CHAT, DECIDED))
    assert got.reasoning == HEADING + NEW


def closing(data: bytes) -> Callable[[Asked], Sequence[Step]]:
    """An answer after which the server closes the connection."""
    return lambda asked: [data, CUT]


def application(said: Said) -> Any:
    """An ASGI application that answers as a model server does, in pieces that end anywhere."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        body = json.loads((await receive())["body"])
        wire = {path: wire for wire, path in PATHS.items()}[scope["path"]]
        stream = bool(body.get("stream"))
        data = (shown.streamed if stream else shown.whole)(wire, said)
        kind = b"text/event-stream" if stream else b"application/json"
        length = [] if stream else [(b"content-length", b"%d" % len(data))]
        headers = [(b"content-type", kind), *length]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for at in range(0, len(data), 61):
            piece = {"type": "http.response.body", "body": data[at : at + 61], "more_body": True}
            await send(piece)
        await send({"type": "http.response.body"})

    return app


async def through(middleware: GuardMiddleware, wire: Wire, key: str, *, stream: bool) -> bytes:
    """What a client of the application gets; checks the length that the head says."""
    sent: list[Any] = []
    body = json.dumps({"model": "m", "messages": [], "stream": stream}).encode()

    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {key}".encode()), (b"host", b"x")]
    scope = {"type": "http", "method": "POST", "path": PATHS[wire], "headers": headers}
    await middleware(scope, receive, send)
    start, *pieces = sent
    data = b"".join(piece.get("body", b"") for piece in pieces)
    assert int(dict(start["headers"]).get(b"content-length", len(data))) == len(data)
    return data


def test_the_middleware_waits_for_the_words_as_the_proxy_does(
    tmp_path: Path, rewriter: Upstream
) -> None:
    url = f"http://127.0.0.1:{rewriter.port}/v1"
    place = rewriting_place(tmp_path, {"url": url, "model": "small"})
    config = tmp_path / "gateway.toml"
    told = {"policy": str(place.folder / "policy.toml"), "snapshot": str(place.desk.snapshot)}
    config.write_text(toml_of({"guard": told}))

    async def run() -> None:
        middleware = GuardMiddleware(application(SAID), config)
        try:
            for wire in WIRES:
                plain = read_whole(wire, shown.whole(wire, SAID))
                got = read_whole(wire, await through(middleware, wire, DECIDED, stream=False))
                assert (got.answer, got.reasoning) == (plain.answer, HEADING + NEW)
                plain = read_stream(wire, shown.streamed(wire, SAID))
                data = await through(middleware, wire, DECIDED, stream=True)
                told = read_stream(wire, data)
                assert (told.answer, told.reasoning) == (plain.answer, HEADING + NEW)
                other = await through(middleware, wire, OTHER, stream=True)
                assert other == shown.streamed(wire, SAID)
        finally:
            await middleware.close()

    asyncio.run(run())
    assert len(rewriter.asked) == 6


def test_the_key_goes_with_the_request_and_a_gateway_without_its_key_does_not_start(
    begin: Begin, upstream: Upstream, rewriter: Upstream, tmp_path: Path
) -> None:
    upstream.answer = server_of(SAID)
    key = tmp_path / "key"
    key.write_text("sk-second\n")
    running, place = begin(key_file=str(key), prompt="Shorten.")
    assert until(lambda: in_force(running))
    assert rewriter.asked[0].headers["authorization"] == "Bearer sk-second"
    assert asked_of(rewriter)[0]["messages"][0]["content"] == "Shorten."
    key.unlink()
    config = GatewayConfig(guard=Verdicts(policy=str(place.folder / "policy.toml")))
    with pytest.raises(ConfigError, match="key_file cannot be read"):
        load_gateway_policy(config)
