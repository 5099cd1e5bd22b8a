"""Heads that came before, byte for byte but for the length of the body: not parsed again.

A client sends the same head with every request of a connection, and a server often the same with
every answer. llhttp reads a head the first two times. What is kept then is what it was found to
have read, checked line by line, and a message that begins with the very same bytes can only be
read the same way: a head is at a message's boundary, and llhttp keeps nothing from one message to
the next. Whatever differs in any other byte than the digits of its length goes to llhttp.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from revenuer.gateway.proxy.heads import Head, Headers

MOST_DIGITS = 12
"""Digits of a length that is read here; llhttp says what a longer one is."""
ZERO = 0x30
UNLIKE = frozenset((b"transfer-encoding", b"upgrade", b"expect"))
"""Headers that say more of a message's body or end than its length does."""


class Seen(NamedTuple):
    """The bytes of a head before and after the digits of its `Content-Length`."""

    before: bytes
    after: bytes

    def length_in(self, data: bytes) -> tuple[int, int] | None:
        """The length of the body, and where it begins; None if another head is there."""
        before, after = self
        if not data.startswith(before):
            return None
        start = len(before)
        end = data.find(b"\r", start, start + MOST_DIGITS + 1)
        digits = data[start:end]
        if end < 0 or not digits.isdigit() or not data.startswith(after, end):
            return None
        if digits[0] == ZERO and end > start + 1:
            return None
        return int(digits), end + len(after)


def seen_request(data: bytes, head: Head) -> Seen | None:
    """What to know a head by that was read at the beginning of `data`.

    Returns:
        None if it cannot be known by its bytes.
    """
    if head.version != "1.1" or head.close or not _plain(head.fields):
        return None
    return _seen(data, b"%b %b HTTP/1.1" % (head.method, head.target), head.raw)


def seen_answer(data: bytes, status: int, reason: bytes, headers: Headers) -> Seen | None:
    """The same of an answer's head.

    Args:
        data: Where it was read, at the beginning.
        status: What it says.
        reason: What it says.
        headers: Without the length, names in lower case.
    """
    if status < 200 or status in (204, 304) or not _plain(dict(headers)):
        return None
    return _seen(data, b"HTTP/1.1 %d %b" % (status, reason), headers)


def _plain(fields: Mapping[bytes, bytes]) -> bool:
    """Whether the length alone says where the message ends, and the connection goes on."""
    ends = fields.get(b"connection", b"keep-alive").lower() != b"keep-alive"
    return not ends and UNLIKE.isdisjoint(fields)


def _seen(data: bytes, first: bytes, headers: Headers) -> Seen | None:
    end = data.find(b"\r\n\r\n")
    lines = data[: max(end, 0)].split(b"\r\n")
    if lines[0] != first:
        return None
    read, digits_at, at = [], (0, 0), len(first) + 2
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            digits = value.lstrip(b" \t")
            if digits_at[1] or not digits.isdigit():
                return None
            digits_at = (at + len(line) - len(digits), at + len(line))
        else:
            read.append((name.lower(), value.strip(b" \t")))
        at += len(line) + 2
    if not digits_at[1] or read != [(name.lower(), value) for name, value in headers]:
        return None
    return Seen(data[: digits_at[0]], data[digits_at[1] : end + 4])
