"""One connection: how long it may take for the head of a request, and whose certificate it has.

uvicorn tells an application nothing of a client's certificate (its issues 400, 745 and 2306) nor
that the server is about to stop, and waits for ever for the first head. All are added to its
protocol here. What an application is told stands under keys of the scope, which no header can
write.
"""

from __future__ import annotations

import asyncio
import ssl
from hashlib import sha256
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

CERTIFICATE = "revenuer.certificate"
"""In a scope: SHA-256 of the client's certificate in DER, hexadecimal."""
CLOSING = "revenuer.closing"
"""In a scope: an event that is set once the server is about to stop; an answer that goes on and on
ends with it."""
HEAD_S = 15.0
"""From the connection, or from the answer before, until the head of a request is whole.
placeholder"""


class Connection(H11Protocol):
    """A connection of a client."""

    _deadline: asyncio.TimerHandle | None = None
    _closing: asyncio.Event

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take its certificate, and begin to wait for a request."""
        super().connection_made(transport)
        shown = transport.get_extra_info("ssl_object")
        certificate = shown.getpeercert(binary_form=True) if shown is not None else None
        self._closing = asyncio.Event()
        known: dict[str, Any] = {CLOSING: self._closing}
        if certificate:
            known[CERTIFICATE] = sha256(certificate).hexdigest()
        self.app = _Known(self.app, known)
        self._wait()

    def shutdown(self) -> None:
        """Stop as soon as what is under way is done, and say so to what would go on."""
        super().shutdown()
        self._closing.set()

    def data_received(self, data: bytes) -> None:
        """Take what came; once a request has begun, its own deadlines hold."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        self._wait()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop()
        self._deadline = self.loop.call_later(HEAD_S, self._give_up)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


class _Known:
    """An application that is told more of its connection."""

    def __init__(self, app: Any, known: dict[str, Any]) -> None:
        self._app = app
        self._told = known

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._app({**scope, **self._told}, receive, send)


def server_context(certificate: str, key: str, client_ca: str) -> ssl.SSLContext:
    """The server's side of TLS.

    Args:
        certificate: PEM file of its certificate and those above.
        key: PEM file of its key.
        client_ca: PEM file of the authorities of clients; with it, every client must show a
            certificate of theirs. Empty for none.

    Raises:
        OSError: A file cannot be read, or is none (an `ssl.SSLError` is one too).
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # TAXII 2.1, section 8.2.2: 1.2 at least.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
