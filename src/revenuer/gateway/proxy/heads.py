"""Heads of requests: what is refused, and what goes on to the upstream.

llhttp has parsed the head strictly before this: bare line feeds, folded lines, bad chunk sizes,
two lengths, or a length beside a transfer coding never come here. What is checked here is what
it lets pass and two servers could read in two ways. The head that goes on is made anew from what
was read, so the upstream cannot read another request than the one that was decided on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from revenuer.gateway.identity import Known
    from revenuer.gateway.ruling import Asking

HOP_BY_HOP = frozenset(
    (
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"http2-settings",
        b"expect",
    )
)
"""Headers between two neighbours, which a proxy takes off (RFC 9110, section 7.6.1)."""

OURS = frozenset((b"host", b"content-length", b"accept-encoding", b"x-forwarded-for"))
"""Headers that are written anew."""

METHODS = frozenset((b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"HEAD"))
VERSIONS = frozenset(("1.1", "1.0"))
HOST = re.compile(rb"[A-Za-z0-9.\-_~%!$&'()*+,;=:\[\]]*\Z")
TARGET = re.compile(rb"/[\x21-\x7e]*\Z")
ESCAPED = re.compile(rb"%([0-9A-Fa-f]{2})")
BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that is not handed on.

    Attributes:
        status: The status it is answered with.
        code: A short name of what was wrong, for programs.
        message: What was wrong, for a person.
    """

    status: int
    code: str
    message: str


class Head:
    """What the head of a request says, as far as it matters here, without its length.

    A client sends nearly the same head again and again, so one object serves for all requests
    of a connection whose heads are equal; nothing in it changes once it was checked.

    Attributes:
        method: Such as `POST`.
        target: As it came.
        path: Normalised, without a query: what routes are looked up by.
        raw: Names and values as they came, without `Content-Length`.
        headers: The same, names in lower case.
        fields: The last value under each name.
        chunked: Whether the body comes in chunks.
        close: Whether the client asks that the connection ends after this.
        version: `1.1` or `1.0`.
        forwarded: What goes to the upstream of it, without what differs by request.
        asking: Who asks by it, and for what; None before somebody did.
        logged: What a row of the log says of it, and of which caller.
    """

    __slots__ = (
        "asking",
        "chunked",
        "close",
        "fields",
        "forwarded",
        "headers",
        "logged",
        "method",
        "path",
        "raw",
        "target",
        "version",
    )

    def __init__(self, method: bytes, target: bytes, version: str, raw: Headers) -> None:
        self.method = method
        self.target = target
        self.version = version
        self.raw = raw
        self.headers = [(name.lower(), value) for name, value in raw]
        self.fields = dict(self.headers)
        self.path = b""
        self.chunked = False
        self.close = False
        self.forwarded = b""
        self.asking: Asking | None = None
        self.logged: tuple[Known, bytes] | None = None

    def equals(self, method: bytes, target: bytes, version: str, raw: Headers) -> bool:
        """Whether another head says the very same."""
        return (
            self.raw == raw
            and self.target == target
            and self.method == method
            and self.version == version
        )

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        return len(self.target) + sum(len(name) + len(value) + 4 for name, value in self.raw)


def check_head(head: Head) -> Refused | None:
    """Say what is wrong with a head, and fill in its path and framing.

    Returns:
        None if it may go on.
    """
    if head.version not in VERSIONS:
        return Refused(505, "http_version", "Only HTTP/1.1 and HTTP/1.0 are served here.")
    if head.method not in METHODS:
        return Refused(405, "method", "This method is not served here.")
    if not TARGET.match(head.target):
        return Refused(400, "target", "The request target must be a path.")
    fields = head.fields
    return _check_host(head) or _check_framing(head, fields) or _check_path(head)


def _check_host(head: Head) -> Refused | None:
    count = 0
    for name, _ in head.headers:
        if name == b"host":
            count += 1
    if count > 1 or (count == 0 and head.version == "1.1"):
        return Refused(400, "host", "A request has exactly one Host.")
    if count and not HOST.match(head.fields[b"host"]):
        return Refused(400, "host", "The Host is not one.")
    return None


def _check_framing(head: Head, fields: dict[bytes, bytes]) -> Refused | None:
    coding = fields.get(b"transfer-encoding")
    if coding is not None:
        # Anything but this one word leaves the length of the body to interpretation.
        if coding.strip(b" \t").lower() != b"chunked" or head.version == "1.0":
            return Refused(501, "transfer_encoding", "The only transfer coding is `chunked`.")
        head.chunked = True
    connection = fields.get(b"connection")
    if connection is None:
        head.close = head.version == "1.0"
        return None
    words = connection.lower()
    head.close = b"close" in words or (head.version == "1.0" and b"keep-alive" not in words)
    if b"upgrade" in words and fields.get(b"upgrade", b"").lower().startswith(b"websocket"):
        return Refused(501, "upgrade", "WebSockets are not served here.")
    return None


def _check_path(head: Head) -> Refused | None:
    path = head.target.split(b"?", 1)[0]
    if b"%" in path:
        if BAD_ESCAPE.search(path):
            return Refused(400, "target", "The path has an escape that is none.")
        path = ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), path)
        if any(byte < 0x20 or byte == 0x7F for byte in path):
            return Refused(400, "target", "The path hides a control character.")
    if b"\\" in path or b"/." in path:
        segments = path.replace(b"\\", b"/").split(b"/")
        if b".." in segments or b"." in segments or b"\\" in path:
            # Who resolves these, and when, differs from server to server.
            return Refused(400, "target", "The path must not hold dot segments.")
    while b"//" in path:
        path = path.replace(b"//", b"/")
    head.path = path.rstrip(b"/") or b"/"
    return None


def forwarded_head(
    head: Head, *, host: bytes, prefix: bytes, client: bytes, dropped: frozenset[bytes]
) -> bytes:
    """What goes to the upstream of a head, without its end and what differs by request.

    Args:
        head: A head that `check_head` let pass.
        host: The upstream's name.
        prefix: What comes before the path upstream.
        client: The client's address, added to `X-Forwarded-For`.
        dropped: Names that only this gateway may set.
    """
    skipped = SKIPPED | dropped | _nominated(head.fields.get(b"connection"))
    lines = [b"%b %b%b HTTP/1.1\r\nHost: %b\r\n" % (head.method, prefix, head.target, host)]
    for name, value in head.headers:
        # Some servers read `content_length` as `content-length`.
        if name not in skipped and b"_" not in name:
            lines.append(b"%b: %b\r\n" % (name, value))
    # Answers are read for their usage as they pass, so they come uncompressed.
    lines.append(b"accept-encoding: identity\r\n")
    before = head.fields.get(b"x-forwarded-for")
    chain = b"%b, %b" % (before, client) if before else client
    lines.append(b"x-forwarded-for: %b\r\n" % chain)
    return b"".join(lines)


def framing_line(length: int | None, *, bodiless: bool) -> bytes:
    """How the body is sent on, and the end of the head.

    Args:
        length: Its bytes; None sends it in chunks.
        bodiless: Whether the client spoke of no body at all.
    """
    if length is None:
        return b"transfer-encoding: chunked\r\n\r\n"
    return b"\r\n" if bodiless else b"content-length: %d\r\n\r\n" % length


SKIPPED = HOP_BY_HOP | OURS


def _nominated(connection: bytes | None) -> frozenset[bytes]:
    """Headers that the client's `Connection` declares to be between neighbours."""
    if connection is None:
        return frozenset()
    words = connection.lower()
    if words in (b"keep-alive", b"close"):
        return frozenset()
    return frozenset(word.strip() for word in words.split(b","))
