"""An answer on its way, its reasoning rewritten: a stream event by event, JSON as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from revenuer.countermeasures.chat_reasoning import ChatReasoning
from revenuer.countermeasures.messages_reasoning import MessagesReasoning
from revenuer.countermeasures.responses_reasoning import ResponsesReasoning
from revenuer.countermeasures.rewriting import Rewrite
from revenuer.countermeasures.wire import Wire, fields_of, text_of

MOST_EVENT_BYTES = 4 * 1024 * 1024
"""A longer event of a stream passes as it came, since it may hold the answer. placeholder"""


class Editor(Protocol):
    """Rewrites the reasoning of one answer of one protocol."""

    marks: tuple[bytes, ...]
    acted: bool
    cut: bool

    @property
    def holds(self) -> bool:
        """Whether something waits for a later event."""

    def answer(self, body: bytes) -> bytes | None:
        """A whole answer rewritten; None where it goes on as it came."""

    def event(self, data: bytes) -> list[bytes] | None:
        """What goes on instead of an event's data; None where it goes on as it came."""


EDITORS: Mapping[Wire, Callable[[Rewrite], Editor]] = {
    Wire.CHAT: ChatReasoning,
    Wire.RESPONSES: ResponsesReasoning,
    Wire.MESSAGES: MessagesReasoning,
}
"""Completions, the older protocol, has no place for reasoning."""


class ReasoningStream:
    """Passes a stream of server-sent events on, with its reasoning rewritten.

    An event goes on once it is whole, which is no later than a client can use it. One without
    reasoning passes as the bytes that it came in.

    Args:
        editor: Rewrites the answer.

    Attributes:
        missed: Events that were too long to be read.
    """

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._rest = b""
        self._long = False
        self.missed = 0

    def feed(self, piece: bytes) -> bytes:
        """What goes on of some more bytes."""
        pending = self._rest + piece if self._rest else piece
        out = []
        start = 0
        # From just before what was looked through already, for an end that was cut in two.
        look = max(len(self._rest) - 3, 0)
        while (end := _end_of_event(pending, look)) >= 0:
            out.append(self._passed(pending[start:end]))
            start = look = end
        self._rest = pending[start:]
        if len(self._rest) > MOST_EVENT_BYTES or (self._long and self._rest):
            self.missed += not self._long
            self._long = True
            # All but what may be half of its end.
            out.append(self._rest[:-3])
            self._rest = self._rest[-3:]
        return out[0] if len(out) == 1 else b"".join(out)

    def close(self) -> bytes:
        """What is left at the end."""
        rest, self._rest = self._rest, b""
        return self._passed(rest) if rest else b""

    def _passed(self, block: bytes) -> bytes:
        if self._long:
            # The end of an event whose beginning has passed already.
            self._long = False
            return block
        editor = self._editor
        if not editor.holds and not any(mark in block for mark in editor.marks):
            return block
        lines = block.splitlines()
        data = b"\n".join(line[5:].removeprefix(b" ") for line in lines if line[:5] == b"data:")
        instead = editor.event(data) if data else None
        if instead is None:
            return block
        named = any(line[:6] == b"event:" for line in lines)
        return b"".join(block if one is data else _event(one, named=named) for one in instead)


def _event(data: bytes, *, named: bool) -> bytes:
    """An event as it is sent; a protocol that names its events names them by their type."""
    kind = _kind_in(data) if named else b""
    return b"%bdata: %b\n\n" % (b"event: %b\n" % kind if kind else b"", data)


def _kind_in(data: bytes) -> bytes:
    tree = fields_of(data)
    return ((text_of(tree.get("type")) if tree else None) or "").encode()


def _end_of_event(pending: bytes, start: int) -> int:
    """Where the first event after some bytes ends; -1 if it does not."""
    plain = pending.find(b"\n\n", start)
    carried = pending.find(b"\n\r\n", start)
    if carried >= 0 and (plain < 0 or carried < plain):
        return carried + 3
    return plain + 2 if plain >= 0 else -1
