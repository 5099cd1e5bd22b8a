"""Requests and answers of the four protocols, as far as countermeasures read and write them.

Trees are read one level at a time: what is not looked at stays the bytes that it was, and goes on
as such. That is what keeps an answer byte for byte what the model wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

Fields = dict[str, Any]
"""An object one level deep: what was not read is `msgspec.Raw`."""


class Wire(StrEnum):
    """How a request and its answer are written; the guard's protocols spell it the same."""

    CHAT = "openai-chat"
    COMPLETIONS = "openai-completions"
    RESPONSES = "openai-responses"
    MESSAGES = "anthropic-messages"


_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_FAULTS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def fields_of(raw: Any) -> Fields | None:
    """The fields of an object, unread; None if it is none.

    Examples:
        >>> bytes(fields_of(b'{"a": 1e999}')["a"])
        b'1e999'
    """
    if isinstance(raw, bytes | msgspec.Raw):
        try:
            return dict(_fields(raw))
        except _FAULTS:
            odd = _odd(bytes(raw))
            return {key: _raw(odd[key]) for key in odd} if isinstance(odd, dict) else None
    return raw if isinstance(raw, dict) else None


def items_of(raw: Any) -> list[Any] | None:
    """The entries of a list, unread; None if it is none."""
    if isinstance(raw, bytes | msgspec.Raw):
        try:
            return list(_items(raw))
        except _FAULTS:
            odd = _odd(bytes(raw))
            return [_raw(one) for one in odd] if isinstance(odd, list) else None
    return raw if isinstance(raw, list) else None


def text_of(raw: Any) -> str | None:
    """A string; None if it is none."""
    if isinstance(raw, bytes | msgspec.Raw):
        found = bytes(raw)
        if found[:1] != b'"':
            return None
        try:
            raw = msgspec.json.decode(found)
        except _FAULTS:
            raw = _odd(found)
    return raw if isinstance(raw, str) else None


def number_of(raw: Any) -> int | None:
    """A whole number; None if it is none."""
    if isinstance(raw, bytes | msgspec.Raw):
        found = bytes(raw).strip()
        raw = int(found) if found.isdigit() and len(found) < 10 else None
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def is_null(raw: Any) -> bool:
    """Whether a field says nothing."""
    return raw is None or (isinstance(raw, msgspec.Raw) and bytes(raw) == b"null")


def is_filled(raw: Any) -> bool:
    """Whether a field says anything: neither null nor an empty string or list."""
    return not is_null(raw) and raw not in ("", []) and bytes_of(raw) not in (b'""', b"[]")


def bytes_of(raw: Any) -> bytes:
    """A field as it came; nothing for what was written here."""
    return bytes(raw) if isinstance(raw, msgspec.Raw) else b""


def written(tree: Mapping[str, Any]) -> bytes:
    """An object as JSON on one line; what was not read is as it came."""
    try:
        return msgspec.json.encode(tree)
    except UnicodeEncodeError:
        return msgspec.json.encode(_escaped(tree))


def _odd(text: bytes) -> Any:
    """JSON with half a surrogate pair in it, where a stream was cut inside a character.

    It is no text to msgspec. Numbers that no float holds are not read here: the whole then passes
    as it came.
    """
    if b"\\ud" not in text.lower():
        return None
    try:
        tree = json.loads(text)
        json.dumps(tree, allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return tree


def _raw(tree: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(tree).encode())


def _escaped(tree: Any) -> Any:
    """A tree whose texts with half a surrogate pair are written with escapes."""
    if isinstance(tree, Mapping):
        return {key: _escaped(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_escaped(value) for value in tree]
    return _raw(tree) if isinstance(tree, str) else tree
