"""Answers on their way to a client, while their reasoning blocks are bound.

A stream passes line by line; an answer in JSON is held until it is whole, since its length goes
before it. Both are sans-I/O: an adapter feeds them and sends what they give.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import msgspec

from revenuer.guard.reasoning_blocks import MARKS, Binding, StreamBinder, bind


class Counts:
    """What happens to blocks.

    Attributes:
        bound: Blocks of answers that were bound.
        taken_off: Bindings that were taken off requests.
        missed: Answers that passed unbound: too long, compressed, or not to be read.
    """

    __slots__ = ("bound", "missed", "taken_off")

    def __init__(self) -> None:
        self.bound = self.taken_off = self.missed = 0


class StreamedAnswer:
    """Binds the blocks of a stream while it passes; see `StreamBinder`.

    Attributes:
        holds: Never: what can be used goes on at once.
        grows: Always: what its length said no longer holds.
    """

    __slots__ = ("_counts", "_stream")
    holds = False
    grows = True

    def __init__(self, binding: Binding, counts: Counts) -> None:
        self._stream = StreamBinder(binding, loads, dumps)
        self._counts = counts

    def feed(self, piece: bytes) -> bytes:
        """What goes on of some more bytes."""
        return self._counted(self._stream.feed(piece))

    def close(self) -> bytes:
        """What is left at the end."""
        return self._counted(self._stream.close())

    def _counted(self, passing: bytes) -> bytes:
        self._counts.bound += self._stream.bound
        self._stream.bound = 0
        return passing


class HeldAnswer:
    """Holds an answer in JSON until it is whole, and binds its blocks then.

    Attributes:
        holds: Whether nothing of it has gone on yet, its head included.
        grows: Never before it is whole.
    """

    __slots__ = ("_binding", "_counts", "_most_bytes", "_pieces", "_size", "holds")
    grows = False

    def __init__(self, binding: Binding, counts: Counts, most_bytes: int) -> None:
        self._binding, self._counts, self._most_bytes = binding, counts, most_bytes
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
        self._counts.missed += 1
        return self._held()

    def close(self) -> bytes:
        """The whole answer, if it was held."""
        body = self._held()
        if not any(mark in body for mark in MARKS):
            return body
        try:
            tree = loads(body)
            count = bind(tree, self._binding) if isinstance(tree, dict) else 0
            bound = dumps(tree) if count else body
        except ValueError:
            self._counts.missed += 1
            return body
        self._counts.bound += count
        return bound

    def _held(self) -> bytes:
        held, self._pieces = b"".join(self._pieces), []
        return held


BoundAnswer = StreamedAnswer | HeldAnswer


def bound_answer(
    binding: Binding,
    status: int,
    headers: Iterable[tuple[bytes, bytes]],
    counts: Counts,
    held_bytes: int,
) -> BoundAnswer | None:
    """What an answer passes through; None where it passes as it comes.

    Args:
        binding: What its blocks are bound with.
        status: Of the answer.
        headers: Its headers, names in lower case.
        counts: Counted in.
        held_bytes: The longest JSON answer that is held to be bound.
    """
    if not 200 <= status < 300:
        return None
    said = dict(headers)
    kind = said.get(b"content-type", b"").partition(b";")[0].strip().lower()
    if kind not in (b"text/event-stream", b"application/json"):
        return None
    if said.get(b"content-encoding", b"").strip().lower() not in (b"", b"identity"):
        counts.missed += 1
        return None
    if kind == b"application/json":
        return HeldAnswer(binding, counts, held_bytes)
    return StreamedAnswer(binding, counts)


def loads(text: bytes) -> Any:
    """Read JSON; what msgspec refuses, such as half a surrogate pair, others may still take.

    Raises:
        ValueError: It is none, or could not be written again as it was.
    """
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        pass
    except RecursionError as deep:
        raise ValueError("it is nested too deeply") from deep
    try:
        return json.loads(text, parse_float=_finite, parse_constant=_finite)
    except RecursionError as deep:
        raise ValueError("it is nested too deeply") from deep


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} cannot be written as JSON")
    return value


def dumps(tree: Any) -> bytes:
    """Write JSON on one line.

    Raises:
        ValueError: It cannot be written.
    """
    try:
        return msgspec.json.encode(tree)
    except UnicodeEncodeError:
        return json.dumps(tree, separators=(",", ":")).encode()
    except RecursionError as deep:
        raise ValueError("it is nested too deeply") from deep
