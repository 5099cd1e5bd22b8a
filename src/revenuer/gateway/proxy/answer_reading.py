"""Answers out of an upstream's bytes: parsed by llhttp, heads kept, bodies in pieces."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httptools

from revenuer.gateway.proxy.heads import Headers

if TYPE_CHECKING:
    from revenuer.gateway.passages import Passage


class AnswerReader(asyncio.Protocol):
    """The reading half of a connection to the upstream; `Upstream` is the other."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._begin()

    def _begin(self) -> None:
        """Make ready for the next answer."""
        self._fresh = True
        self._status = 0
        self._reason = b""
        self._headers: Headers = []
        self._length: bytes | None = None
        self._coded = False
        self._head_bytes = 0
        self._pieces: list[bytes] = []
        self._has_head = False
        self._chunked = False
        self._framed = False
        self._until_close = False
        self._passage: Passage | None = None
        self._done = False
        self._surplus = False
        self._keeps = False

    def on_message_begin(self) -> None:
        """See the next message begin, which after the answer is one too many."""
        if self._done:
            self._surplus = True

    def on_status(self, reason: bytes) -> None:
        """Keep the reason phrase."""
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header."""
        if self._has_head:
            return
        name = name.lower()
        if name == b"content-length":
            self._length = value
            return
        if name == b"transfer-encoding":
            self._coded = True
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Know the status."""
        if not self._done:
            self._status = self._parser.get_status_code()
            self._has_head = self._status >= 200

    def on_body(self, piece: bytes) -> None:
        """Take a piece of the body, to be relayed once all that was read is parsed."""
        if not self._done:
            self._pieces.append(piece)

    def on_message_complete(self) -> None:
        """Know that the answer is whole; interim answers are not relayed."""
        if self._has_head:
            # Asked here, since the parser forgets it when it makes ready for the next message.
            self._keeps = not self._done and self._parser.should_keep_alive()
            self._done = True
        else:
            self._headers, self._reason = [], b""
            self._length, self._coded = None, False
