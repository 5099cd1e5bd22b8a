"""Connections to the upstream that wait for their next request."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

from revenuer.gateway.proxy.answers import AnswerHead
from revenuer.gateway.proxy.upstream import Upstream


@dataclass(frozen=True, slots=True)
class Place:
    """Where the upstream is.

    Attributes:
        host: Name or address.
        port: Port.
        authority: What `Host` says.
        prefix: What comes before each path, such as `/openai`; may be empty.
        tls: How to speak TLS to it; None for plain.
    """

    host: str
    port: int
    authority: bytes
    prefix: bytes
    tls: ssl.SSLContext | None


class Pool:
    """Idle connections, the one used last first, so that the others can age out.

    Attributes:
        place: The upstream.
        open: Connections there are, idle or not.
        heads: The last head of an answer with a length, and the last of one in chunks.
    """

    def __init__(self, place: Place, *, most_idle: int, idle_s: float, connect_s: float) -> None:
        self.place = place
        self.open = 0
        self.heads: list[AnswerHead | None] = [None, None]
        self._idle: list[Upstream] = []
        self._most_idle = most_idle
        self._idle_s = idle_s
        self._connect_s = connect_s
        self._loop = asyncio.get_running_loop()

    def take(self) -> Upstream | None:
        """A connection that waits; None if there is none."""
        while self._idle:
            upstream = self._idle.pop()
            if not upstream.transport.is_closing():
                return upstream
        return None

    def put(self, upstream: Upstream) -> None:
        """Keep a connection whose answer is whole."""
        if len(self._idle) >= self._most_idle or upstream.transport.is_closing():
            upstream.transport.close()
            return
        upstream.idle_since_s = self._loop.time()
        self._idle.append(upstream)

    async def connect(self) -> Upstream:
        """A new connection.

        Raises:
            OSError: It cannot be had; `TimeoutError` among them.
        """
        place = self.place
        async with asyncio.timeout(self._connect_s):
            _, upstream = await self._loop.create_connection(
                lambda: Upstream(self),
                place.host,
                place.port,
                ssl=place.tls,
                server_hostname=place.host if place.tls else None,
            )
        self.open += 1
        return upstream

    def forget(self, upstream: Upstream) -> None:
        """A connection ended."""
        self.open -= 1
        if upstream in self._idle:
            self._idle.remove(upstream)

    def age(self, now: float) -> None:
        """Close what waited so long that the upstream may be about to close it itself."""
        while self._idle and now - self._idle[0].idle_since_s > self._idle_s:
            self._idle.pop(0).transport.close()

    def close(self) -> None:
        """Close all that waits."""
        for upstream in self._idle:
            upstream.transport.close()
        self._idle.clear()
