"""The endpoints of private matching, under `/matching/v1`.

| endpoint | answers |
|---|---|
| `GET card` | what is matched here and with which keys, signed |
| `POST ask` | blinded elements evaluated, with their buckets |
| `GET psi/KIND` | our set of a kind, enciphered |
| `POST psi/KIND/count`, `POST psi/KIND/elements` | the reply to an intersection |
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from revenuer.api.access import Gate
from revenuer.api.bodies import read_body
from revenuer.api.problems import ProblemError, problem_of
from revenuer.app.access import Caller
from revenuer.app.sharing.matching_service import MatchingService, ReplayError
from revenuer.errors import MatchError
from revenuer.matching.answering import EditionGoneError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.intersection import MOST_REQUEST_BYTES
from revenuer.matching.messages import MOST_QUESTION_BYTES
from revenuer.matching.quotas import QuotaError

logger = logging.getLogger(__name__)
PREFIX = "/matching/v1"
FEWER = "Ask about fewer values at once."
JSON, OCTETS = "application/json", "application/octet-stream"
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
Handler = Callable[[Request, Caller], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class MatchingFace:
    """Private matching as HTTP shows it.

    Attributes:
        service: What peers may do.
        gate: Who is let in.
    """

    service: MatchingService
    gate: Gate[Caller]

    def routes(self) -> list[Route]:
        """Its endpoints."""
        table: list[tuple[str, str, Handler]] = [
            ("/card", "GET", self._card),
            ("/ask", "POST", self._ask),
            ("/psi/{kind}", "GET", self._setup),
            ("/psi/{kind}/{form}", "POST", self._intersect),
        ]
        return [
            Route(PREFIX + path, self._endpoint(handler), methods=[method])
            for path, method, handler in table
        ]

    def _endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def run(request: Request) -> Response:
            try:
                caller = await self.gate.enter(request)
                told = await handler(request, caller)
                self.gate.charge(caller, len(told.body))
                return told
            except Exception as failure:
                return _failed(failure)

        return run

    async def _card(self, request: Request, caller: Caller) -> Response:
        return _told(await run_in_threadpool(self.service.card, caller), JSON)

    async def _ask(self, request: Request, caller: Caller) -> Response:
        body = await read_body(request, MOST_QUESTION_BYTES, hint=FEWER)
        self.gate.charge(caller, len(body))
        return _told(await run_in_threadpool(self.service.answer, caller, body), JSON)

    async def _setup(self, request: Request, caller: Caller) -> Response:
        kind = _kind(request)
        return _told(await run_in_threadpool(self.service.setup, caller, kind), OCTETS)

    async def _intersect(self, request: Request, caller: Caller) -> Response:
        kind, form = _kind(request), request.path_params["form"]
        if form not in {"count", "elements"}:
            raise ProblemError(404, "There is nothing at this URL.")
        body = await read_body(request, MOST_REQUEST_BYTES, hint=FEWER)
        self.gate.charge(caller, len(body))

        def work() -> bytes:
            return self.service.intersect(caller, kind, body, elements=form == "elements")

        return _told(await run_in_threadpool(work), OCTETS)


def _kind(request: Request) -> MatchKind:
    try:
        return MatchKind(request.path_params["kind"])
    except ValueError:
        raise ProblemError(404, "There is no such kind of value.") from None


def _told(body: bytes, media: str, status: int = 200) -> Response:
    return Response(body, status, headers=HEADERS, media_type=media)


def _failed(failure: Exception) -> Response:
    """What went wrong, in words that quote nothing of the question."""
    problem = _problem(failure)
    if problem is None:
        logger.error("a question could not be answered", exc_info=failure)
        problem = ProblemError(500, "The question could not be answered.")
    value = {"title": problem.title, "description": problem.description}
    told = _told(msgspec.json.encode(value), JSON, problem.status)
    told.headers.update(problem.headers)
    return told


def _problem(failure: Exception) -> ProblemError | None:
    if isinstance(failure, QuotaError):
        after = {} if failure.retry_after is None else {"retry-after": str(failure.retry_after)}
        return ProblemError(429, failure.message, failure.hint, after)
    if isinstance(failure, EditionGoneError):
        return ProblemError(410, failure.message, failure.hint)
    if isinstance(failure, ReplayError):
        return ProblemError(409, failure.message, failure.hint)
    if isinstance(failure, MatchError):
        return ProblemError(400, failure.message, failure.hint)
    return problem_of(failure)
