"""`/events`: pages that are open are told when the casebook has changed.

One task looks once a second how far the audit log has got, as long as anybody listens; a listener
holds a connection, and no thread. What is told is that something changed, never what: pages ask
for themselves again, with the rights of whoever looks at them.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from revenuer.api.connection import CLOSING
from revenuer.api.problems import ProblemError
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.pulse import Pulse, pulse
from revenuer.app.signing_in.sessions import SignedIn
from revenuer.casework.roles import Right

logger = logging.getLogger(__name__)

PATH = "/events"
LOOK_S = 1.0
"""Between two looks at the casebook. placeholder"""
BEAT_S = 15.0
"""A listener is sent something at least this often, and its session looked at. placeholder"""
MOST_OF_A_SESSION = 4
"""A browser needs one for all its pages; the oldest gives way. placeholder"""
RETRY_MS = 3000
"""After which a browser connects anew. placeholder"""
STREAM = {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    # A server in front is not to hold it back.
    "x-accel-buffering": "no",
}
OVER = "event: over\ndata: {}\n\n"

Who = Callable[[Request], Awaitable[SignedIn | None]]


@dataclass(eq=False, slots=True)
class _Listener:
    """Whoever holds a connection."""

    session: str
    told: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Live:
    """Who listens, and what they are told.

    Attributes:
        casebook: That is looked at.
        logs: Beside it that are looked at too.
        who: Who sends a request, without keeping their session up.
        most: Listeners at once.
        look_s: Between two looks.
        beat_s: Between two signs of life.
    """

    casebook: Casebook
    who: Who
    most: int
    logs: tuple[Path, ...] = ()
    look_s: float = LOOK_S
    beat_s: float = BEAT_S
    newest: Pulse | None = None
    _listeners: list[_Listener] = field(default_factory=list)
    _looking: asyncio.Task[None] | None = None

    async def enter(self, request: Request) -> _Listener:
        """Let somebody listen.

        Raises:
            ProblemError: They are not signed in, or too many listen.
        """
        signed = await self.who(request)
        if signed is None:
            raise ProblemError(401, "You are not signed in.")
        signed.actor.needs(Right.READ)
        own = [one for one in self._listeners if one.session == signed.session]
        if len(own) >= MOST_OF_A_SESSION:
            self._leave(own[0])
        if len(self._listeners) >= self.most:
            raise ProblemError(503, "Too many pages listen.", headers={"retry-after": "30"})
        listener = _Listener(signed.session)
        self._listeners.append(listener)
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        return listener

    async def tell(
        self,
        listener: _Listener,
        request: Request,
        receive: Receive,
        send: Send,
        headers: Mapping[str, str],
    ) -> None:
        """Tell a listener all there is to tell, until they go or their session ends."""
        said = {**headers, **STREAM}
        sent = [(key.encode(), value.encode()) for key, value in said.items()]
        await send({"type": "http.response.start", "status": 200, "headers": sent})
        leaving = asyncio.create_task(_left(receive, listener.gone))
        closing = request.scope.get(CLOSING)
        closed = asyncio.create_task(closing.wait()) if closing is not None else None
        try:
            await _send(send, f"retry: {RETRY_MS}\n\n")
            known: Pulse | None = None
            while True:
                if known != self.newest and self.newest is not None:
                    known = self.newest
                    text = _event(known)
                else:
                    text = ": still here\n\n"
                if await self.who(request) is None:
                    await _send(send, OVER)
                    break
                await _send(send, text)
                if not await self._waited(listener, closed):
                    break
            await _send(send, "", last=True)
        finally:
            self._leave(listener)
            for task in (leaving, closed):
                if task is not None:
                    task.cancel()

    async def _waited(self, listener: _Listener, closed: asyncio.Task[bool] | None) -> bool:
        """Wait until there is something to tell; False once there will be nothing more."""
        waits = [asyncio.create_task(one.wait()) for one in (listener.told, listener.gone)]
        every = [*waits, closed] if closed is not None else waits
        try:
            await asyncio.wait(every, timeout=self.beat_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()
        listener.told.clear()
        return not listener.gone.is_set() and not (closed is not None and closed.done())

    async def _look(self) -> None:
        failed = False
        try:
            while self._listeners:
                seen: Pulse | None = self.newest
                try:
                    seen = await run_in_threadpool(pulse, self.casebook, self.newest, self.logs)
                    failed = False
                except Exception as problem:
                    if not failed:
                        logger.warning("pages are not told of changes: %s", type(problem).__name__)
                    failed = True
                if seen != self.newest:
                    self.newest = seen
                    for listener in self._listeners:
                        listener.told.set()
                await asyncio.sleep(self.look_s)
        finally:
            # What happens while nobody listens nobody is to be told of.
            self._looking, self.newest = None, None

    def _leave(self, listener: _Listener) -> None:
        listener.gone.set()
        if listener in self._listeners:
            self._listeners.remove(listener)


def _event(known: Pulse) -> str:
    data = json.dumps({"changed": known.changed, "cases": known.cases, "beside": known.beside})
    return f"id: {known.entry}\nevent: casebook\ndata: {data}\n\n"


async def _send(send: Send, text: str, *, last: bool = False) -> None:
    body = {"type": "http.response.body", "body": text.encode(), "more_body": not last}
    await send(body)


async def _left(receive: Receive, gone: asyncio.Event) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    gone.set()


@dataclass(frozen=True, slots=True)
class Events:
    """What answers at `/events`.

    Attributes:
        live: Who listens.
        refused: A refusal as an answer.
        headers: That every answer has.
    """

    live: Live
    refused: Callable[[Request, Exception], Response]
    headers: Mapping[str, str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let somebody listen, or say why not."""
        request = Request(scope, receive)
        try:
            if request.method != "GET":
                allow = {"allow": "GET"}
                raise ProblemError(405, "This page does not take that.", headers=allow)
            listener = await self.live.enter(request)
        except Exception as failure:
            await self.refused(request, failure)(scope, receive, send)
            return
        await self.live.tell(listener, request, receive, send, self.headers)
