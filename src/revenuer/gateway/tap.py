"""What is kept of an answer that passes by.

The token counts of every protocol stand near the ends of an answer: `message_start` at the
beginning, the last events of a stream, or the end of a JSON body. So the tap keeps references to
the first and the last pieces, a few kilobytes each, and looks at none of them. The recorder reads
them later, in a process of its own.
"""

from __future__ import annotations

import re
from collections import deque

HEAD_BYTES = 2048
TAIL_BYTES = 6144
_LAST_EVENT = re.compile(
    rb'^(?:data:)? ?(?:\[DONE\]|\{.*"type"\s*:\s*"'
    rb'(?:message_stop|response\.(?:completed|incomplete|failed))".*\})$',
    re.DOTALL,
)
"""Chat Completions and Completions end with `[DONE]`, Messages and Responses with an event."""


class Tap:
    """First and last bytes of a body, its size, and how many events it had.

    Attributes:
        size: Bytes that passed.
        events: Lines that begin an event, as far as pieces show them.
    """

    __slots__ = ("_head", "_head_size", "_tail", "_tail_size", "events", "size")

    def __init__(self) -> None:
        self.size = 0
        self.events = 0
        self._head: list[bytes] = []
        self._head_size = 0
        self._tail: deque[bytes] = deque()
        self._tail_size = 0

    def take(self, piece: bytes) -> None:
        """See a piece pass."""
        size = len(piece)
        self.size += size
        self.events += piece.count(b"\ndata:") + piece.startswith(b"data:")
        if self._head_size < HEAD_BYTES:
            self._head.append(piece)
            self._head_size += size
            return
        tail = self._tail
        tail.append(piece)
        self._tail_size += size
        while self._tail_size - len(tail[0]) >= TAIL_BYTES:
            self._tail_size -= len(tail.popleft())

    def head(self) -> bytes:
        """The first pieces, cut where the tail begins if they are large."""
        joined = b"".join(self._head)
        return joined if self._head_size <= HEAD_BYTES + TAIL_BYTES else joined[:HEAD_BYTES]

    def tail(self) -> bytes:
        """The last pieces, without what `head` has."""
        rest = b"".join(self._tail)
        if self._head_size > HEAD_BYTES + TAIL_BYTES and len(rest) < TAIL_BYTES:
            rest = b"".join(self._head)[HEAD_BYTES:][len(rest) - TAIL_BYTES :] + rest
        return rest[-TAIL_BYTES:]

    def has_ended(self) -> bool:
        """Whether it is a stream whose last event has passed, whatever came of its connection.

        Clients hang up as soon as they have that event, often before the end of the body.
        """
        seen = self.head() + self.tail()
        if not seen.endswith((b"\n\n", b"\r\n\r\n")):
            return False
        return _LAST_EVENT.match(seen[seen.rfind(b"\ndata:") + 1 :].strip()) is not None
