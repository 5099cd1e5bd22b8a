"""A connection to the upstream: one request at a time, its answer relayed as it comes.

The bytes of a body are never looked into here: they are passed on in pieces as they came, only
the chunks around them are new, unless reasoning blocks are bound or a countermeasure holds. The
head is made anew, so that what the upstream says to its neighbour stays there.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httptools

from revenuer.gateway.answering import passage_of
from revenuer.gateway.proxy.answer_reading import AnswerReader
from revenuer.gateway.proxy.answers import NO_UPSTREAM, UPSTREAM_BROKE, AnswerHead
from revenuer.gateway.proxy.repeats import seen_answer

if TYPE_CHECKING:
    from revenuer.gateway.passages import Passage
    from revenuer.gateway.proxy.client import Client
    from revenuer.gateway.proxy.exchange import Exchange
    from revenuer.gateway.proxy.pool import Pool

NO_BODY = frozenset((204, 304))
HEAD_BYTES = 65_536
"""The most that the head of an answer may take. placeholder"""
ONE_OF_THIS = b"%bcontent-length: %d\r\n\r\n%b"
LAST_OF_THIS = b"%bcontent-length: %d\r\nconnection: close\r\n\r\n%b"
"""A whole answer, after which the connection goes on or ends."""


class Upstream(AnswerReader):
    """One connection; idle in the pool, or carrying one exchange.

    Attributes:
        idle_since_s: The loop's clock when it was put into the pool.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self.pool = pool
        self.idle_since_s = 0.0
        self.transport: asyncio.Transport = None  # type: ignore[assignment]
        self._client: Client | None = None
        self._exchange: Exchange | None = None

    # --- what the client's side asks for ------------------------------------------

    def carry(self, client: Client, exchange: Exchange, data: bytes) -> None:
        """Send a request, or its beginning."""
        if not self._fresh:
            self._begin()
        self._client, self._exchange = client, exchange
        exchange.upstream = self
        self.transport.write(data)

    def send(self, data: bytes) -> None:
        """Send more of the body, framed already."""
        self.transport.write(data)

    def drop(self) -> None:
        """Break off: the client is gone, or the answer took too long."""
        self._client = self._exchange = None
        if self.transport is not None:
            self.transport.abort()

    # --- asyncio.Protocol ---------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        """End the exchange that was under way, well only where the end is what ends it."""
        self.pool.forget(self)
        client, exchange = self._client, self._exchange
        if client is None or exchange is None:
            return
        if self._until_close and exc is None:
            self._done = True
            self._relay(client, exchange)
            return
        self._client = self._exchange = None
        client.broken(
            exchange, UPSTREAM_BROKE if self._has_head or self._head_bytes else NO_UPSTREAM
        )

    def pause_writing(self) -> None:
        """The upstream takes the body slower than the client sends it."""
        if self._client is not None:
            self._client.transport.pause_reading()

    def resume_writing(self) -> None:
        """It takes more."""
        if self._client is not None:
            self._client.read_on()

    def data_received(self, data: bytes) -> None:
        """Relay what came."""
        client, exchange = self._client, self._exchange
        if client is None or exchange is None:
            # Nobody asked for this: whatever it is, it must not become the next answer.
            self.transport.abort()
            return
        exchange.last_s = client.now()
        fresh, self._fresh = self._fresh, False
        if fresh and self._relay_seen(client, exchange, data):
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._surplus = True
            if not self._done:
                self._break(client, exchange)
                return
        if not self._has_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._break(client, exchange)
            return
        self._relay(client, exchange, data if fresh else b"")

    def _break(self, client: Client, exchange: Exchange) -> None:
        self.drop()
        client.broken(exchange, UPSTREAM_BROKE)

    # --- relaying -----------------------------------------------------------------

    def _relay_seen(self, client: Client, exchange: Exchange, data: bytes) -> bool:
        """Relay an answer that is all there, if its head came before; whether it did."""
        known = self.pool.heads[False]
        if known is None or known.seen is None:
            return False
        found, asked = known.seen.length_in(data), exchange.head
        if found is None or asked.version != "1.1" or asked.method == b"HEAD":
            return False
        length, start = found
        ruling = exchange.ruling
        if len(data) - start != length or not exchange.whole or ruling is None:
            return False
        if ruling.binding is not None or ruling.treatment is not None:
            return False
        exchange.status = known.status
        body = data[start:]
        if body:
            exchange.first_s = exchange.last_s
            exchange.tap.take(body)
        form = LAST_OF_THIS if client.ends(exchange) else ONE_OF_THIS
        client.transport.write(form % (known.relayed, length, body))
        self._fresh = True
        self._client = self._exchange = None
        self.pool.put(self)
        client.finished(exchange)
        return True

    def _relay(self, client: Client, exchange: Exchange, begun: bytes = b"") -> None:
        """Relay what was parsed.

        Args:
            client: Who asked.
            exchange: What for.
            begun: The bytes that the answer began with, where they came just now.
        """
        out: list[bytes] = []
        if exchange.status == 0:
            self._frame(client, exchange)
            if self._passage is None:
                out.append(self._first(client, exchange, begun))
        if self._passage is not None:
            self._relay_changed(self._passage, client, exchange)
            return
        pieces = self._pieces
        bodiless = exchange.head.method == b"HEAD"
        if bodiless:
            pieces.clear()
        if pieces:
            piece = self._taken(exchange)
            out.append(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)
        done = self._done or bodiless
        if done and self._chunked:
            out.append(b"0\r\n\r\n")
        client.transport.write(out[0] if len(out) == 1 else b"".join(out))
        if done:
            self._release(exchange, bodiless)
            client.finished(exchange)

    def _relay_changed(self, passage: Passage, client: Client, exchange: Exchange) -> None:
        """Relay what a passage lets pass; of an answer that it holds, all at the end."""
        passing = passage.feed(self._taken(exchange))
        if self._done:
            passing += passage.close()
            if passage.holds:
                self._length = b"%d" % len(passing)
        elif passage.holds:
            return
        out = [] if exchange.status else [self._first(client, exchange)]
        if passing:
            out.append(b"%x\r\n%b\r\n" % (len(passing), passing) if self._chunked else passing)
        if self._done and self._chunked:
            out.append(b"0\r\n\r\n")
        client.transport.write(b"".join(out))
        if self._done:
            self._release(exchange, bodiless=False)
            client.finished(exchange)

    def _taken(self, exchange: Exchange) -> bytes:
        """What of the body was parsed and has not gone on yet."""
        pieces = self._pieces
        piece = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        if piece:
            if exchange.first_s == 0.0:
                exchange.first_s = exchange.last_s
            exchange.tap.take(piece)
        return piece

    def _frame(self, client: Client, exchange: Exchange) -> None:
        """Know how the body comes, and what it passes through."""
        if self._framed:
            return
        self._framed = True
        coded = self._coded
        if coded:
            self._length = None
        has_body = exchange.head.method != b"HEAD" and self._status not in NO_BODY
        self._until_close = has_body and not coded and self._length is None
        ruling = exchange.ruling
        if ruling is None or not has_body or not ruling.changes_answer:
            return
        self._passage = passage_of(client.service.gate, ruling, self._status, self._headers)
        if self._passage is not None and self._passage.grows:
            # Or shrinks, and nobody knows by how much.
            self._length = None

    def _first(self, client: Client, exchange: Exchange, begun: bytes = b"") -> bytes:
        """The head for the client; says how the body will be framed."""
        exchange.status = self._status
        framing = b""
        if self._length is not None:
            framing = b"content-length: %b\r\n" % self._length
        elif exchange.head.method != b"HEAD" and self._status not in NO_BODY:
            if exchange.head.version == "1.1":
                self._chunked = True
                framing = b"transfer-encoding: chunked\r\n"
            else:
                client.end_after = True
        if client.ends(exchange):
            framing += b"connection: close\r\n"
        elif exchange.head.version == "1.0":
            framing += b"connection: keep-alive\r\n"
        return b"%b%b\r\n" % (self._head(begun).relayed, framing)

    def _head(self, begun: bytes) -> AnswerHead:
        """What goes on of the head, taken over from the answer before where they are equal."""
        heads, coded = self.pool.heads, self._coded
        known = heads[coded]
        if known is None or not known.equals(self._status, self._reason, self._headers):
            known = heads[coded] = AnswerHead(self._status, self._reason, self._headers)
        elif known.seen is None and begun and self._keeps and not self._surplus:
            known.seen = seen_answer(begun, self._status, self._reason, self._headers)
        return known

    def _release(self, exchange: Exchange, bodiless: bool) -> None:
        self._client = self._exchange = None
        clean = not self._surplus and not self._until_close and not bodiless and exchange.whole
        if clean and self._keeps:
            self.pool.put(self)
        else:
            self.transport.close()
