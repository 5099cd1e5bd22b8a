"""What is asked in a conversation: the columns that all chat formats share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from revenuer.sources.adapters.adapter import Record, Row, items, mapping, text

MODALITIES = {
    "text": "text",
    "input_text": "text",
    "output_text": "text",
    "image": "image",
    "image_url": "image",
    "input_image": "image",
    "input_audio": "audio",
    "audio": "audio",
    "video": "video",
    "video_url": "video",
    "file": "file",
    "input_file": "file",
    "document": "file",
    "blob": "file",
    "uri": "file",
}
SYSTEM_ROLES = frozenset({"system", "developer"})
TOOL_ROLES = frozenset({"tool", "function"})
TOOL_PARTS = frozenset({"tool_result", "tool_call_response", "function_call_output"})


@dataclass(slots=True)
class Conversation:
    """The messages of a request, taken in one by one, oldest first."""

    system: list[str] = field(default_factory=list)
    prompt: str | None = None
    turn_kind: str | None = None
    messages: int = 0
    modalities: dict[str, None] = field(default_factory=dict)
    signature: str | None = None

    def add(self, role: str, content: object) -> None:
        """Take in a message; `content` is text or a list of parts."""
        if role in SYSTEM_ROLES:
            self.instruct(content)
            return
        self.messages += 1
        self._see(content)
        parts = items(content)
        has_tool_part = any(str(part.get("type")) in TOOL_PARTS for part in parts)
        if role in TOOL_ROLES or (has_tool_part and role == "user"):
            self.turn_kind = "tool"
        elif role == "user":
            self.turn_kind = "user"
        words = joined(content)
        if role == "user" and words is not None:
            self.prompt = words

    def instruct(self, content: object) -> None:
        """Take in a system prompt."""
        if (words := joined(content)) is not None:
            self.system.append(words)

    def replay(self, signature: object) -> None:
        """Take in the signature of a replayed reasoning block; the newest one counts."""
        self.signature = text(signature) or self.signature

    def _see(self, content: object) -> None:
        if isinstance(content, str):
            self.modalities.setdefault("text")
        for part in items(content):
            kind = MODALITIES.get(str(part.get("type")))
            if kind is not None:
                self.modalities.setdefault(kind)
            if part.get("type") == "tool_result":
                self._see(part.get("content"))

    def columns(self) -> Row:
        """The contract's columns."""
        return {
            "system_prompt": "\n\n".join(self.system) or None,
            "prompt": self.prompt,
            "turn_kind": self.turn_kind,
            "message_count": self.messages or None,
            "modalities": list(self.modalities) or None,
            "reasoning_signature": self.signature,
        }


def joined(content: object) -> str | None:
    """The text of a message's content, its parts one a line; None without text."""
    if isinstance(content, str):
        return content or None
    words = [words for part in _parts(content) if (words := _text_of(part))]
    return "\n".join(words) or None


def _parts(content: object) -> Iterable[object]:
    return content if isinstance(content, list) else ()


def _text_of(part: object) -> str | None:
    if isinstance(part, str):
        return part
    said: Record = mapping(part)
    if str(said.get("type", "text")) not in {"text", "input_text", "output_text"}:
        return None
    return text(said.get("text")) or text(said.get("content"))
