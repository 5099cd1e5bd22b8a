"""Malformed, ambiguous and smuggled requests: none reaches the upstream as another than decided.

The gateway runs as a process; what it lets through is parsed again by the upstream, byte for byte.
"""

from __future__ import annotations

import random
import re
import socket

import pytest
from wire import Gateway, Upstream, read_all, talk

from guard_load.shapes import body_of, request_of

POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\n"
HIDDEN = b"POST /v1/hidden HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n"

REFUSED = {
    "length beside chunks": POST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks beside length": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 3\r\nContent-Length: 0\r\n\r\nabc",
    "two equal lengths": POST + b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
    "a list of lengths": POST + b"Content-Length: 3, 3\r\n\r\nabc",
    "a signed length": POST + b"Content-Length: +3\r\n\r\nabc",
    "a hexadecimal length": POST + b"Content-Length: 0x3\r\n\r\nabc",
    "an endless length": POST + b"Content-Length: 99999999999999999999\r\n\r\n",
    "another coding": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a coding that looks like chunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked twice": POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a blank before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a vertical tab": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a folded line": POST + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "a folded coding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a bare line feed": POST + b"X: a\nContent-Length: 0\r\n\r\n",
    "bare line feeds alone": b"POST /v1/x HTTP/1.1\nHost: h\nContent-Length: 0\n\n",
    "a bare carriage return": POST + b"X: a\rb\r\nContent-Length: 0\r\n\r\n",
    "a null": POST + b"X: a\0b\r\nContent-Length: 0\r\n\r\n",
    "a bad chunk size": POST + b"Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
    "a chunk of another size": POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    "a chunk ended by a line feed": POST + b"Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
    "an endless chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc",
    "a length as a trailer": POST
    + b"Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n",
    "chunks in HTTP/1.0": b"POST /v1/x HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    + b"0\r\n\r\n",
    "no host": b"POST /v1/x HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "two hosts": POST + b"Host: other\r\nContent-Length: 0\r\n\r\n",
    "a host with a path": b"GET /v1/x HTTP/1.1\r\nHost: h/../y\r\n\r\n",
    "an absolute target": b"GET http://other/v1/x HTTP/1.1\r\nHost: h\r\n\r\n",
    "an authority": b"CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n",
    "a star": b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
    "a fragment of a version": b"GET /v1/x HTTP/1.2\r\nHost: h\r\n\r\n",
    "HTTP/2 without its preface": b"GET /v1/x HTTP/2.0\r\nHost: h\r\n\r\n",
    "HTTP/2 with it": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a blank in the target": b"GET /v1/x y HTTP/1.1\r\nHost: h\r\n\r\n",
    "dot segments": b"POST /v1/x/../chat/completions HTTP/1.1\r\nHost: h\r\n\r\n",
    "escaped dot segments": b"POST /v1/%2e%2e/chat/completions HTTP/1.1\r\nHost: h\r\n\r\n",
    "a backslash": b"POST /v1/..\\chat HTTP/1.1\r\nHost: h\r\n\r\n",
    "a hidden line end": b"GET /v1/x%0d%0aX:%20y HTTP/1.1\r\nHost: h\r\n\r\n",
    "an escape that is none": b"GET /v1/%zz HTTP/1.1\r\nHost: h\r\n\r\n",
    "an unknown method": b"TRACE /v1/x HTTP/1.1\r\nHost: h\r\n\r\n",
    "a web socket": b"GET /v1/realtime HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n"
    b"Upgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "a name with a blank": POST + b"X Y: a\r\n\r\n",
    "an empty name": POST + b": a\r\n\r\n",
    "a TLS greeting": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    "a huge head": POST + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
    "a head without end": POST + b"X: " + b"a" * 400_000,
    "many headers": POST + b"".join(b"X-%d: 1\r\n" % n for n in range(500)) + b"\r\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_two_servers_could_read_in_two_ways_is_refused(
    plain: Gateway, upstream: Upstream, name: str
) -> None:
    answer = talk(plain.port, REFUSED[name] + HIDDEN, 5)
    assert answer[:9] == b"HTTP/1.1 "
    assert 400 <= int(answer[9:12]) < 600
    assert len(re.findall(rb"HTTP/1\.1 \d{3} ", answer)) == 1
    assert upstream.asked == []


