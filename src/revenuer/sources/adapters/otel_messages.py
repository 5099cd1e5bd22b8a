"""The messages of a GenAI span, in each of the places that the conventions have put them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from revenuer.sources.adapters.adapter import Record, items, mapping, text
from revenuer.sources.adapters.conversation import Conversation, joined
from revenuer.sources.adapters.otlp import Span, unpacked

NUMBERED = re.compile(r"gen_ai\.(prompt|completion)\.(\d+)\.(role|content|finish_reason)")
MESSAGE_EVENT = re.compile(r"gen_ai\.(system|user|assistant|tool)\.message")


def asked_in(span: Span) -> Conversation:
    """The conversation that was sent."""
    talk = Conversation()
    everywhere = _everywhere(span)
    talk.instruct(_content(unpacked(everywhere.get("gen_ai.system_instructions"))))
    messages = unpacked(everywhere.get("gen_ai.input.messages"))
    if not items(messages):
        messages = unpacked(everywhere.get("gen_ai.prompt"))
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    for message in items(messages) or _numbered(span, "prompt") or _from_events(span):
        talk.add(str(message.get("role", "user")), _content(message))
    return talk


def said_in(span: Span) -> str | None:
    """The text that was answered."""
    everywhere = _everywhere(span)
    messages = unpacked(everywhere.get("gen_ai.output.messages"))
    if not items(messages):
        messages = unpacked(everywhere.get("gen_ai.completion"))
    if isinstance(messages, str):
        return messages or None
    choices = items(messages) or _numbered(span, "completion") or _choices(span)
    return "\n\n".join(filter(None, (joined(_content(choice)) for choice in choices))) or None


def _everywhere(span: Span) -> dict[str, object]:
    """Attributes of the span and of the events that carried content (1.27 and from 1.37)."""
    merged: dict[str, object] = {}
    for name, attributes in span.events:
        if name.startswith("gen_ai.c"):
            merged.update(attributes)
    return {**merged, **span.attributes}


def _content(message: object) -> object:
    """Content as text or typed parts: `parts` from 1.37, `content` before."""
    if isinstance(message, list):
        return [_part(part) for part in message]
    said = mapping(message)
    parts = said.get("parts")
    if isinstance(parts, list):
        return [_part(part) for part in parts]
    content = unpacked(said.get("content"))
    return content if content is not None else mapping(said.get("message")).get("content")


def _part(part: object) -> object:
    """A part whose type says its modality, as `blob` and `uri` parts do beside it."""
    said = mapping(part)
    modality = text(said.get("modality"))
    return {**said, "type": modality} if modality is not None else part


def _numbered(span: Span, which: str) -> list[Record]:
    """Messages that instrumentations spread over `gen_ai.prompt.0.role` and the like."""
    found: dict[int, dict[str, object]] = {}
    for name, value in span.attributes.items():
        match = NUMBERED.fullmatch(name)
        if match is not None and match[1] == which:
            found.setdefault(int(match[2]), {})[match[3]] = value
    return [found[place] for place in sorted(found)]


def _from_events(span: Span) -> Iterable[Record]:
    """Messages that were span events of their own (1.28 to 1.36)."""
    for name, attributes in span.events:
        if match := MESSAGE_EVENT.fullmatch(name):
            yield {"role": match[1], **attributes}


def _choices(span: Span) -> list[Record]:
    return [
        {"content": unpacked(attributes.get("message")), **attributes}
        if not isinstance(unpacked(attributes.get("message")), dict)
        else mapping(unpacked(attributes.get("message")))
        for name, attributes in span.events
        if name == "gen_ai.choice"
    ]
