"""Reasoning in answers of OpenAI's Responses: items of their own, told in events of their own.

An item stays where its text goes: what a server needs to go on from it, `encrypted_content` say,
is in it, and no text of it is needed for that.
"""

from __future__ import annotations

from typing import Any

from revenuer.countermeasures.rewriting import Rewrite, withheld
from revenuer.countermeasures.wire import (
    Fields,
    fields_of,
    is_filled,
    items_of,
    text_of,
    written,
)

LISTS = ("summary", "content")
"""Where an item of reasoning has its texts."""
MOST_TEMPLATES = 64
"""Parts of reasoning that are under way at once. placeholder"""


class ResponsesReasoning:
    """Rewrites the reasoning of one answer.

    Args:
        rewrite: What is done to it.

    Attributes:
        acted: Whether anything was changed.
        cut: Never: each text is told whole at its end, so that none is held.
        holds: Never, likewise.
    """

    marks: tuple[bytes, ...] = (b"reasoning",)
    """Without it a piece of an answer shows no reasoning."""

    def __init__(self, rewrite: Rewrite) -> None:
        self._rewrite = rewrite
        self._begun: dict[tuple[Any, ...], Fields] = {}
        self.acted = self.cut = self.holds = False

    def answer(self, body: bytes) -> bytes | None:
        """A whole answer with its reasoning rewritten; None where it has none."""
        tree = fields_of(body)
        return self._written(tree) if tree is not None and self._output(tree) else None

    def event(self, data: bytes) -> list[bytes] | None:
        """What goes on instead of an event of a stream; None where it goes on as it came."""
        tree = fields_of(data)
        kind = text_of(tree.get("type")) if tree is not None else None
        if tree is None or kind is None:
            return None
        if kind.startswith("response.reasoning"):
            return self._of_reasoning(kind, tree)
        if kind.startswith("response.content_part."):
            part = fields_of(tree.get("part"))
            if part is not None and text_of(part.get("type")) == "reasoning_text":
                return self._of_reasoning(kind, tree)
            return None
        if "item" in tree:
            item = fields_of(tree["item"])
            if item is None or not self._item(item):
                return None
            return [self._written({**tree, "item": item})]
        response = fields_of(tree.get("response"))
        if response is None or not self._output(response):
            return None
        return [self._written({**tree, "response": response})]

    def _of_reasoning(self, kind: str, tree: Fields) -> list[bytes] | None:
        """What goes on of an event that tells of nothing but reasoning."""
        self.acted = True
        if self._rewrite is withheld:
            return []
        place = tuple(bytes_or_none(tree.get(name)) for name in _PLACES)
        if kind.endswith(".delta"):
            # Its text comes whole at the end; the pieces are told as one then.
            if len(self._begun) < MOST_TEMPLATES:
                self._begun[place] = {**tree, "delta": ""}
            return []
        if "part" in tree:
            part = fields_of(tree["part"])
            if part is None or not self._text(part):
                return None
            return [written({**tree, "part": part})]
        if not self._text(tree):
            return None
        begun = self._begun.pop(place, None)
        whole = written(tree)
        if begun is None or not tree["text"]:
            return [whole]
        return [written({**begun, "delta": tree["text"]}), whole]

    def _output(self, holder: Fields) -> bool:
        """Rewrite what is in an answer's list, in place; whether there was any."""
        items = items_of(holder.get("output"))
        found = False
        for place, raw in enumerate(items or ()):
            item = fields_of(raw)
            if items is not None and item is not None and self._item(item):
                items[place], found = item, True
        if found:
            holder["output"] = items
        return found

    def _item(self, item: Fields) -> bool:
        """Rewrite an item of reasoning, in place; whether it is one that shows any."""
        if text_of(item.get("type")) != "reasoning":
            return False
        found = False
        for name in LISTS:
            if not is_filled(item.get(name)):
                continue
            found = True
            item[name] = [] if self._rewrite is withheld else self._parts(item[name])
        return found

    def _parts(self, raw: Any) -> list[Any]:
        """The parts of an item with their texts rewritten; what cannot be read is left out."""
        parts = []
        for one in items_of(raw) or ():
            part = fields_of(one)
            if part is not None and self._text(part):
                parts.append(part)
        return parts

    def _text(self, holder: Fields) -> bool:
        """Rewrite the text of a part, in place; whether it has one."""
        text = text_of(holder.get("text"))
        if text is None:
            return False
        holder["text"] = self._rewrite(text) if text else ""
        return True

    def _written(self, tree: Fields) -> bytes:
        self.acted = True
        return written(tree)


_PLACES = ("item_id", "output_index", "content_index", "summary_index")


def bytes_or_none(raw: Any) -> bytes | None:
    """A field as it came, to be compared; None without it."""
    return None if raw is None else bytes(raw)
