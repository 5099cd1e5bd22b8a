"""The guard as ASGI middleware: for vLLM, FastAPI, and whatever else speaks ASGI.

```sh
export REVENUER_GATEWAY_CONFIG=gateway.toml
vllm serve MODEL --middleware revenuer.gateway.asgi.GuardMiddleware
```
```python
app.add_middleware(GuardMiddleware, config="gateway.toml")
```

A class and not a function, and nothing of Starlette's `BaseHTTPMiddleware`, which would run every
answer through a queue. Pieces of an answer pass as the application sends them. Of the file,
`guard`, `identity`, `reasoning` and `log` count, and the length of a body; the host program owns
sockets and timeouts.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from revenuer.gateway.asgi_changing import ChangingSend, Message, Send
from revenuer.gateway.gate import MARKS, Gate
from revenuer.gateway.refusals import TWO_CALLERS
from revenuer.gateway.routes import normal_path
from revenuer.gateway.ruling import Ruling
from revenuer.gateway.start import config_at, put_together
from revenuer.gateway.tap import Tap

PATHS = 256
"""Paths that are kept in the form in which they are looked up. placeholder"""

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class GuardMiddleware:
    """Decides on each request before the application sees it, and logs what came of it.

    Args:
        app: The application.
        config: TOML file of the gateway; without one the variable `REVENUER_GATEWAY_CONFIG`
            names it.

    Raises:
        ConfigError: There is no configuration, or it cannot be used: a server whose guard is
            misconfigured does not start.
    """

    def __init__(self, app: App, config: str | Path | None = None) -> None:
        self.app = app
        settings = config_at(config)
        self.gate, self.journal, self._feed = put_together(settings)
        self._watching: asyncio.Task[None] | None = None
        self._most = settings.limits.body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of the application's server."""
        kind = scope["type"]
        if kind == "http":
            if self._watching is None and self._feed is not None:
                self._watching = asyncio.create_task(self._feed.run())
            await self._http(scope, receive, send)
        elif kind == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, self._until_shutdown(send))

    # --- one request --------------------------------------------------------------

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        arrived_s, begun = time.time(), time.perf_counter()
        fields: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        peer = client[0].encode() if client else b"unknown"
        address = self.journal.address_of(fields, peer)
        method, path = scope["method"].encode(), _path_in(scope["path"])
        exchange = _Exchange(receive, send)
        if len(fields) != len(scope["headers"]) and self.gate.identities.repeated(scope["headers"]):
            await _answer(exchange, 400, TWO_CALLERS, b"")
            return
        body = await self._body(exchange, path, fields, address) if method == b"POST" else None
        ruling = self.gate.rule(method, path, fields, body, address)
        logged = self.journal.kept(body)
        outcome = "upstream_error"
        try:
            if ruling.answer is not None:
                await _answer(exchange, ruling.status, ruling.answer, ruling.headers)
                outcome = "guard_" + ruling.word
                return
            if ruling.body is not None:
                exchange.held = ruling.body
            if ruling.changes_answer:
                exchange.changed_by(self.gate, ruling)
            changed = ruling.headers or ruling.body is not None or ruling.changes_answer
            if changed or not MARKS.isdisjoint(fields):
                scope = _marked(scope, ruling)
            await self.app(scope, exchange.receive, exchange.send)
            if exchange.over:
                outcome = "complete"
        except asyncio.CancelledError:
            outcome = "client_cancelled"
            raise
        except Exception:
            # What serves the application answers with this, out of our sight.
            exchange.status = exchange.status or 500
            raise
        finally:
            self.journal.record(
                self.journal.head_of(ruling, fields, peer),
                ruling,
                exchange.tap,
                arrived_s=arrived_s,
                took_s=time.perf_counter() - begun,
                status=exchange.status,
                outcome=exchange.outcome(outcome),
                body=logged,
            )

    async def _body(
        self, exchange: _Exchange, path: bytes, fields: dict[bytes, bytes], address: bytes
    ) -> bytes | None:
        """The body, if it is under the cap, or must be read all the same."""
        body = await exchange.read(self.gate.inspected_bytes)
        if body is None and self.gate.needs_whole(b"POST", path, fields, address):
            body = await exchange.read(self._most)
        return body

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the handshake of a caller who is refused; what a socket says is not read."""
        fields: dict[bytes, bytes] = dict(scope["headers"])
        client = scope.get("client")
        address = self.journal.address_of(fields, client[0].encode() if client else b"unknown")
        ruling = self.gate.rule(b"GET", _path_in(scope["path"]), fields, None, address)
        twice = self.gate.identities.repeated(scope["headers"])
        if ruling.answer is None and not twice:
            await self.app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": ruling.word})

    def _until_shutdown(self, send: Send) -> Send:
        async def watched(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown"):
                await self.close()
            await send(message)

        return watched

    async def close(self) -> None:
        """Hand over what waits for the log, and stop looking for verdicts."""
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        await self.journal.close()


class _Exchange:
    """Both directions of one request, as the application is given them."""

    __slots__ = ("_receive", "_send", "gone", "held", "over", "rest", "size", "status", "tap")

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self.held: bytes | None = None
        self.rest = True
        self.size = 0
        self.status = 0
        self.over = self.gone = False
        self.tap = Tap()

    def changed_by(self, gate: Gate, ruling: Ruling) -> None:
        """Change the answer as was ruled."""
        self._send = ChangingSend(self._send, gate, ruling).send

    def outcome(self, otherwise: str) -> str:
        """How it ended: whole, too, where somebody hung up once they had the last event."""
        if self.over:
            return otherwise
        if self.tap.has_ended():
            return "complete"
        return "client_cancelled" if self.gone else otherwise

    async def read(self, most: int) -> bytes | None:
        """The body; None if it is over the cap, and what was read of it then waits."""
        pieces = [self.held] if self.held else []
        while self.rest and self.size <= most:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone, self.rest = True, False
                break
            piece = message.get("body", b"")
            if piece:
                pieces.append(piece)
                self.size += len(piece)
            self.rest = message.get("more_body", False)
        self.held = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        return None if self.rest else self.held

    async def receive(self) -> Message:
        """What the application reads: what was held, then whatever else comes."""
        held, self.held = self.held, None
        if held is not None:
            return {"type": "http.request", "body": held, "more_body": self.rest}
        if self.gone:
            return {"type": "http.disconnect"}
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.gone = True
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """What the application sends, on its way to the client."""
        # The server's own awaitable where nothing follows: a coroutine less for each message.
        if message["type"] == "http.response.body":
            piece = message.get("body")
            if piece:
                self.tap.take(piece)
            if not message.get("more_body", False):
                return self._send_last(message)
        elif message["type"] == "http.response.start":
            self.status = message["status"]
        return self._send(message)

    async def _send_last(self, message: Message) -> None:
        await self._send(message)
        self.over = True


@lru_cache(PATHS)
def _path_in(path: str) -> bytes:
    """A scope's path as routes are looked up by; the server has taken its escapes out."""
    return normal_path(path.replace("?", "%3F").encode("utf-8", "surrogateescape"))


def _marked(scope: Scope, ruling: Ruling) -> Scope:
    """The scope with the guard's marks, and with the length of a changed body."""
    headers = [(name, value) for name, value in scope["headers"] if name not in MARKS]
    if ruling.changes_answer:
        # What is compressed cannot be changed.
        headers = [(name, value) for name, value in headers if name != b"accept-encoding"]
        headers.append((b"accept-encoding", b"identity"))
    if ruling.body is not None:
        length = b"%d" % len(ruling.body)
        headers = [(name, value) for name, value in headers if name != b"content-length"]
        headers.append((b"content-length", length))
    for line in ruling.headers.split(b"\r\n"):
        name, found, value = line.partition(b": ")
        if found:
            headers.append((name, value))
    return {**scope, "headers": headers}


async def _answer(exchange: _Exchange, status: int, body: bytes, lines: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    for line in lines.split(b"\r\n"):
        name, found, value = line.partition(b": ")
        if found:
            headers.append((name, value))
    await exchange.send({"type": "http.response.start", "status": status, "headers": headers})
    await exchange.send({"type": "http.response.body", "body": body})
