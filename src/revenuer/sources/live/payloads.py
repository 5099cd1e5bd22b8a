"""A message's payload -> lines of JSON Lines."""

from __future__ import annotations

import msgspec

from revenuer.sources.live.lines import is_json
from revenuer.sources.live.source import EMPTY, NOT_AN_OBJECT, NOT_ONE_RECORD, TOO_LONG


class LeftOutError(Exception):
    """A payload that holds no record; its text is the reason."""


def lines_of(payload: bytes, most_bytes: int) -> bytes:
    r"""A payload as whole lines: one record, or one a line if that is how it was sent.

    What is in a record is left to the log readers, which quarantine a bad one with its reason.
    Here only that is kept out which cannot be a line of its own.

    Args:
        payload: What came.
        most_bytes: The longest record that is taken.

    Raises:
        LeftOutError: It is empty, too long or no JSON object.

    Examples:
        >>> lines_of(b'{"a": 1}', 100)
        b'{"a": 1}\n'
        >>> lines_of(b'{\n  "a": 1\n}', 100)
        b'{   "a": 1 }\n'
    """
    text = payload.strip()
    if not text:
        raise LeftOutError(EMPTY)
    if len(text) >= most_bytes:
        raise LeftOutError(TOO_LONG)
    if text[:1] != b"{":
        raise LeftOutError(NOT_AN_OBJECT)
    if b"\n" not in text:
        return text + b"\n"
    # Inside JSON a raw newline is nothing but space: within a string it would be escaped.
    if is_json(text):
        return text.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"
    lines = [line for line in text.split(b"\n") if line.strip()]
    if all(map(is_json, lines)):
        return b"\n".join(lines) + b"\n"
    raise LeftOutError(NOT_ONE_RECORD)


def position(text: str) -> dict[str, object]:
    """A position that was written as JSON; empty if it is something else."""
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
