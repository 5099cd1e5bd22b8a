"""Forms as they are sent: bounded, and from our own pages only."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from revenuer.api.access import refuse_two_lengths
from revenuer.api.problems import ProblemError
from revenuer.console.page import Asked

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 2000
"""Fields of a form; the largest of ours ticks the accounts of a page. placeholder"""
FIELD, HEADER = "csrf", "x-csrf"


async def read_form(request: Request, most_bytes: int) -> Asked:
    """What a form says.

    Raises:
        ProblemError: It is too large, or no form.
    """
    refuse_two_lengths(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most_bytes:
            raise ProblemError(413, "What was sent is too large.")
        parts.append(part)
    if not size:
        return ImmutableMultiDict()
    if kind != FORM:
        raise ProblemError(415, "Only forms of these pages are taken.")
    try:
        text = b"".join(parts).decode("ascii")
        said = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ProblemError(400, "The form cannot be read.") from None
    if any("\x00" in name or "\x00" in value for name, value in said):
        raise ProblemError(400, "The form cannot be read.")
    return ImmutableMultiDict(said)


def refuse_foreign(request: Request, origin: str) -> None:
    """Refuse what another site's page sent.

    Browsers of today say where a request comes from in Sec-Fetch-Site, others in Origin; a form
    that says neither still needs the token.

    Raises:
        ProblemError: It comes from elsewhere.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    said = request.headers.get("origin", origin)
    if site not in ("same-origin", "none") or said != origin:
        raise _foreign()


def refuse_unasked(request: Request, form: Asked, csrf: str) -> None:
    """Refuse a form that does not carry what our pages put into forms.

    Raises:
        ProblemError: It does not.
    """
    said = form.get(FIELD) or request.headers.get(HEADER, "")
    if not csrf or not hmac.compare_digest(said.encode(), csrf.encode()):
        raise _foreign()


def _foreign() -> ProblemError:
    return ProblemError(
        403,
        "This form is not from this page, or the page is too old.",
        "Go back, load the page anew, and do it again.",
    )
