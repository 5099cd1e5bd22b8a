"""The cookies of the console: who is signed in, and that a stranger's form is from our page."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from revenuer.app.signing_in.sessions import SignedIn

DAY_S = 86_400
_FRESH = "revenuer.visit"
_VISIT = re.compile(r"[A-Za-z0-9_-]{20,60}")


@dataclass(frozen=True, slots=True)
class Cookies:
    """What is set and read.

    Attributes:
        secret: What strangers' forms are signed with; another one each time the console starts.
    """

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def set(
        self, request: Request, response: Response, signed: SignedIn | None, told: str | None
    ) -> None:
        """Set what a response is to set.

        Args:
            request: What it answers.
            response: Where it is set.
            signed: Who is signed in, if anybody.
            told: New value of the session's cookie; empty ends the session, None leaves it.
        """
        marks: dict[str, Any] = {
            "secure": request.url.scheme == "https",
            "httponly": True,
            "samesite": "lax",
            "path": "/",
        }
        if told is None and signed is not None:
            told = signed.renewed
        if told:
            response.set_cookie(cookie_name(request), told, **marks)
        elif told == "":
            response.delete_cookie(cookie_name(request), **marks)
        if signed is None and (fresh := request.scope.get(_FRESH)):
            response.set_cookie(_visit_name(request), fresh, max_age=DAY_S, **marks)

    def csrf_of_stranger(self, request: Request) -> str:
        """What a stranger's forms carry: bound to a cookie, so that no other site can know it."""
        held = request.cookies.get(_visit_name(request), "")
        if not _VISIT.fullmatch(held):
            held = request.scope.setdefault(_FRESH, secrets.token_urlsafe(24))
        return hmac.new(self.secret, held.encode(), "sha256").hexdigest()


def cookie_name(request: Request) -> str:
    """Of the session's cookie: over TLS one that no other host or path can set."""
    return "__Host-revenuer" if request.url.scheme == "https" else "revenuer"


def origin_of(request: Request) -> str:
    """Scheme, host and port by which a request came."""
    return f"{request.url.scheme}://{request.url.netloc}"


def _visit_name(request: Request) -> str:
    return f"{cookie_name(request)}-visit"
