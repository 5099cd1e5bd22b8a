"""Heads that came before are taken without parsing: with and without, all goes the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from revenuer.gateway.config import GatewayConfig, Limits
from revenuer.gateway.gate import Gate
from revenuer.gateway.identity import Identities
from revenuer.gateway.proxy import answer_framing, reading
from revenuer.gateway.proxy.client import Client
from revenuer.gateway.proxy.heads import Head
from revenuer.gateway.proxy.pool import Place, Pool
from revenuer.gateway.proxy.repeats import Seen, seen_answer, seen_request
from revenuer.gateway.proxy.service import Service
from revenuer.gateway.proxy.upstream import Upstream
from revenuer.guard import Fingerprinter, Guard, Policy

SECRET = bytes(32)
MOST_BODY = 2000
REQUEST = (
    b"POST /v1/messages HTTP/1.1\r\nHost: h\r\nX-Api-Key: k\r\nContent-Length: %d\r\nA: b\r\n\r\n"
)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX: y\r\n\r\n"


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.ended = ""

    def write(self, data: bytes) -> None:
        if not self.ended:
            self.written.append(data)

    def close(self) -> None:
        self.ended = self.ended or "closed"

    def abort(self) -> None:
        self.ended = self.ended or "aborted"

    def write_eof(self) -> None:
        self.ended = self.ended or "one way"

    def can_write_eof(self) -> bool:
        return True

    def is_closing(self) -> bool:
        return bool(self.ended)

    def get_extra_info(self, _: str) -> tuple[str, int]:
        return ("192.0.2.1", 1)

    def set_write_buffer_limits(self, high: int) -> None: ...

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Ready(Pool):
    """A pool that always has a connection."""

    def __init__(self) -> None:
        super().__init__(Place("h", 1, b"model", b"", None), most_idle=9, idle_s=9, connect_s=9)
        self.made: list[tuple[Upstream, Wire]] = []

    def take(self) -> Upstream:
        waiting = super().take()
        if waiting is not None:
            return waiting
        made, wire = Upstream(self), Wire()
        made.connection_made(wire)  # type: ignore[arg-type]
        self.made.append((made, wire))
        return made


class Link:
    """A client's connection over a worker, and one connection to the upstream at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        names = Fingerprinter(SECRET)
        config = GatewayConfig(limits=Limits(body_bytes=MOST_BODY))
        identities = Identities(config.identity, names, SECRET, raw_ids=False)
        gate = Gate(Guard(Policy(), names), identities, clock=lambda: 1.7e9)

        async def made() -> Service:
            self.pool = Ready()
            return Service(config, gate, self.pool, None)

        self.loop = loop
        self.service = loop.run_until_complete(made())
        self.wire = Wire()
        self.client = Client(self.service)
        self.client.connection_made(self.wire)  # type: ignore[arg-type]

    def ask(self, piece: bytes) -> None:
        if not self.wire.ended:
            self.client.data_received(piece)

    def answer(self, pieces: list[bytes]) -> None:
        """To the exchange under way, if its request is whole."""
        active = self.client.active
        if active is None or active.upstream is None or not active.whole:
            return
        carrying = active.upstream
        for piece in pieces:
            if carrying._client is not None:
                carrying.data_received(piece)

    def transcript(self) -> list[Any]:
        """All that either side was sent."""
        sides = [self.wire, *(wire for _, wire in self.pool.made)]
        return [(b"".join(side.written), side.ended) for side in sides]


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@contextmanager
def all_parsed() -> Iterator[None]:
    """As if no head had come before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "seen_request", lambda *_: None)
        patch.setattr(answer_framing, "seen_answer", lambda *_: None)
        yield


def cut(data: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[start:end] for start, end in pairwise(ends)]


HEAD = (
    b"POST /v1/messages HTTP/1.1\r\nHost: h\r\nX-Api-Key: k\r\nContent-Length: %b\r\nA: b\r\n\r\n"
)
ODD_HEADS = (
    HEAD.replace(b"Content-Length: ", b"content-length:"),
    HEAD.replace(b"A: b", b"Connection: keep-alive"),
    HEAD.replace(b"A: b", b"Connection: close"),
    HEAD.replace(b"A: b", b"Expect: 100-continue"),
    HEAD.replace(b"A: b", b"Upgrade: x\r\nConnection: upgrade"),
    HEAD.replace(b"A: b", b"Content-Length: %b"),
    HEAD.replace(b"A: b", b"Transfer-Encoding: chunked"),
    HEAD.replace(b"Content-Length: %b", b"Transfer-Encoding: chunked") + b"2\r\nab\r\n0\r\n\r\n",
    HEAD.replace(b"X-Api-Key: k", b"X-Api-Key: j"),
    HEAD.replace(b"1.1", b"1.0"),
    HEAD.replace(b"1.1", b"1.0").replace(b"A: b", b"Connection: keep-alive"),
    HEAD.replace(b"POST", b"HEAD"),
    b"\r\n" + HEAD,
    b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
)
ANSWER_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\nX: y\r\n\r\n"
ODD_ANSWERS = (
    ANSWER_HEAD.replace(b"X: y", b"X: z"),
    ANSWER_HEAD.replace(b"X: y", b"Connection: close"),
    ANSWER_HEAD.replace(b"X: y", b"Content-Length: %b"),
    ANSWER_HEAD.replace(b"200 OK", b"429 Slow"),
    ANSWER_HEAD.replace(b"200 OK", b"204 No"),
    ANSWER_HEAD.replace(b"1.1", b"1.0"),
    b"HTTP/1.1 100 Go\r\n\r\n" + ANSWER_HEAD,
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
)
LENGTHS = (b"0", b"5", b"02", b"+2", b"2 ", b" 2", b"0x2", b"", b"99999")
BODIES = (b"", b"xx", b"xxxxx", b"xxx")
Cut = tuple[bytes, list[int]]


def mostly(usual: Any, odd: Sequence[Any]) -> st.SearchStrategy[Any]:
    """What is usual, so that it repeats, and now and then something else."""
    return st.integers(0, 5).flatmap(lambda n: st.sampled_from(odd) if n == 0 else st.just(usual))


def messages(heads: st.SearchStrategy[bytes]) -> st.SearchStrategy[Cut]:
    """Some messages in one piece of bytes, and where it is cut."""
    places = mostly([], ([10], [70], [90], [91], [40, 92], [95, 96]))
    one = st.tuples(heads, mostly(b"2", LENGTHS), mostly(b"xx", BODIES)).map(
        lambda said: said[0].replace(b"%b", said[1]) + said[2]
    )
    count = mostly(1, (2, 3))
    return st.tuples(
        count.flatmap(lambda n: st.lists(one, min_size=n, max_size=n)).map(b"".join), places
    )


TALK = st.lists(
    st.tuples(messages(mostly(HEAD, ODD_HEADS)), messages(mostly(ANSWER_HEAD, ODD_ANSWERS))),
    min_size=4,
    max_size=9,
)


def talked(loop: asyncio.AbstractEventLoop, said: Sequence[tuple[Cut, Cut]]) -> list[Any]:
    link = Link(loop)
    for (asked, asked_at), (answered, answered_at) in said:
        for piece in cut(asked, asked_at):
            link.ask(piece)
        for _ in range(4):
            link.answer(cut(answered, answered_at))
    return link.transcript()


@settings(max_examples=100, phases=[Phase.generate])
@given(TALK)
def test_all_goes_the_same_way_parsed_or_not(
    loop: asyncio.AbstractEventLoop, said: list[tuple[Cut, Cut]]
) -> None:
    with all_parsed():
        parsed = talked(loop, said)
    assert talked(loop, said) == parsed


@pytest.mark.parametrize("odd_head", [HEAD, *ODD_HEADS])
def test_what_is_odd_amid_what_repeats_goes_the_same_way(
    loop: asyncio.AbstractEventLoop, odd_head: bytes
) -> None:
    def filled(form: bytes) -> Cut:
        return form.replace(b"%b", b"2") + b"xx", []

    usual = filled(HEAD), filled(ANSWER_HEAD)
    for odd_answer in (ANSWER_HEAD, *ODD_ANSWERS):
        odd = filled(odd_head), filled(odd_answer)
        said = [usual] * 3 + [odd] * 3 + [usual]
        with all_parsed():
            parsed = talked(loop, said)
        assert talked(loop, said) == parsed


def test_a_head_that_comes_a_third_time_is_not_parsed(loop: asyncio.AbstractEventLoop) -> None:
    link = Link(loop)
    fed: list[bytes] = []

    class Watched:
        """What is given to the parser."""

        def __init__(self, parser: Any) -> None:
            self.parser = parser

        def feed_data(self, data: bytes) -> None:
            fed.append(data)
            self.parser.feed_data(data)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.parser, name)

    link.client._parser = Watched(link.client._parser)  # type: ignore[assignment]
    carrying = link.pool.take()
    carrying._parser = Watched(carrying._parser)  # type: ignore[assignment]
    link.pool.put(carrying)
    for size in (1, 20, 300, 4000, 5):
        if size > MOST_BODY:
            continue
        # The body by itself, as many clients send it.
        link.ask(REQUEST % size)
        link.ask(b"x" * size)
        link.answer([ANSWER % (size + 1) + b"y" * (size + 1)])
    assert sum(data.startswith(b"POST") for data in fed) == 2
    assert sum(data.startswith(b"HTTP") for data in fed) == 2
    (asked,) = (b"".join(wire.written) for _, wire in link.pool.made)
    sent = b"".join(link.wire.written)
    assert asked.count(b"POST /v1/messages HTTP/1.1\r\n") == 4
    assert sent.count(b"HTTP/1.1 200 OK\r\nx: y\r\n") == 4
    assert b"content-length: 300\r\n\r\n" + b"x" * 300 in asked
    assert b"content-length: 301\r\n\r\n" + b"y" * 301 in sent
    assert link.service.counts.requests == 4


def test_a_body_over_the_limit_is_refused_however_its_head_was_read(
    loop: asyncio.AbstractEventLoop,
) -> None:
    link = Link(loop)
    for _ in range(3):
        link.ask(REQUEST % 2 + b"xx")
        link.answer([ANSWER % 2 + b"yy"])
    assert link.client._seen is not None
    link.ask(REQUEST % (MOST_BODY + 1))
    assert link.wire.written[-1].startswith(b"HTTP/1.1 413 ")
    assert link.service.counts.requests == 3


def test_two_callers_are_told_apart_by_their_bytes(loop: asyncio.AbstractEventLoop) -> None:
    link = Link(loop)
    other = REQUEST.replace(b"X-Api-Key: k", b"X-Api-Key: j")
    for head in (REQUEST, REQUEST, REQUEST, other, REQUEST, other, other, other):
        link.ask(head % 2 + b"xx")
        link.answer([ANSWER % 2 + b"yy"])
    asked = b"".join(link.pool.made[0][1].written)
    keys = [line[-1:] for line in asked.split(b"\r\n") if line.startswith(b"x-api-key")]
    assert keys == [b"k", b"k", b"k", b"j", b"k", b"j", b"j", b"j"]


def head_of(raw: list[tuple[bytes, bytes]], version: str = "1.1") -> Head:
    return Head(b"POST", b"/a", version, raw)


def test_only_what_was_read_is_known_again() -> None:
    data = b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\nA:  b\r\n\r\n1234567"
    raw = [(b"Host", b"h"), (b"A", b"b")]
    seen = seen_request(data, head_of(raw))
    assert seen == Seen(b"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: ", b"\r\nA:  b\r\n\r\n")
    assert seen.length_in(data) == (7, len(data) - 7)
    for unlike in (
        [(b"Host", b"h"), (b"A", b"c")],
        [(b"A", b"b"), (b"Host", b"h")],
        [(b"Host", b"h")],
        [*raw, (b"B", b"c")],
    ):
        assert seen_request(data, head_of(unlike)) is None
    assert seen_request(data, head_of(raw, "1.0")) is None
    assert seen_request(data[:30], head_of(raw)) is None
    assert seen_request(b"\r\n" + data, head_of(raw)) is None
    assert seen_answer(b"HTTP/1.1 100 Go\r\nContent-Length: 1\r\n\r\n", 100, b"Go", []) is None


@pytest.mark.parametrize(
    "digits", [b"", b"-1", b"+1", b" 1", b"1 ", b"0x1", b"1,1", b"01", b"1" * 13]
)
def test_a_length_that_is_none_goes_to_the_parser(digits: bytes) -> None:
    data = b"POST /a HTTP/1.1\r\nContent-Length: 7\r\n\r\n"
    seen = seen_request(data, head_of([]))
    assert seen is not None
    assert seen.length_in(data.replace(b"7", digits)) is None