def test_a_body_is_never_read_as_the_next_request(plain: Gateway, upstream: Upstream) -> None:
    request = POST + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN)
    assert talk(plain.port, request + HIDDEN).startswith(b"HTTP/1.1 200 ")
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)
    request = POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert talk(plain.port, request + chunks).startswith(b"HTTP/1.1 200 ")
    assert [asked.body for asked in upstream.asked] == [HIDDEN, HIDDEN]
    assert b"hidden" not in upstream.raw


def test_what_follows_an_answer_that_ends_the_connection_is_not_served(
    plain: Gateway, upstream: Upstream
) -> None:
    last = POST + b"Connection: close\r\nContent-Length: 0\r\n\r\n"
    answer = talk(plain.port, last + HIDDEN)
    assert len(re.findall(rb"HTTP/1\.1 \d{3} ", answer)) == 1
    assert b"hidden" not in upstream.raw
    # A body after a HEAD, and more than it said.
    head = b"HEAD /v1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nabcdef"
    assert len(re.findall(rb"HTTP/1\.1 \d{3} ", talk(plain.port, head, 3))) <= 2


def test_an_upstream_that_says_too_much_poisons_no_other_answer(
    plain: Gateway, upstream: Upstream
) -> None:
    surplus = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nstolen"
    right = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    upstream.answer = lambda asked: [right + surplus]
    request = request_of("/v1/chat/completions", body_of("/v1/chat/completions", stream=False))
    last = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    answer = talk(plain.port, request + request + last)
    assert b"stolen" not in answer
    assert answer.count(b"\r\n\r\nok") == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 300_000 + b"\r\n\r\n",
    ],
)
def test_an_upstream_that_makes_no_sense_is_not_relayed(
    plain: Gateway, upstream: Upstream, answer: bytes
) -> None:
    upstream.answer = lambda asked: [answer, 0.05]
    request = request_of("/v1/chat/completions", body_of("/v1/chat/completions", stream=False))
    said = talk(plain.port, request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1), 5)
    assert said.startswith((b"HTTP/1.1 502 ", b"HTTP/1.1 200 OK\r\n"))
    if said.startswith(b"HTTP/1.1 200"):
        assert not said.endswith(b"0\r\n\r\n")


def test_interim_answers_stay_between_neighbours(plain: Gateway, upstream: Upstream) -> None:
    upstream.answer = lambda asked: [
        b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
    ]
    request = b"GET /v1/models HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    answer = talk(plain.port, request)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"103" not in answer


@pytest.mark.parametrize("size", [1, 7, 100])
def test_a_request_may_come_in_any_pieces(plain: Gateway, upstream: Upstream, size: int) -> None:
    body = body_of("/v1/chat/completions", stream=False, size=120)
    request = request_of("/v1/chat/completions", body)
    request = request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
    with socket.create_connection(("127.0.0.1", plain.port), 5) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(0, len(request), size):
            link.sendall(request[at : at + size])
        assert read_all(link).startswith(b"HTTP/1.1 200 OK")
    assert upstream.asked[0].body == body


def test_mutated_requests_reach_the_upstream_whole_or_not_at_all(
    plain: Gateway, upstream: Upstream
) -> None:
    draw = random.Random(5)
    seeds = [*REFUSED.values(), POST + b"Content-Length: 3\r\n\r\nabc", HIDDEN]
    for _ in range(120):
        data = bytearray(draw.choice(seeds)[:2000])
        for _ in range(draw.randrange(1, 6)):
            at = draw.randrange(len(data))
            kind = draw.randrange(3)
            if kind == 0:
                data[at] = draw.randrange(256)
            elif kind == 1:
                data[at:at] = draw.choice([b"\r\n", b"\n", b"\0", b" ", b":", b"0\r\n\r\n"])
            else:
                del data[at : at + draw.randrange(1, 8)]
        upstream.raw = b""
        talk(plain.port, bytes(data) + b"\r\n\r\n", 0.3)
        for head in upstream.raw.split(b"\r\n\r\n")[:-1]:
            names = [line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
            assert names.count(b"host") == 1
            assert names.count(b"content-length") + names.count(b"transfer-encoding") <= 1
            assert not any(byte < 0x20 and byte not in b"\t\r\n" for byte in head)
    # It still serves.
    assert talk(plain.port, POST + b"Connection: close\r\nContent-Length: 0\r\n\r\n").startswith(
        b"HTTP/1.1 200 OK"
    )
