"""Who visits, may they, what comes of it: the same for every page and action."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from revenuer.api.access import address_of, refuse_two_lengths
from revenuer.api.casebook.admission import Admission
from revenuer.api.problems import ProblemError, phrase, told_of
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.pulse import Pulse, logs_beside, pulse
from revenuer.app.signing_in.sessions import SignedIn, resume
from revenuer.casework.roles import Actor, Role
from revenuer.config_file import Origin
from revenuer.console.cookies import Cookies, cookie_name, origin_of
from revenuer.console.flashes import Flash, Flashes
from revenuer.console.forms import read_form, refuse_foreign, refuse_unasked
from revenuer.console.framing import Frame, draw
from revenuer.console.page import Action, Data, Download, Goto, Page, Told, View, Visit, local
from revenuer.guard.buckets import Buckets
from revenuer.instants import micros
from revenuer.settings import Settings

logger = logging.getLogger(__name__)

STRANGER = Actor("", Role.VIEWER, scopes=frozenset())
"""Whoever has not signed in: they have no right."""
SIGN_IN = "/sign-in"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
NEVER_KEPT = {"cache-control": "no-store"}
MOST_REMEMBERED = 10_000
"""Sessions and addresses that are counted at once. placeholder"""


@dataclass(frozen=True, slots=True)
class ConsoleFace:
    """The casebook as the console shows it.

    Attributes:
        pages: All that there is.
        casebook: What it is about.
        settings: In force.
        keys: Folder of the secret keys.
        clock: What time it is.
        admission: Where sign-ups are judged.
        said: Each setting, and who said so.
    """

    pages: Sequence[Page | Action]
    casebook: Casebook
    settings: Settings
    keys: Path
    clock: Callable[[], datetime]
    admission: Admission
    said: tuple[Origin, ...] = ()
    flashes: Flashes = field(default_factory=Flashes)
    cookies: Cookies = field(default_factory=Cookies)
    _counts: Buckets = field(default_factory=lambda: Buckets(MOST_REMEMBERED))

    def routes(self) -> list[Route]:
        """One route a path, those without braces first."""
        paths: dict[str, dict[str, Page | Action]] = {}
        for one in self.pages:
            method = "GET" if isinstance(one, Page) else "POST"
            if method in paths.setdefault(one.path, {}):
                raise ValueError(f"{method} {one.path} is there twice")
            paths[one.path][method] = one
        ordered = sorted(paths, key=lambda path: ["{" in part for part in path.split("/")])
        return [Route(path, _Place(self, paths[path])) for path in ordered]

    async def answer(self, request: Request, one: Page | Action) -> Response:
        """What comes of a request."""
        signed: SignedIn | None = None
        try:
            refuse_two_lengths(request)
            signed = await self.who(request)
            self._count(request, signed)
            if one.right is not None:
                if signed is None:
                    return self._to_sign_in(request, one)
                signed.actor.needs(one.right)
            visit = await self._visit(request, one, signed)
            return await run_in_threadpool(self._answered, request, one, visit, signed)
        except Exception as failure:
            return self.failed(request, failure, signed)

    async def not_routed(self, request: Request, status: int) -> Response:
        """What is said of paths that are none."""
        titles = {404: "There is no such page."}
        problem = ProblemError(status, titles.get(status, phrase(status)))
        return self.failed(request, problem, await self.who(request))

    def failed(
        self, request: Request, failure: Exception, signed: SignedIn | None = None
    ) -> Response:
        """A failure as a page."""
        problem, _ = told_of(failure, logger)
        values = {"problem": problem, "phrase": phrase(problem.status), "back": _back(request)}
        view = View("problem.html", problem.title or phrase(problem.status), values, problem.status)
        page = self._drawn(request, view, signed, Frame(url=request.url.path))
        headers = {**HEADERS, **NEVER_KEPT, **problem.headers}
        headers.pop("www-authenticate", None)
        return Response(page, problem.status, headers, "text/html; charset=utf-8")

    async def who(self, request: Request) -> SignedIn | None:
        """Who sends a request; None for a stranger."""
        cookie = request.cookies.get(cookie_name(request), "")
        if not cookie:
            return None
        return await run_in_threadpool(
            resume, self.casebook, cookie, self.clock(), is_used=not _is_by_itself(request)
        )

    async def listens(self, request: Request) -> SignedIn | None:
        """Who listens to what happens: counted once, and no sign of anybody being there."""
        cookie = request.cookies.get(cookie_name(request), "")
        return await run_in_threadpool(resume, self.casebook, cookie, self.clock(), is_used=False)

    def _count(self, request: Request, signed: SignedIn | None) -> None:
        who = signed.session if signed is not None else f"address {address_of(request)}"
        most = float(self.settings.console.requests_per_minute)
        wait = self._counts.take(who, time.monotonic(), 1.0, rate_per_s=most / 60, burst=most)
        if wait:
            after = {"retry-after": str(int(wait) + 1)}
            raise ProblemError(429, "Too many requests.", f"Wait {int(wait) + 1} seconds.", after)

    async def _visit(self, request: Request, one: Page | Action, signed: SignedIn | None) -> Visit:
        csrf = signed.csrf if signed is not None else self.cookies.csrf_of_stranger(request)
        form = ImmutableMultiDict[str, str]()
        origin = origin_of(request)
        if isinstance(one, Action):
            refuse_foreign(request, origin)
            form = await read_form(request, self.settings.console.body_bytes)
            refuse_unasked(request, form, csrf)
        return Visit(
            casebook=self.casebook,
            settings=self.settings,
            keys=self.keys,
            actor=signed.actor if signed is not None else STRANGER,
            now=self.clock(),
            url=_asked_for(request),
            path=request.path_params,
            query=request.query_params,
            form=form,
            session=signed.session if signed is not None else "",
            cookie=request.cookies.get(cookie_name(request), "") if signed is not None else "",
            csrf=csrf,
            address=address_of(request),
            origin=origin,
            agent=request.headers.get("user-agent", "")[:512],
            said=self.said,
            admission=self.admission,
        )

    def _answered(
        self, request: Request, one: Page | Action, visit: Visit, signed: SignedIn | None
    ) -> Response:
        # Before the page is made: what happens meanwhile is to be told of.
        known = (
            pulse(self.casebook, logs=logs_beside(self.settings))
            if signed is not None and isinstance(one, Page)
            else None
        )
        return self._told(request, one, visit, one.run(visit), signed, known)

    def _told(
        self,
        request: Request,
        one: Page | Action,
        visit: Visit,
        told: Told,
        signed: SignedIn | None,
        known: Pulse | None = None,
    ) -> Response:
        headers = {**HEADERS, **NEVER_KEPT}
        if isinstance(told, Goto):
            if told.said and signed is not None:
                self.flashes.say(signed.session, told.said, failed=told.failed)
            after = BackgroundTask(told.after) if told.after is not None else None
            response: Response = RedirectResponse(told.url, 303, headers, after)
        elif isinstance(told, Download):
            named = f"attachment; filename*=UTF-8''{quote(told.name)}"
            headers["content-disposition"] = named
            response = Response(told.data, 200, headers, told.media)
        elif isinstance(told, Data):
            response = Response(told.data, 200, headers, "application/json")
        else:
            section = one.section if isinstance(one, Page) else ""
            frame = Frame(section, visit.csrf, visit.url, known)
            page = self._drawn(request, told, signed, frame)
            response = Response(page, told.status, headers, "text/html; charset=utf-8")
        cookie = told.cookie if isinstance(told, Goto) else None
        self.cookies.set(request, response, signed, cookie)
        return response

    def _drawn(self, request: Request, view: View, signed: SignedIn | None, frame: Frame) -> str:
        said: Sequence[Flash] = ()
        if signed is not None and not _is_part(request):
            said = self.flashes.taken(signed.session)
        return draw(view, self.pages, signed, frame, said, micros(self.clock()))

    def _to_sign_in(self, request: Request, one: Page | Action) -> Response:
        if isinstance(one, Action):
            raise ProblemError(401, "You are not signed in.", "Sign in, and do it again.")
        where = _asked_for(request)
        url = SIGN_IN if where == "/" else f"{SIGN_IN}?next={quote(where, safe='')}"
        if _is_part(request):
            # Whoever asks for a part of a page would put the page to sign in there.
            return Response("", 401, {**HEADERS, **NEVER_KEPT})
        return RedirectResponse(url, 303, {**HEADERS, **NEVER_KEPT})


@dataclass(frozen=True, slots=True)
class _Place:
    """Everything that there is at one path."""

    face: ConsoleFace
    there: dict[str, Page | Action]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        method = "GET" if request.method == "HEAD" else request.method
        if (found := self.there.get(method)) is not None:
            response = await self.face.answer(request, found)
        else:
            allow = {"allow": ", ".join(sorted(self.there))}
            problem = ProblemError(405, "This page does not take that.", headers=allow)
            response = self.face.failed(request, problem)
        await response(scope, receive, send)


def _is_by_itself(request: Request) -> bool:
    """Whether an open page asks, and nobody did anything."""
    return "x-live" in request.headers


def _is_part(request: Request) -> bool:
    """Whether a script of ours asks, which shows a part of the page."""
    return _is_by_itself(request) or "hx-request" in request.headers


def _asked_for(request: Request) -> str:
    """Path and query of a request."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _back(request: Request) -> str:
    """Where a problem's page leads back to."""
    said = request.headers.get("referer", "")
    origin = origin_of(request)
    return local(said.removeprefix(origin)) if said.startswith(f"{origin}/") else "/"
