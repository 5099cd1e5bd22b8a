"""The body of a request: bounded in bytes as it came and unpacked, in time, and in depth."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request

from revenuer.api.problems import ProblemError

BODY_S = 30.0
"""A body must be there within so many seconds. placeholder"""
DEEPEST = 64
"""Nesting of JSON; STIX has less than ten levels. placeholder"""
# What is left of such a body is not read: the connection cannot be used again.
_CLOSE = {"connection": "close"}


async def read_body(request: Request, most_bytes: int, *, seconds: float = BODY_S) -> bytes:
    """The body of a request, unpacked.

    Args:
        request: Of which nothing was read yet.
        most_bytes: Bytes at most, packed and unpacked.
        seconds: Until all of it must be there.

    Raises:
        ProblemError: 408, 413 or 415; or 400 where it is not what it says.
    """
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in {"identity", "gzip"}:
        headers = {"accept-encoding": "gzip, identity", **_CLOSE}
        raise ProblemError(415, f"Bodies are not unpacked from {packing[:32]!r}.", headers=headers)
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > most_bytes:
        raise _too_large(most_bytes)
    unpack = zlib.decompressobj(wbits=31) if packing == "gzip" else None
    taken = bytearray()
    packed = 0
    try:
        async with asyncio.timeout(seconds):
            async for piece in request.stream():
                packed += len(piece)
                if unpack is not None:
                    # One byte more than may be: a bomb is seen when it starts to swell.
                    piece = unpack.decompress(piece, most_bytes + 1 - len(taken))
                taken += piece
                if len(taken) > most_bytes or packed > most_bytes:
                    raise _too_large(most_bytes)
    except TimeoutError:
        raise ProblemError(
            408, f"The body did not come within {seconds:g} seconds.", headers=_CLOSE
        ) from None
    except ClientDisconnect:
        raise ProblemError(400, "The body ended before it was whole.", headers=_CLOSE) from None
    except zlib.error:
        raise ProblemError(400, "The body is not gzip.", headers=_CLOSE) from None
    if unpack is not None and (not unpack.eof or unpack.unused_data):
        raise ProblemError(400, "The body is not one whole piece of gzip.", headers=_CLOSE)
    return bytes(taken)


def read_json(body: bytes) -> Any:
    """What a body says as JSON.

    Raises:
        ProblemError: It is none, or is nested too deep.
    """
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ProblemError(400, "The body is not JSON.") from None
    except RecursionError:
        raise _too_deep() from None
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return value
    raise _too_deep()


def _too_deep() -> ProblemError:
    return ProblemError(400, f"The body is nested more than {DEEPEST} levels deep.")


def _too_large(most_bytes: int) -> ProblemError:
    return ProblemError(
        413,
        f"The body has more than {most_bytes} bytes.",
        "Send it in pieces; max_content_length of the API root says how large.",
        _CLOSE,
    )
