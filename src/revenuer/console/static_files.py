"""The files of `static/`: read and compressed once, then given from memory.

Pages themselves are not compressed: they hold what forms must carry beside words that a visitor
sent, and the length of such a page, compressed, would tell of it.
"""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PREFIX = "/static/"
KEPT = "public, max-age=31536000, immutable"
"""For who asks by the hash of a file, which stands in every URL of ours."""
ASKED_ANEW = "no-cache"
DIGEST_CHARS = 12


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file.

    Attributes:
        data: All of it.
        packed: The same, compressed by gzip; empty where that is no shorter.
        media: Its media type.
        digest: What its URL ends with.
    """

    data: bytes
    packed: bytes
    media: str
    digest: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """All of them, by what comes after `/static/`."""
    return dict(_under(files("revenuer.console") / "static", ""))


def static_url(name: str) -> str:
    """The URL of a file: another one once the file is another.

    Raises:
        FileNotFoundError: There is none.
    """
    if (found := static_files().get(name)) is None:
        raise FileNotFoundError(name)
    return f"{PREFIX}{name}?{found.digest}"


@dataclass(frozen=True, slots=True)
class Static:
    """What answers below `/static/`.

    Attributes:
        headers: That every answer has.
    """

    headers: Mapping[str, str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer: a file, or that there is none."""
        await self.answer(Request(scope))(scope, receive, send)

    def answer(self, request: Request) -> Response:
        """What comes of a request."""
        name = request.scope["path"].removeprefix(request.scope.get("root_path", "")).lstrip("/")
        found = static_files().get(name)
        if request.method not in ("GET", "HEAD"):
            return Response(status_code=405, headers={**self.headers, "allow": "GET, HEAD"})
        if found is None:
            return Response("There is no such file.", 404, self.headers, "text/plain")
        headers = {**self.headers, "vary": "accept-encoding", "etag": f'"{found.digest}"'}
        by_hash = request.scope["query_string"] == found.digest.encode()
        headers["cache-control"] = KEPT if by_hash else ASKED_ANEW
        if request.headers.get("if-none-match") == headers["etag"]:
            return Response(status_code=304, headers=headers)
        if found.packed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(found.packed, 200, headers, found.media)
        return Response(found.data, 200, headers, found.media)


def _under(folder: Traversable, above: str) -> Iterator[tuple[str, StaticFile]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _under(one, f"{above}{one.name}/")
        else:
            yield f"{above}{one.name}", _read(one)


def _read(place: Traversable) -> StaticFile:
    data = place.read_bytes()
    packed = gzip.compress(data, 9, mtime=0)
    media = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    if media.startswith("text/") or media == "application/javascript":
        media += "; charset=utf-8"
    return StaticFile(
        data, packed if len(packed) < len(data) else b"", media,
        sha256(data).hexdigest()[:DIGEST_CHARS],
    )  # fmt: skip
