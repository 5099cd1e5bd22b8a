"""Reasoning in answers of Anthropic's Messages: blocks of thinking, most of them signed.

A signature is the provider's word for a whole block, and a later request shows it again. So no
block has a signature and another text than the provider's: what is signed and would be changed is
shown without any text, as the provider itself writes it under `thinking.display = "omitted"`,
and an agent that sends it back goes on working.
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

MOST_CHARACTERS = 1_048_576
"""Thinking of one block that is held to be rewritten; of more the rest is withheld. placeholder"""


class MessagesReasoning:
    """Rewrites the thinking of one answer.

    Args:
        rewrite: What is done to it.

    Attributes:
        acted: Whether anything was changed.
        cut: Whether there was more of it than is held.
    """

    marks: tuple[bytes, ...] = (b"thinking", b"signature_delta")
    """Without any of these a piece of an answer shows no thinking."""

    def __init__(self, rewrite: Rewrite) -> None:
        self._rewrite = rewrite
        self._pieces: list[str] = []
        self._begun: Fields | None = None
        self._size = 0
        self.acted = self.cut = False

    @property
    def holds(self) -> bool:
        """Whether something waits for the block to end."""
        return self._begun is not None

    def answer(self, body: bytes) -> bytes | None:
        """A whole answer with its thinking rewritten; None where it shows none."""
        tree = fields_of(body)
        blocks = items_of(tree.get("content")) if tree else None
        if tree is None or blocks is None:
            return None
        found = False
        for place, raw in enumerate(blocks):
            block = fields_of(raw)
            if block is not None and self._block(block):
                blocks[place], found = block, True
        if not found:
            return None
        self.acted = True
        tree["content"] = blocks
        return written(tree)

    def event(self, data: bytes) -> list[bytes] | None:
        """What goes on instead of an event of a stream; None where it goes on as it came."""
        tree = fields_of(data)
        kind = text_of(tree.get("type")) if tree is not None else None
        if tree is None or kind is None:
            return None
        if kind == "content_block_start":
            block = fields_of(tree.get("content_block"))
            if block is None or not self._block(block):
                return None
            self.acted = True
            return [written({**tree, "content_block": block})]
        if kind == "content_block_delta":
            return self._delta(tree)
        if kind == "content_block_stop" and self._begun is not None:
            return [*self._told(), data]
        return None

    def _delta(self, tree: Fields) -> list[bytes] | None:
        delta = fields_of(tree.get("delta"))
        kind = text_of(delta.get("type")) if delta is not None else None
        if delta is None:
            return None
        if kind == "signature_delta" and is_filled(delta.get("signature")):
            return self._signed(tree)
        if kind != "thinking_delta" or not is_filled(delta.get("thinking")):
            return None
        self.acted = True
        if self._rewrite is withheld:
            return []
        piece = text_of(delta["thinking"]) or ""
        room = MOST_CHARACTERS - self._size
        self.cut = self.cut or len(piece) > room
        self._size += len(piece[:room])
        self._pieces.append(piece[:room])
        self._begun = {**tree, "delta": delta}
        return []

    def _signed(self, tree: Fields) -> list[bytes] | None:
        """A signature: of a text that was changed there is then nothing, else all of it."""
        text = "".join(self._pieces)
        if self._begun is not None and self._rewrite(text) != text:
            self._forget()
        return [*self._told(), written(tree)] if self._begun is not None else None

    def _told(self) -> list[bytes]:
        """The block's thinking, rewritten, as one event."""
        begun, text = self._begun, "".join(self._pieces)
        self._forget()
        shown = self._rewrite(text) if text else ""
        if begun is None or not shown:
            return []
        return [written({**begun, "delta": {**begun["delta"], "thinking": shown}})]

    def _forget(self) -> None:
        self._begun, self._size = None, 0
        self._pieces.clear()

    def _block(self, block: Fields) -> bool:
        """Rewrite a block of thinking, in place; whether it is one that shows any."""
        if text_of(block.get("type")) != "thinking" or not is_filled(block.get("thinking")):
            return False
        text = text_of(block["thinking"]) or ""
        shown = self._rewrite(text)
        changed: Any = shown != text
        block["thinking"] = "" if changed and is_filled(block.get("signature")) else shown
        return True
