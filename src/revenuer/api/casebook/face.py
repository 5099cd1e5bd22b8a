"""Who calls, may they, what comes of it: the same for every endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from revenuer.api.access import Gate, refuse_two_lengths, shown_in
from revenuer.api.casebook import answering, idempotency
from revenuer.api.casebook.admission import Admission
from revenuer.api.casebook.endpoint import Call, Endpoint, Signed
from revenuer.api.casebook.idempotency import Begun, begin, digest, finish, mark, once
from revenuer.api.casebook.reading import (
    read_body_as,
    read_key,
    read_path,
    read_query,
    read_version,
    take_body,
    take_raw,
)
from revenuer.api.problems import ProblemError
from revenuer.app.access import Shown
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.tokens import actor_of
from revenuer.casework.roles import Actor, Right, Role
from revenuer.errors import ConflictError, NotAllowedError
from revenuer.settings import Settings

STRANGER = Actor("", Role.VIEWER, scopes=frozenset())
"""Whoever asks for what is open to all: they have no right."""
WAITS_S = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""How long a repeated request waits for the first, before it is told to ask again."""


@dataclass(frozen=True, slots=True)
class CasebookFace:
    """The casebook as HTTP shows it.

    Attributes:
        endpoints: What can be asked for.
        casebook: What it is about.
        settings: In force.
        keys: Folder of the secret keys.
        gate: Who is let in.
        admission: Where applications are judged.
        clock: What time it is.
    """

    endpoints: Sequence[Endpoint]
    casebook: Casebook
    settings: Settings
    keys: Path
    gate: Gate[Actor]
    admission: Admission
    clock: Callable[[], datetime]

    def routes(self) -> list[Route]:
        """One route a path, those without braces first."""
        paths: dict[str, dict[str, Endpoint]] = {}
        for one in self.endpoints:
            paths.setdefault(one.path, {})[one.method] = one
        ordered = sorted(paths, key=lambda path: ["{" in part for part in path.split("/")])
        return [Route(path, _Place(self, paths[path])) for path in ordered]

    async def answer(self, request: Request, endpoint: Endpoint) -> Response:
        """What comes of a request."""
        try:
            actor = await self._enter(request, endpoint)
            call, data = await self._read(request, endpoint, actor)
            key = read_key(request) if endpoint.takes_key else None
            if key is not None and actor is not STRANGER:
                return await self._once(request, endpoint, call, data, key)
            return await self._run(request, endpoint, call)
        except Exception as failure:
            return answering.failed(failure)

    async def _enter(self, request: Request, endpoint: Endpoint) -> Actor:
        """Who calls; whether they may is asked before anything of the request is read."""
        if endpoint.right is None:
            self.gate.pass_by(request)
            return STRANGER
        actor = await self.gate.enter(request)
        try:
            actor.needs(endpoint.right)
        except NotAllowedError as refused:
            raise ProblemError(403, refused.message, refused.hint, kind="right") from None
        return actor

    async def _read(
        self, request: Request, endpoint: Endpoint, actor: Actor
    ) -> tuple[Call[Any, Any, Any], bytes]:
        path, query, body, _ = endpoint.types
        at = read_path(request.path_params, path)
        said = read_query(request, query)
        version = read_version(request) if endpoint.versioned else None
        most = self.settings.api.body_bytes
        if endpoint.raw:
            data = await take_raw(request, most)
        else:
            data = await take_body(request, body, most)
        if actor is not STRANGER:
            self.gate.charge(actor, len(data))
        if endpoint.raw:
            value = Signed(dict(request.headers), data)
        else:
            value = await run_in_threadpool(read_body_as, data, body)
        now = self.clock()
        call = Call(
            self.casebook,
            self.settings,
            self.keys,
            actor,
            now,
            at,
            said,
            value,
            self.admission,
            version,
        )
        return call, data

    async def _run(
        self, request: Request, endpoint: Endpoint, call: Call[Any, Any, Any]
    ) -> Response:
        def work() -> Response:
            try:
                return answering.answer(request, endpoint, endpoint.run(call))
            except ConflictError as conflict:
                status = 409 if call.version is None else 412
                raise ProblemError(status, conflict.message, conflict.hint) from None

        told = await run_in_threadpool(work)
        if call.actor is not STRANGER:
            self.gate.charge(call.actor, len(told.body))
        return told

    async def _once(
        self,
        request: Request,
        endpoint: Endpoint,
        call: Call[Any, Any, Any],
        data: bytes,
        key: str,
    ) -> Response:
        match = request.headers.get("if-match", "")
        url = f"{request.method} {request.url.path}?{request.url.query}"
        asked = digest(url.encode(), match.encode(), data)
        database, token, secret = (
            self.casebook.database,
            call.actor.token,
            shown_in(request).token,
        )
        begun: Begun | Response | None = None
        for wait in (*WAITS_S, 0.0):
            begun = await run_in_threadpool(
                begin, database, token, secret, key, asked, self.clock()
            )
            if begun is not None:
                break
            await asyncio.sleep(wait)
        if begun is None:
            raise idempotency.waits()
        if isinstance(begun, Response):
            return begun
        if endpoint.outside:
            await run_in_threadpool(mark, database, begun, self.clock())
        try:
            mine = replace(call, casebook=once(self.casebook, begun))
            told = await self._run(request, endpoint, mine)
        except Exception as failure:
            told = answering.failed(failure)
        await run_in_threadpool(partial(finish, database, begun, told, outside=endpoint.outside))
        return told


@dataclass(frozen=True, slots=True)
class _Place:
    """Everything that can be asked for at one path."""

    face: CasebookFace
    endpoints: dict[str, Endpoint]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        if (found := self.endpoints.get(method)) is not None:
            return await self.face.answer(request, found)
        try:
            refuse_two_lengths(request)
        except ProblemError as problem:
            return answering.failed(problem)
        if method == "OPTIONS":
            return answering.methods(self._allowed())
        headers = {"allow": ", ".join(self._allowed())}
        title = "This URL does not take this method."
        return answering.refused(ProblemError(405, title, f"It takes {headers['allow']}.", headers))

    def _allowed(self) -> Iterable[str]:
        head = ["HEAD"] if "GET" in self.endpoints else []
        return [*sorted(self.endpoints), *head, "OPTIONS"]


def gate_of(casebook: Casebook, settings: Settings, clock: Callable[[], datetime]) -> Gate[Actor]:
    """Who is let in to a casebook, and how much they may."""

    def admits(shown: Shown) -> Actor:
        return actor_of(casebook, shown.token, shown.partner, clock())

    return Gate(admits, settings.api, float(settings.api.wrong_tokens_per_minute))


def may(endpoint: Endpoint, role: Role) -> bool:
    """Whether a role may ask for something, with a token for everything."""
    right: Right | None = endpoint.right
    return right is None or Actor("anybody", role).may(right)
