"""Heads of answers: the upstream's, without what lies between neighbours, and our own."""

from __future__ import annotations

from http import HTTPStatus

from revenuer.gateway.proxy.heads import HOP_BY_HOP, Headers, Refused
from revenuer.gateway.proxy.repeats import Seen

REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}


class AnswerHead:
    """The head of an upstream's answer, as far as it is the same for many: all but its length.

    Attributes:
        status: As the upstream said.
        relayed: What of it goes to the client: without the length, and what lies between
            neighbours.
        seen: What to know it by, once it came twice.
    """

    __slots__ = ("_headers", "_reason", "relayed", "seen", "status")

    def __init__(self, status: int, reason: bytes, headers: Headers) -> None:
        self.status = status
        self._reason = reason
        self._headers = headers
        self.seen: Seen | None = None
        named: frozenset[bytes] = frozenset()
        for name, value in headers:
            if name == b"connection" and value.lower() not in (b"keep-alive", b"close"):
                named |= {word.strip() for word in value.lower().split(b",")}
        lines = [b"HTTP/1.1 %d %b\r\n" % (status, reason)]
        for name, value in headers:
            if name not in HOP_BY_HOP and name not in named:
                lines.append(b"%b: %b\r\n" % (name, value))
        self.relayed = b"".join(lines)

    def equals(self, status: int, reason: bytes, headers: Headers) -> bool:
        """Whether another head says the same."""
        return self._headers == headers and self.status == status and self._reason == reason


def own_answer(status: int, body: bytes, *, close: bool, extra: bytes = b"") -> bytes:
    """A whole answer of ours with a JSON body."""
    lines = b"HTTP/1.1 %d %b\r\ncontent-type: application/json\r\n" % (
        status,
        REASONS.get(status, b"Error"),
    )
    if close:
        lines += b"connection: close\r\n"
    return b"%b%bcontent-length: %d\r\n\r\n%b" % (lines, extra, len(body), body)


TOO_LARGE = Refused(413, "body_too_large", "The body is larger than this gateway takes.")
HEAD_TOO_LARGE = Refused(431, "head_too_large", "The head is larger than this gateway takes.")
NO_UPSTREAM = Refused(502, "upstream_unreachable", "The upstream cannot be reached.")
UPSTREAM_BROKE = Refused(502, "upstream_broke", "The upstream broke off its answer.")
UPSTREAM_SLOW = Refused(504, "upstream_timeout", "The upstream did not answer in time.")
BODY_SLOW = Refused(408, "request_timeout", "The request did not come in time.")
TWO_CALLERS = Refused(400, "two_callers", "A header that says who asks is there twice.")
NOT_HTTP = Refused(400, "bad_request", "The request is not well-formed HTTP/1.1.")
BUSY = Refused(503, "busy", "This gateway has as many requests in flight as it takes.")
