"""Reasoning blocks bound in what an ASGI application sends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from revenuer.gateway.bindings import Bindings
from revenuer.gateway.bound_answers import BoundAnswer
from revenuer.guard.reasoning_blocks import Binding

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class BoundSend:
    """Sends on an answer with its blocks bound.

    Args:
        send: Where it goes.
        bindings: Say what the answer passes through.
        binding: What its blocks are bound with.
    """

    __slots__ = ("_binder", "_binding", "_bindings", "_send", "_start")

    def __init__(self, send: Send, bindings: Bindings, binding: Binding) -> None:
        self._send = send
        self._bindings, self._binding = bindings, binding
        self._binder: BoundAnswer | None = None
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        """What the application sends, in its order."""
        kind, binder = message["type"], self._binder
        if kind == "http.response.start":
            headers = message.get("headers", ())
            binder = self._binder = self._bindings.answer(self._binding, message["status"], headers)
            if binder is not None and binder.holds:
                # It says how long the body is, and that is not known yet.
                self._start = message
                return
            if binder is not None and binder.grows:
                message = _measured(message, None)
        elif kind == "http.response.body" and binder is not None:
            await self._body(binder, message)
            return
        elif self._start is not None:
            # A body that comes in another way, such as a file's name, is not bound.
            start, self._start, self._binder = self._start, None, None
            await self._send(start)
        await self._send(message)

    async def _body(self, binder: BoundAnswer, message: Message) -> None:
        more = message.get("more_body", False)
        passing = binder.feed(message.get("body", b""))
        if not more:
            passing += binder.close()
        elif binder.holds:
            return
        if self._start is not None:
            start, self._start = self._start, None
            await self._send(_measured(start, len(passing)) if binder.holds else start)
        if passing or not more:
            await self._send({"type": "http.response.body", "body": passing, "more_body": more})


def _measured(start: Message, length: int | None) -> Message:
    """The beginning of an answer with another length; None for one that nobody knows."""
    given = start.get("headers", ())
    headers = [(name, value) for name, value in given if name != b"content-length"]
    if length is not None:
        headers.append((b"content-length", b"%d" % length))
    return {**start, "headers": headers}
