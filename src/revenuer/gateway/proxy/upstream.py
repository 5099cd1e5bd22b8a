"""A connection to the upstream: one request at a time, its answer relayed as it comes.

The bytes of a body are never looked into here: they are passed on in pieces as they came, only
the chunks around them are new, unless reasoning blocks are bound or a countermeasure holds. The
head is made anew, so that what the upstream says to its neighbour stays there.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httptools

from revenuer.gateway.answering import awaited_in
from revenuer.gateway.proxy.answer_framing import AnswerFraming
from revenuer.gateway.proxy.answers import NO_UPSTREAM, UPSTREAM_BROKE

if TYPE_CHECKING:
    from revenuer.gateway.passages import Passage
    from revenuer.gateway.proxy.client import Client
    from revenuer.gateway.proxy.exchange import Exchange
    from revenuer.gateway.proxy.pool import Pool
    from revenuer.gateway.rewording import Rewording

HEAD_BYTES = 65_536
"""The most that the head of an answer may take. placeholder"""
ONE_OF_THIS = b"%bcontent-length: %d\r\n\r\n%b"
LAST_OF_THIS = b"%bcontent-length: %d\r\nconnection: close\r\n\r\n%b"
"""A whole answer, after which the connection goes on or ends."""


class Upstream(AnswerFraming):
    """One connection; idle in the pool, or carrying one exchange.

    Attributes:
        idle_since_s: The loop's clock when it was put into the pool.
        settling: Waits for what stands in for something of the answer; None where nothing does.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
        self.idle_since_s = 0.0
        self.transport: asyncio.Transport = None  # type: ignore[assignment]
        self.settling: asyncio.Task[None] | None = None
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
        self._stop_settling()
        if self.transport is not None:
            self.transport.abort()

    def read_on(self) -> None:
        """Take more of the answer, unless what came has to wait."""
        if self.settling is None and not self.transport.is_closing():
            self.transport.resume_reading()

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
        if self.settling is not None and self._done:
            # It is whole, and goes on once what it waits for is there.
            return
        self._client = self._exchange = None
        self._stop_settling()
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
        if self.settling is not None:
            return
        done = self._done
        passing = passage.feed(self._taken(exchange))
        if done:
            passing += passage.close()
        elif passage.holds:
            return
        awaited = awaited_in(exchange.ruling, passing)
        if awaited is None:
            self._pass_on(passage, client, exchange, passing, done=done)
            return
        # The upstream waits as for a client who reads slowly; this exchange alone does.
        self.transport.pause_reading()
        self.settling = client.service.loop.create_task(
            self._settle(awaited, passage, client, exchange, passing, done=done)
        )

    async def _settle(
        self,
        awaited: Rewording,
        passage: Passage,
        client: Client,
        exchange: Exchange,
        passing: bytes,
        *,
        done: bool,
    ) -> None:
        """Wait for what stands in for something of the answer, then go on with it."""
        try:
            passing = await awaited.put_in(passing)
        finally:
            self.settling = None
        exchange.last_s = client.now()
        self._pass_on(passage, client, exchange, passing, done=done)
        if done:
            return
        if not client.stalled_s:
            self.read_on()
        if self._pieces or self._done:
            self._relay_changed(passage, client, exchange)

    def _stop_settling(self) -> None:
        if self.settling is not None:
            self.settling.cancel()

    def _pass_on(
        self, passage: Passage, client: Client, exchange: Exchange, passing: bytes, *, done: bool
    ) -> None:
        """Write what goes on; at the end let the connection go."""
        if done and passage.holds:
            self._length = b"%d" % len(passing)
        out = [] if exchange.status else [self._first(client, exchange)]
        if passing:
            out.append(b"%x\r\n%b\r\n" % (len(passing), passing) if self._chunked else passing)
        if done and self._chunked:
            out.append(b"0\r\n\r\n")
        client.transport.write(b"".join(out))
        if done:
            self._release(exchange, bodiless=False)
            client.finished(exchange)

    def _release(self, exchange: Exchange, bodiless: bool) -> None:
        self._client = self._exchange = None
        # A client who is slow, or what had to be waited for, stopped it; the next one is neither.
        self.read_on()
        clean = not self._surplus and not self._until_close and not bodiless and exchange.whole
        if clean and self._keeps:
            self.pool.put(self)
        else:
            self.transport.close()
