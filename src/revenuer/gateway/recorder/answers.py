"""The text of an answer, out of its body or out of the events of its stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from revenuer.gateway.recorder.row import Entry


def answer_text(entry: Entry) -> str | None:
    """What the model said, as far as it was kept; None if nothing of it can be read."""
    kept = entry.head + entry.tail
    if kept.lstrip()[:1] == b"{":
        pieces = _whole(_decoded(kept))
    else:
        pieces = (piece for event in _events(kept) for piece in _delta(event))
    return "".join(pieces) or None


def _events(stream: bytes) -> Iterator[Mapping[str, Any]]:
    for line in stream.split(b"\n"):
        if line.startswith(b"data:"):
            yield _decoded(line[5:].strip())


def _decoded(text: bytes) -> Mapping[str, Any]:
    try:
        tree = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _delta(event: Mapping[str, Any]) -> Iterator[str]:
    """Text in one event of Chat Completions, Completions, Responses or Messages."""
    if event.get("type") == "response.output_text.delta":
        yield from _texts(event.get("delta"))
        return
    delta = event.get("delta")
    if isinstance(delta, dict):
        yield from _texts(delta.get("text"))
    for choice in _dicts(event.get("choices")):
        inner = choice.get("delta")
        yield from _texts(inner.get("content") if isinstance(inner, dict) else choice.get("text"))


def _whole(answer: Mapping[str, Any]) -> Iterator[str]:
    """Text in a whole answer of any of them."""
    for choice in _dicts(answer.get("choices")):
        message = choice.get("message")
        yield from _texts(
            message.get("content") if isinstance(message, dict) else choice.get("text")
        )
    for item in _dicts(answer.get("output")):
        for part in _dicts(item.get("content")):
            yield from _texts(part.get("text"))
    for block in _dicts(answer.get("content")):
        yield from _texts(block.get("text"))


def _dicts(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
