"""Reasoning in answers of Chat Completions.

The protocol has no field for it: servers have their own, which clients know all the same.
"""

from __future__ import annotations

from typing import Any

from revenuer.countermeasures.rewriting import Rewrite, withheld
from revenuer.countermeasures.wire import (
    Fields,
    fields_of,
    is_filled,
    is_null,
    items_of,
    number_of,
    text_of,
    written,
)

TEXTS = ("reasoning_content", "reasoning")
"""DeepSeek, SGLang, llama.cpp and older vLLM; OpenRouter, Groq and newer vLLM."""
COPIES = ("reasoning_details", "thinking_blocks")
"""The same once more, as OpenRouter and LiteLLM tell it."""
EXTRAS = "provider_specific_fields"
"""Where LiteLLM has the same fields again, among others."""
TELLTALES = ("logprobs", "token_ids")
"""The tokens of a choice one by one, those of its reasoning among them."""
SAID = ("content", "tool_calls", "function_call", "refusal", "audio")
"""Where an answer is."""
MOST_CHARACTERS = 1_048_576
"""Reasoning of one stream that is held to be rewritten; the rest is withheld. placeholder"""


class ChatReasoning:
    """Rewrites the reasoning of one answer.

    Args:
        rewrite: What is done to it.

    Attributes:
        acted: Whether anything was changed.
        cut: Whether there was more of it than is held.
    """

    marks: tuple[bytes, ...] = (b'"reasoning', b'"thinking_blocks"', b'"provider_specific_fields"')
    """Without any of these a piece of an answer shows no reasoning."""

    def __init__(self, rewrite: Rewrite) -> None:
        self._rewrite = rewrite
        self._held: dict[int, list[str]] = {}
        self._names: dict[int, str] = {}
        self._size = 0
        self._about: Fields = {}
        self.acted = self.cut = False

    @property
    def holds(self) -> bool:
        """Whether something waits for the reasoning to end."""
        return bool(self._held)

    def answer(self, body: bytes) -> bytes | None:
        """A whole answer with its reasoning rewritten; None where it has none."""
        tree = fields_of(body)
        choices = items_of(tree.get("choices")) if tree else None
        if tree is None or choices is None:
            return None
        changed = [self._choice(choice) for choice in choices]
        if all(new is None for new in changed):
            return None
        self.acted = True
        tree["choices"] = [new or old for old, new in zip(choices, changed, strict=True)]
        return written(tree)

    def event(self, data: bytes) -> list[bytes] | None:
        """What goes on instead of an event of a stream; None where it goes on as it came."""
        if data == b"[DONE]":
            return [*self._flushed(list(self._held)), data] if self._held else None
        tree = fields_of(data)
        choices = items_of(tree.get("choices")) if tree else None
        if tree is None or choices is None:
            return None
        before: list[bytes] = []
        kept = [self._told(raw, tree, before) for raw in choices]
        if all(new is raw for new, raw in zip(kept, choices, strict=True)):
            return [*before, data] if before else None
        self.acted = True
        left = [one for one in kept if one is not None]
        if not left and is_null(tree.get("usage")):
            return before
        tree["choices"] = left
        return [*before, written(tree)]

    def _told(self, raw: Any, tree: Fields, before: list[bytes]) -> Any:
        """A choice of an event as it goes on: as it came, changed, or None for not at all.

        Args:
            raw: The choice.
            tree: The event.
            before: Takes the events that go before it.
        """
        choice = fields_of(raw)
        delta = fields_of(choice.get("delta")) if choice is not None else None
        if choice is None or delta is None:
            return raw
        number = number_of(choice.get("index")) or 0
        stripped = self._strip(delta, number, tree)
        if _ends_reasoning(choice, delta):
            before += self._flushed([number])
        if not stripped:
            return raw
        for name in TELLTALES:
            choice.pop(name, None)
        return {**choice, "delta": delta} if _says_anything(choice, delta) else None

    def _strip(self, delta: Fields, number: int, tree: Fields) -> bool:
        """Take the reasoning out of a delta and hold it; whether there was any."""
        found = False
        for name in TEXTS:
            if name not in delta:
                continue
            piece = text_of(delta.pop(name))
            if piece and not found:
                self._hold(number, name, piece, tree)
            found = found or bool(piece)
        return _drop_copies(delta) or found

    def _hold(self, number: int, name: str, piece: str, tree: Fields) -> None:
        if self._rewrite is withheld:
            return
        self._about = {key: tree[key] for key in tree if key not in ("choices", "usage")}
        self._names[number] = name
        held = self._held.setdefault(number, [])
        room = MOST_CHARACTERS - self._size
        self.cut = self.cut or len(piece) > room
        self._size += len(piece[:room])
        held.append(piece[:room])

    def _flushed(self, numbers: list[int]) -> list[bytes]:
        """Events that show what was held of some choices."""
        events = []
        for number in numbers:
            pieces = self._held.pop(number, None)
            shown = self._rewrite("".join(pieces)) if pieces else ""
            if shown:
                delta = {self._names[number]: shown}
                choice = {"index": number, "delta": delta, "finish_reason": None}
                events.append(written({**self._about, "choices": [choice]}))
        return events

    def _choice(self, raw: Any) -> Fields | None:
        """A whole choice with its reasoning rewritten; None where it has none."""
        choice = fields_of(raw)
        message = fields_of(choice.get("message")) if choice is not None else None
        if choice is None or message is None:
            return None
        found = False
        for name in TEXTS:
            text = text_of(message.get(name))
            if text:
                found, message[name] = True, self._rewrite(text) or None
        if not (_drop_copies(message) or found):
            return None
        for name in TELLTALES:
            if name in choice:
                choice[name] = None
        return {**choice, "message": message}


def _drop_copies(holder: Fields) -> bool:
    """Take what tells the reasoning once more out of a message; whether there was any."""
    found = False
    for name in COPIES:
        found = is_filled(holder.pop(name, None)) or found
    own = fields_of(holder.get(EXTRAS))
    kept = {key: own[key] for key in own if key not in (*TEXTS, *COPIES)} if own else {}
    if own and len(kept) < len(own):
        holder[EXTRAS] = kept
        return True
    return found


def _ends_reasoning(choice: Fields, delta: Fields) -> bool:
    """Whether the answer begins, or the choice is over."""
    return not is_null(choice.get("finish_reason")) or any(
        is_filled(delta.get(name)) for name in SAID
    )


def _says_anything(choice: Fields, delta: Fields) -> bool:
    """Whether an event is worth sending without its reasoning."""
    rest = set(delta) - {name for name in SAID if not is_filled(delta.get(name))}
    return bool(rest) or not is_null(choice.get("finish_reason"))
