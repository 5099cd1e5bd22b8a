"""Token counts and endings out of the first and last bytes of an answer.

Real keys are told from quoted text by their quotes: inside a JSON string every quote has a
backslash before it, so `"usage":` never stands there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, NamedTuple

import msgspec

_USAGE = re.compile(rb'"usage"\s*:\s*(?=\{)')
_STOP = re.compile(rb'"(?:finish_reason|stop_reason)"\s*:\s*"([^"\\]{1,64})"')
_STATUS = re.compile(rb'"status"\s*:\s*"(completed|incomplete|failed|cancelled)"')
_MODEL = re.compile(rb'"model"\s*:\s*"([^"\\]{1,256})"')
_ID = re.compile(rb'"id"\s*:\s*"([^"\\]{1,256})"')
_LONGEST = 4096
"""Bytes that a usage object may take. placeholder"""


class Used(NamedTuple):
    """What an answer says of itself. Null where it is silent.

    Input includes cached tokens and output includes reasoning, whoever counted.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_input_tokens: int | None = None
    stop_reason: str | None = None
    model: str | None = None
    request_id: str | None = None

    @property
    def tokens(self) -> int:
        """Of prompt and answer."""
        return (self.input_tokens or 0) + (self.output_tokens or 0)


class _Choice(msgspec.Struct):
    finish_reason: str | None = None


_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Details(msgspec.Struct):
    cached_tokens: _Count | None = None
    reasoning_tokens: _Count | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: _Count | None = None
    completion_tokens: _Count | None = None
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None
    input_tokens: _Count | None = None
    output_tokens: _Count | None = None
    input_tokens_details: _Details | None = None
    output_tokens_details: _Details | None = None
    cache_read_input_tokens: _Count | None = None
    cache_creation_input_tokens: _Count | None = None


_UNSAID = _Details()
_DETAILS = tuple(name for name in _Usage.__struct_fields__ if name.endswith("_details"))
_COUNTS = tuple(name for name in _Usage.__struct_fields__ if name not in _DETAILS)
_BRACE = re.compile(rb"[{}]")


class _Whole(msgspec.Struct):
    id: str | None = None
    model: str | None = None
    usage: _Usage | None = None
    choices: list[_Choice] | None = None
    stop_reason: str | None = None
    status: str | None = None


_read_whole = msgspec.json.Decoder(_Whole).decode


def read_usage(head: bytes, tail: bytes) -> Used:
    """Read what an answer says at its ends.

    Args:
        head: Its first bytes; all of it if there is no tail.
        tail: Its last bytes.

    Examples:
        >>> said = b'{"id":"c1","usage":{"prompt_tokens":7,"completion_tokens":2}}'
        >>> read_usage(said, b"")[:2]
        (7, 2)
    """
    if not tail and head[:1] == b"{":
        try:
            return _used_of(_read_whole(head))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    ends = head + tail
    counts: dict[str, object] = {}
    for found in _USAGE.finditer(ends):
        # A later event of a stream counts further than the one before it.
        counts.update(_object_at(ends, found.end()))
    reason = _last(_STOP, ends) or _last(_STATUS, ends)
    return Used(*_counted(_usage_of(counts)), reason, _first(_MODEL, head), _first(_ID, head))


def _used_of(said: _Whole) -> Used:
    reason = said.stop_reason or said.status
    if said.choices:
        reason = said.choices[0].finish_reason
    if said.usage is None:
        return Used(None, None, None, None, reason, said.model, said.id)
    return Used(*_counted(said.usage), reason, said.model, said.id)


def _counted(said: _Usage) -> tuple[int | None, int | None, int | None, int | None]:
    into = said.prompt_tokens_details or said.input_tokens_details or _UNSAID
    out = said.completion_tokens_details or said.output_tokens_details or _UNSAID
    cached = into.cached_tokens
    if said.prompt_tokens is not None:
        return said.prompt_tokens, said.completion_tokens, out.reasoning_tokens, cached
    asked = said.input_tokens
    read, written = said.cache_read_input_tokens, said.cache_creation_input_tokens
    if read is not None or written is not None:
        # Anthropic counts these beside the input, not in it.
        asked = (asked or 0) + (read or 0) + (written or 0)
        cached = read
    return asked, said.output_tokens, out.reasoning_tokens, cached


def _usage_of(said: Mapping[str, object]) -> _Usage:
    """The counts that are ones, where some may not be."""
    usage = _Usage()
    for name in _COUNTS:
        setattr(usage, name, _whole(said.get(name)))
    for name in _DETAILS:
        part = said.get(name)
        if isinstance(part, dict):
            setattr(usage, name, _details_of(part))
    return usage


def _details_of(said: Mapping[str, object]) -> _Details:
    return _Details(_whole(said.get("cached_tokens")), _whole(said.get("reasoning_tokens")))


def _object_at(text: bytes, start: int) -> dict[str, object]:
    depth = 0
    for brace in _BRACE.finditer(text, start, start + _LONGEST):
        depth += 1 if brace[0] == b"{" else -1
        if depth == 0:
            return _decoded(text[start : brace.end()])
    return {}


def _decoded(text: bytes) -> dict[str, object]:
    try:
        tree = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return {key: value for key, value in tree.items() if value is not None}


def _whole(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if whole and isinstance(value, int) else None


def _first(pattern: re.Pattern[bytes], text: bytes) -> str | None:
    found = pattern.search(text)
    return found[1].decode("utf-8", "replace") if found else None


def _last(pattern: re.Pattern[bytes], text: bytes) -> str | None:
    said = pattern.findall(text)
    return said[-1].decode("utf-8", "replace") if said else None
