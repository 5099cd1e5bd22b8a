r"""A client's connection: requests parsed, decided on and handed over, answers in their order.

```
parse head -> check -> body up to the cap -> decide -> own answer
                                                    \-> upstream -> relay -> next request
```

One exchange is under way at a time; what a client sends ahead waits. Nothing is awaited on this
path, and a task is made only where a new connection to the upstream is needed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from revenuer.gateway.proxy import answers
from revenuer.gateway.proxy.exchange import Exchange
from revenuer.gateway.proxy.heads import Refused, framing_line
from revenuer.gateway.proxy.reading import RequestReader

if TYPE_CHECKING:
    from revenuer.gateway.proxy.service import Service
    from revenuer.gateway.proxy.upstream import Upstream


class Client(RequestReader):
    """One connection.

    Attributes:
        stalled_s: Since when the client takes nothing; 0 if it does.
        lingering_s: Since when it was refused and may still be sending; 0 if it is not.
        connecting: The task that connects to the upstream.
    """

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self.stalled_s = 0.0
        self.lingering_s = 0.0
        self.connecting: asyncio.Task[None] | None = None

    # --- asyncio.Protocol ---------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, if there is room."""
        self.transport = transport  # type: ignore[assignment]
        peer = transport.get_extra_info("peername")
        self.peer = peer[0].encode() if isinstance(peer, tuple) and peer else b"unknown"
        if not self.service.admit(self):
            self.deaf = True
            body = self.service.refusal(answers.BUSY, None)
            self.transport.write(answers.own_answer(503, body, close=True))
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: what is under way upstream is cancelled."""
        self.deaf = True
        self.service.leave(self)
        if self.connecting is not None:
            self.connecting.cancel()
        exchange, self.active = self.active, None
        if exchange is not None:
            if exchange.upstream is not None:
                exchange.upstream.drop()
            outcome = "complete" if exchange.tap.has_ended() else "client_cancelled"
            self.service.record(exchange, outcome, self.peer)
        self.waiting.clear()
        self.incoming = None

    def pause_writing(self) -> None:
        """The client reads slower than the upstream sends."""
        self.stalled_s = self.now()
        if self.active is not None and self.active.upstream is not None:
            self.active.upstream.transport.pause_reading()

    def resume_writing(self) -> None:
        """It caught up."""
        self.stalled_s = 0.0
        if self.active is not None and self.active.upstream is not None:
            self.active.upstream.read_on()

    # --- one exchange -------------------------------------------------------------

    def start(self, exchange: Exchange) -> None:
        """Decide, and answer or hand over; a body over the cap may have to be held on."""
        self.active = exchange
        ruling = self.service.rule(exchange, self.peer)
        if ruling is None:
            exchange.rewriting = True
            return
        exchange.ruling = ruling
        if ruling.answer is not None:
            exchange.status = ruling.status
            self.service.record(exchange, "guard_" + ruling.word, self.peer)
            self._answer(exchange, ruling.status, ruling.answer, ruling.headers)
            return
        exchange.forwarding = True
        upstream = self.service.pool.take()
        if upstream is None:
            self.connecting = self.service.loop.create_task(self._connect(exchange))
        else:
            self._hand_over(exchange, upstream)

    async def _connect(self, exchange: Exchange) -> None:
        try:
            upstream = await self.service.pool.connect()
        except OSError:
            if self.active is exchange:
                self.broken(exchange, answers.NO_UPSTREAM)
            return
        finally:
            self.connecting = None
        if self.active is exchange:
            self._hand_over(exchange, upstream)
        else:
            self.service.pool.put(upstream)

    def _hand_over(self, exchange: Exchange, upstream: Upstream) -> None:
        head = exchange.head
        body = exchange.taken_body()
        length: int | None = len(body)
        if not exchange.whole:
            length = None if head.chunked else exchange.length
        bodiless = not length and exchange.length is None and not head.chunked
        framing = framing_line(length, bodiless=bodiless)
        extra = exchange.ruling.headers if exchange.ruling is not None else b""
        exchange.sent_s = exchange.last_s = self.now()
        if body and length is None:
            body = self.framed(exchange, body)
        upstream.carry(self, exchange, b"".join((head.forwarded, extra, framing, body)))

    def ends(self, exchange: Exchange) -> bool:
        """Whether the connection ends with this answer; where it does, the answer says so."""
        if exchange.head.close or self.service.draining or not exchange.whole:
            self.end_after = True
        return self.end_after

    def finished(self, exchange: Exchange) -> None:
        """The answer is whole."""
        self.service.record(exchange, "complete", self.peer)
        self._next(exchange)

    def broken(self, exchange: Exchange, wrong: Refused) -> None:
        """The upstream failed: say so where nothing was said yet, else break off too."""
        if self.active is not exchange:
            return
        begun = exchange.status != 0
        if not begun:
            exchange.status = wrong.status
        self.service.record(exchange, "upstream_error", self.peer)
        if begun:
            # Without its end the answer is seen to be cut off; an end of ours would hide it.
            self.active = None
            self.transport.abort()
            return
        if not exchange.whole:
            self.end_after = True
        body = self.service.refusal(wrong, exchange.head)
        self._answer(exchange, wrong.status, body)

    def _answer(self, exchange: Exchange, status: int, body: bytes, extra: bytes = b"") -> None:
        close = self.ends(exchange)
        if self.incoming is exchange:
            self.incoming = None
        if exchange.head.method == b"HEAD":
            close = self.end_after = True
            body = b""
        self.transport.write(answers.own_answer(status, body, close=close, extra=extra))
        self._next(exchange)

    def _next(self, exchange: Exchange) -> None:
        self.active = None
        self.since_s = self.now()
        if self.stalled_s:
            self.stalled_s = self.since_s
        if self.end_after:
            self._part(gently=not exchange.whole or self.doomed is not None)
        elif self.doomed is not None:
            self._say_doom(self.doomed)
        elif self.waiting:
            self.start(self.waiting.popleft())
            if not self.waiting:
                self.read_on()

    def read_on(self) -> None:
        """Read again, unless requests wait already."""
        if not self.waiting and not self.transport.is_closing():
            self.transport.resume_reading()

    # --- refusing -----------------------------------------------------------------

    def refuse(self, wrong: Refused) -> None:
        """Refuse what cannot be read; nothing after it can be trusted either."""
        if self.doomed is not None or self.deaf:
            return
        self.doomed = wrong
        self.service.counts.malformed += 1
        incoming, self.incoming = self.incoming, None
        active = self.active
        if active is not None and active is incoming:
            # The body of a request that is under way turned out bad: it is not finished.
            self.active = None
            if active.upstream is not None:
                active.upstream.drop()
            if self.connecting is not None:
                self.connecting.cancel()
            self.service.record(active, "client_cancelled", self.peer)
            if active.status:
                self.transport.abort()
                return
            active = None
        if active is None and not self.waiting:
            self._say_doom(wrong)

    def _say_doom(self, wrong: Refused) -> None:
        self.deaf = True
        body = self.service.refusal(wrong, None)
        self.transport.write(answers.own_answer(wrong.status, body, close=True))
        self._part(gently=True)

    def _part(self, *, gently: bool) -> None:
        """End the connection.

        Args:
            gently: Whether the client may be sending still. A close would then reset the
                connection, and take the answer with it before it was read; so what comes is
                let go by for a moment.
        """
        self.deaf = True
        if gently and self.transport.can_write_eof():
            self.transport.write_eof()
            self.lingering_s = self.now()
        else:
            self.transport.close()

    def leave_when_idle(self) -> None:
        """End now if nothing is under way, else after it."""
        if self.active is None and self.incoming is None and not self.in_head:
            self.transport.close()
        else:
            self.end_after = True
