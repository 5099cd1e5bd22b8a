"""What an ASGI application sends, changed while it passes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from revenuer.gateway.answering import awaited_in, passage_of
from revenuer.gateway.gate import Gate
from revenuer.gateway.passages import Passage
from revenuer.gateway.ruling import Ruling

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class ChangingSend:
    """Sends on an answer with its blocks bound, and what countermeasures change in it.

    Args:
        send: Where it goes.
        gate: Says what the answer passes through.
        ruling: What was done with its request.
    """

    __slots__ = ("_gate", "_passage", "_ruling", "_send", "_start")

    def __init__(self, send: Send, gate: Gate, ruling: Ruling) -> None:
        self._send = send
        self._gate, self._ruling = gate, ruling
        self._passage: Passage | None = None
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """What the application sends, in its order."""
        kind, passage = message["type"], self._passage
        if kind == "http.response.start":
            headers = message.get("headers", ())
            passage = self._passage = passage_of(
                self._gate, self._ruling, message["status"], headers
            )
            if passage is not None and passage.holds:
                # It says how long the body is, and that is not known yet.
                self._start = message
                return
            if passage is not None and passage.grows:
                message = _measured(message, None)
        elif kind == "http.response.body" and passage is not None:
            await self._body(passage, message)
            return
        elif self._start is not None:
            # A body that comes in another way, such as a file's name, is not changed.
            start, self._start, self._passage = self._start, None, None
            await self._send(start)
        await self._send(message)

    async def _body(self, passage: Passage, message: Message) -> None:
        more = message.get("more_body", False)
        passing = passage.feed(message.get("body", b""))
        if not more:
            passing += passage.close()
        elif passage.holds:
            return
        awaited = awaited_in(self._ruling, passing)
        if awaited is not None:
            passing = await awaited.put_in(passing)
        if self._start is not None:
            start, self._start = self._start, None
            await self._send(_measured(start, len(passing)) if passage.holds else start)
        if passing or not more:
            await self._send({"type": "http.response.body", "body": passing, "more_body": more})


def _measured(start: Message, length: int | None) -> Message:
    """The beginning of an answer with another length; None for one that nobody knows."""
    given = start.get("headers", ())
    headers = [(name, value) for name, value in given if name != b"content-length"]
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    return {**start, "headers": headers}
