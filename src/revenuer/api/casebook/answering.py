"""An answer, or a problem, as it is written.

Source:
    RFC 9457, "Problem Details for HTTP APIs"; RFC 9110, sections 8.8.3 (ETag), 9.3.7 (OPTIONS)
    and 13.1.2 (If-None-Match).
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from revenuer.api.casebook.endpoint import JSON, Document, Endpoint, Later
from revenuer.api.casebook.words import Shown
from revenuer.api.problems import ProblemError, phrase, told_of

logger = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000",
    "x-content-type-options": "nosniff",
}
"""On every answer. Strict-Transport-Security counts over TLS alone (RFC 6797, section 8.1)."""
KINDS = {
    400: "invalid",
    401: "unauthenticated",
    403: "not-allowed",
    404: "not-found",
    405: "method",
    408: "too-slow",
    409: "conflict",
    412: "changed",
    413: "too-large",
    415: "media-type",
    422: "unusable",
    429: "too-many",
    500: "failed",
    503: "unavailable",
}
"""Kinds of problems, by status, where nothing more exact is said."""


class Wrong(Shown):
    """One place in a request that is wrong.

    Attributes:
        where: Such as `body.reason` or `query.limit`.
        what: What is wrong with it.
    """

    where: str
    what: str


class Problem(Shown, omit_defaults=True):
    """What went wrong (RFC 9457).

    Attributes:
        type: What kind of problem; the last part is for programs.
        title: What is wrong.
        status: The status of the answer.
        detail: What to do about it.
        instance: Of this one answer; the server's log names it where the server failed.
        errors: Each place in the request that is wrong.
    """

    type: Annotated[str, Meta(pattern=r"^urn:revenuer:problem:[a-z-]+$")]
    title: str
    status: int
    instance: str
    detail: str = ""
    errors: tuple[Wrong, ...] = ()


def answer(request: Request, endpoint: Endpoint, told: Any) -> Response:
    """What an endpoint's function told."""
    if isinstance(told, Later):
        response = answer(request, endpoint, told.answer)
        response.background = BackgroundTask(told.run)
        return response
    if isinstance(told, Document):
        headers = {**HEADERS, "content-disposition": f'attachment; filename="{told.name}"'}
        return Response(told.data, endpoint.status, headers=headers, media_type=endpoint.media)
    version = getattr(told, "version", None)
    tag = "" if version is None else f'"{version}"'
    headers = {**HEADERS, "etag": tag} if tag else dict(HEADERS)
    if endpoint.method == "GET" and tag and is_known(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    if told is None:
        return Response(status_code=204, headers=headers)
    body = told if isinstance(told, bytes) else msgspec.json.encode(told)
    return Response(body, endpoint.status, headers=headers, media_type=JSON)


def is_known(said: str | None, tag: str) -> bool:
    """Whether If-None-Match names a tag.

    Examples:
        >>> is_known('"1", W/"2"', '"2"'), is_known("*", '"2"'), is_known('"1"', '"2"')
        (True, True, False)
    """
    if said is None:
        return False
    named = {one.strip().removeprefix("W/") for one in said.split(",")}
    return "*" in named or tag in named


def methods(allowed: Iterable[str]) -> Response:
    """The answer to OPTIONS."""
    return Response(status_code=204, headers={**HEADERS, "allow": ", ".join(allowed)})


def failed(failure: Exception) -> Response:
    """A failure as a problem."""
    return refused(*told_of(failure, logger))


def refused(problem: ProblemError, id_: str = "") -> Response:
    """A problem as it is written."""
    kind = problem.kind or KINDS.get(problem.status, "invalid")
    said = Problem(
        type=f"urn:revenuer:problem:{kind}",
        title=problem.title or phrase(problem.status),
        status=problem.status,
        detail=problem.description,
        instance=f"urn:uuid:{id_ or uuid.uuid4()}",
        errors=tuple(Wrong(where=where, what=what) for where, what in problem.where),
    )
    headers = {**HEADERS, **problem.headers}
    return Response(msgspec.json.encode(said), problem.status, headers=headers, media_type=PROBLEM)
