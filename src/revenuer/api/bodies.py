"""The body of a request: bounded in bytes as it came and unpacked, in time, and in depth.

A face that takes bodies reads them here.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import ClientDisconnect, Request

from revenuer.api.problems import ProblemError
from revenuer.sharing import bounded
from revenuer.sharing.bounded import PACKINGS, TooLargeError, Unpacking, UnreadableError

BODY_S = 30.0
"""A body must be there within so many seconds. placeholder"""
# What is left of such a body is not read: the connection cannot be used again.
_CLOSE = {"connection": "close"}


async def read_body(
    request: Request, most_bytes: int, *, hint: str = "", seconds: float = BODY_S
) -> bytes:
    """The body of a request, unpacked.

    Args:
        request: Of which nothing was read yet.
        most_bytes: Bytes at most, packed and unpacked.
        hint: What to do about one that is too large.
        seconds: Until all of it must be there.

    Raises:
        ProblemError: 408, 413 or 415; or 400 where it is not what it says.
    """
    try:
        unpacking = Unpacking(request.headers.get("content-encoding", ""), most_bytes)
    except UnreadableError as problem:
        headers = {"accept-encoding": ", ".join(sorted(PACKINGS)), **_CLOSE}
        raise ProblemError(415, f"The body {problem}.", headers=headers) from None
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > most_bytes:
        raise _too_large(most_bytes, hint)
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                unpacking.take(piece)
        return unpacking.whole()
    except TooLargeError:
        raise _too_large(most_bytes, hint) from None
    except UnreadableError as problem:
        raise ProblemError(400, f"The body {problem}.", headers=_CLOSE) from None
    except TimeoutError:
        raise ProblemError(
            408, f"The body did not come within {seconds:g} seconds.", headers=_CLOSE
        ) from None
    except ClientDisconnect:
        raise ProblemError(400, "The body ended before it was whole.", headers=_CLOSE) from None


def read_json(body: bytes) -> Any:
    """What a body says as JSON.

    Raises:
        ProblemError: It is none, or is nested too deep.
    """
    try:
        return bounded.read_json(body)
    except UnreadableError as problem:
        raise ProblemError(400, f"The body {problem}.") from None


def _too_large(most_bytes: int, hint: str) -> ProblemError:
    return ProblemError(413, f"The body has more than {most_bytes} bytes.", hint, _CLOSE)
