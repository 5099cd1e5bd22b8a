"""Heads of requests: what is refused, and what goes on to the upstream.

llhttp has parsed the head strictly before this: bare line feeds, folded lines, bad chunk sizes,
two lengths, or a length beside a transfer coding never come here. What is checked here is what
it lets pass and two servers could read in two ways. The head that goes on is made anew from what
was read, so the upstream cannot read another request than the one that was decided on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    """What the head of a request says, as far as it matters here.

    Attributes:
        method: Such as `POST`.
        target: As it came.
        path: Normalised, without a query: what routes are looked up by.
        headers: As they came, names in lower case.
        fields: The last value under each name.
        length: What `Content-Length` said; None without.
        chunked: Whether the body comes in chunks.
        close: Whether the client asks that the connection ends after this.
        version: `1.1` or `1.0`.
    """

    __slots__ = (
        "chunked",
        "close",
        "fields",
        "headers",
        "length",
        "method",
        "path",
        "target",
        "version",
    )

    def __init__(self, method: bytes, target: bytes, version: str, headers: Headers) -> None:
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.fields = dict(headers)
        self.path = b""
        self.length: int | None = None
        self.chunked = False
        self.close = False


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
    length = fields.get(b"content-length")
    if coding is not None:
        # Anything but this one word leaves the length of the body to interpretation.
        if coding.strip(b" \t").lower() != b"chunked" or head.version == "1.0":
            return Refused(501, "transfer_encoding", "The only transfer coding is `chunked`.")
        if length is not None:
            return Refused(400, "framing", "Content-Length beside Transfer-Encoding.")
        head.chunked = True
    elif length is not None:
        if not length.isdigit() or len(length) > 18:
            return Refused(400, "framing", "Content-Length is no number.")
        head.length = int(length)
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
    head: Head,
    *,
    host: bytes,
    prefix: bytes,
    length: int | None,
    client: bytes,
    extra: bytes = b"",
    dropped: frozenset[bytes] = frozenset(),
) -> bytes:
    """The head that goes to the upstream.

    Args:
        head: A head that `check_head` let pass.
        host: The upstream's name.
        prefix: What comes before the path upstream.
        length: Bytes of the body; None sends it in chunks.
        client: The client's address, added to `X-Forwarded-For`.
        extra: Header lines of ours, each with its line end.
        dropped: Names that the operator's front may set and a client may not.
    """
    named = _nominated(head.fields.get(b"connection"))
    skipped = HOP_BY_HOP | OURS | dropped | named if dropped or named else SKIPPED
    lines = [b"%b %b%b HTTP/1.1\r\nHost: %b\r\n" % (head.method, prefix, head.target, host)]
    for name, value in head.headers:
        # Some servers read `content_length` as `content-length`.
        if name not in skipped and b"_" not in name:
            lines.append(b"%b: %b\r\n" % (name, value))
    fields = head.fields
    # Answers are read for their usage as they pass, so they come uncompressed.
    lines.append(b"accept-encoding: identity\r\n")
    before = fields.get(b"x-forwarded-for")
    lines.append(
        b"x-forwarded-for: %b, %b\r\n" % (before, client)
        if before
        else b"x-forwarded-for: %b\r\n" % client
    )
    if extra:
        lines.append(extra)
    if length is None:
        lines.append(b"transfer-encoding: chunked\r\n\r\n")
    elif length or head.length is not None or head.chunked:
        lines.append(b"content-length: %d\r\n\r\n" % length)
    else:
        lines.append(b"\r\n")
    return b"".join(lines)


SKIPPED = HOP_BY_HOP | OURS


def _nominated(connection: bytes | None) -> frozenset[bytes]:
    """Headers that the client's `Connection` declares to be between neighbours."""
    if connection is None:
        return frozenset()
    words = connection.lower()
    if words in (b"keep-alive", b"close"):
        return frozenset()
    return frozenset(word.strip() for word in words.split(b","))
