"""Requests out of a client's bytes: parsed by llhttp, checked, their bodies held up to the cap."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING

import httptools

from revenuer.gateway.proxy import answers
from revenuer.gateway.proxy.exchange import Exchange
from revenuer.gateway.proxy.heads import Head, Headers, Refused, check_head
from revenuer.gateway.proxy.repeats import Seen, seen_request

if TYPE_CHECKING:
    from revenuer.gateway.proxy.service import Service


class RequestReader(asyncio.Protocol):
    """The reading half of a client's connection; `Client` is the other.

    Attributes:
        transport: To the client.
        peer: The client's address.
        now: The loop's clock.
        end_after: Whether the connection ends with the answer under way.
        active: The exchange that is being answered.
        incoming: The exchange whose body is being read; may be the same.
        waiting: Whole requests that came ahead of their turn.
        in_head: Whether a head is being read.
        doomed: Why nothing more is read; what came before is still answered.
        deaf: Whether what comes is let go by.
        since_s: When the head began, or the connection became idle.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.transport: asyncio.Transport = None  # type: ignore[assignment]
        self.now = service.loop.time
        self.end_after = False
        self.active: Exchange | None = None
        self.incoming: Exchange | None = None
        self.waiting: deque[Exchange] = deque()
        self.in_head = False
        self.doomed: Refused | None = None
        self.deaf = False
        self.peer = b""
        self.since_s = self.now()
        self._parser = httptools.HttpRequestParser(self)
        self._target = b""
        self._headers: Headers = []
        self._length: bytes | None = None
        self._head: Head | None = None
        self._head_bytes = 0
        self._parsing = False
        self._repeats = False
        self._seen: Seen | None = None
        self._left = 0
        self._most_body = service.config.limits.body_bytes

    def start(self, exchange: Exchange) -> None:
        """Decide on a request that is whole, or as much of it as is read."""
        raise AssertionError

    def refuse(self, wrong: Refused) -> None:
        """Refuse what cannot be read."""
        raise AssertionError

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        if self.deaf or self.doomed is not None:
            return
        if self._left or (self._seen is not None and not self._parsing):
            data = self._take_unparsed(data)
        if data:
            self._parse(data)
        if self.waiting and self.active is not None:
            self.transport.pause_reading()

    def _take_unparsed(self, data: bytes) -> bytes:
        """Take requests whose head came before, and their bodies; the rest is to be parsed."""
        while data and not self.deaf and self.doomed is None:
            if self._left:
                piece, data = data[: self._left], data[self._left :]
                self._left -= len(piece)
                self.on_body(piece)
            else:
                found = self._seen.length_in(data) if self._seen is not None else None
                if found is None or self._head is None:
                    return data
                self._left, start = found
                data = data[start:]
                self.since_s = self.now()
                self._begin(self._head, self._left)
            if not self._left:
                self.on_message_complete()
        return b""

    def _parse(self, data: bytes) -> None:
        between = not self._parsing
        if self.in_head:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # The request itself was read; what follows in another protocol is not.
            self.end_after = self.deaf = True
        except httptools.HttpParserError:
            self.refuse(answers.NOT_HTTP)
        if self.in_head and self._head_bytes > self.service.config.limits.head_bytes:
            self.refuse(answers.HEAD_TOO_LARGE)
        if self._repeats:
            self._repeats = False
            if between and self._head is not None:
                self._seen = seen_request(data, self._head)

    # --- httptools ----------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A request begins."""
        self._target = b""
        self._headers = []
        self._length = None
        self._head_bytes = 0
        self._parsing = self.in_head = True
        self.since_s = self.now()

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; one after the body is a trailer, and goes nowhere."""
        if len(name) == 14 and name.lower() == b"content-length":
            self._length = value
        else:
            self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Check the head, and know how the body comes."""
        if self.doomed is not None or self.deaf:
            # What was sent ahead of an answer that ended the connection is not served.
            return
        self.in_head = False
        head = self._checked_head()
        if head is None:
            return
        length: int | None = None
        if self._length is not None:
            # llhttp took it for a number; this is for the day when it does not.
            length = int(self._length) if self._length.isdigit() else -1
            if length < 0 or head.chunked:
                self.refuse(answers.NOT_HTTP)
                return
        self._begin(head, length)
        waited_for = b"expect" in head.fields and (length or head.chunked)
        if waited_for and self.incoming is not None and self.active is None:
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _begin(self, head: Head, length: int | None) -> None:
        """Make ready for the body."""
        if length is not None and length > self._most_body:
            self.refuse(answers.TOO_LARGE)
            return
        self.incoming = Exchange(head, length, time.time(), self.now())

    def _checked_head(self) -> Head | None:
        """The head that was read, or the one before where they are equal."""
        method, version = self._parser.get_method(), self._parser.get_http_version()
        raw, self._headers = self._headers, []
        before = self._head
        if before is not None and before.equals(method, self._target, version, raw):
            self._repeats = self._seen is None
            return before
        self._seen = None
        limits = self.service.config.limits
        head = Head(method, self._target, version, raw)
        if len(raw) > limits.headers or head.size > limits.head_bytes:
            self.refuse(answers.HEAD_TOO_LARGE)
            return None
        wrong = check_head(head)
        if wrong is None and self.service.gate.identities.repeated(head.headers):
            wrong = answers.TWO_CALLERS
        if wrong is not None:
            self.refuse(wrong)
            return None
        head.forwarded = self.service.forwarded(head, self.peer)
        self._head = head
        return head

    def on_body(self, piece: bytes) -> None:
        """Take a piece of the body, or send it on where the decision has fallen."""
        exchange = self.incoming
        if exchange is None or self.doomed is not None:
            return
        exchange.size += len(piece)
        exchange.last_s = self.now()
        if exchange.size > self._most_body:
            self.refuse(answers.TOO_LARGE)
            return
        if exchange.forwarding and exchange.upstream is not None:
            exchange.upstream.send(self.framed(exchange, piece))
            return
        exchange.body.append(piece)
        early = exchange.size > self.service.gate.inspected_bytes and not exchange.rewriting
        if early and not exchange.forwarding and self.active is None:
            self.start(exchange)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._parsing = False
        exchange, self.incoming = self.incoming, None
        if exchange is None or self.doomed is not None:
            return
        exchange.whole = True
        if exchange.forwarding:
            if exchange.upstream is not None and exchange.head.chunked:
                exchange.upstream.send(b"0\r\n\r\n")
        elif self.active is None or self.active is exchange:
            self.start(exchange)
        else:
            self.waiting.append(exchange)

    @staticmethod
    def framed(exchange: Exchange, piece: bytes) -> bytes:
        """A piece of a body as the upstream is told it will come."""
        return b"%x\r\n%b\r\n" % (len(piece), piece) if exchange.head.chunked else piece
