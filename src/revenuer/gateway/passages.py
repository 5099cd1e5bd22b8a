"""What an answer passes through on its way to a client: sans-I/O, fed by an adapter.

A stream passes piece by piece; an answer in JSON is held until it is whole, since its length goes
before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Protocol


class Passage(Protocol):
    """Changes an answer while it passes."""

    @property
    def holds(self) -> bool:
        """Whether nothing of it has gone on yet, its head included."""

    @property
    def grows(self) -> bool:
        """Whether what its length said no longer holds, from the beginning."""

    def feed(self, piece: bytes) -> bytes:
        """What goes on of some more bytes."""

    def close(self) -> bytes:
        """What is left at the end."""


class Form(Enum):
    """How the body of an answer comes."""

    STREAM = "text/event-stream"
    JSON = "application/json"
    CODED = "compressed, in spite of what was asked for"


def form_of(status: int, headers: Iterable[tuple[bytes, bytes]]) -> Form | None:
    """How the body of an answer comes; None where there is nothing to change in it.

    Args:
        status: Of the answer.
        headers: Its headers, names in lower case.
    """
    if not 200 <= status < 300:
        return None
    said = dict(headers)
    kind = said.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
    if kind not in (Form.STREAM.value, Form.JSON.value):
        return None
    if said.get(b"content-encoding", b"").strip().lower() not in (b"", b"identity"):
        return Form.CODED
    return Form(kind)


class HeldAnswer:
    """Holds an answer in JSON until it is whole, and changes it then.

    Args:
        change: From the whole body to what goes on.
        missed: Told of an answer that is too long.
        most_bytes: The longest that is held.
    """

    __slots__ = ("_change", "_missed", "_most_bytes", "_pieces", "_size", "holds")
    grows = False

    def __init__(
        self, change: Callable[[bytes], bytes], missed: Callable[[], None], most_bytes: int
    ) -> None:
        self._change, self._missed, self._most_bytes = change, missed, most_bytes
        self._pieces: list[bytes] = []
        self._size = 0
        self.holds = True

    def feed(self, piece: bytes) -> bytes:
        """What goes on: nothing, or all of it once it is too long to be held."""
        if not self.holds:
            return piece
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size <= self._most_bytes:
            return b""
        self.holds = False
        self._missed()
        return self._held()

    def close(self) -> bytes:
        """The whole answer, if it was held."""
        return self._change(self._held()) if self.holds else b""

    def _held(self) -> bytes:
        held, self._pieces = b"".join(self._pieces), []
        return held


class Chained:
    """One passage after the other.

    Args:
        first: Fed by the adapter.
        second: Fed by the first.
    """

    __slots__ = ("_first", "_second")

    def __init__(self, first: Passage, second: Passage) -> None:
        self._first, self._second = first, second

    @property
    def holds(self) -> bool:
        """Whether either does."""
        return self._first.holds or self._second.holds

    @property
    def grows(self) -> bool:
        """Whether either does."""
        return self._first.grows or self._second.grows

    def feed(self, piece: bytes) -> bytes:
        """What goes on of some more bytes."""
        return self._second.feed(self._first.feed(piece))

    def close(self) -> bytes:
        """What is left at the end."""
        return self._second.feed(self._first.close()) + self._second.close()
