"""Answers on their way to a client, while their reasoning blocks are bound.

A stream passes line by line; an answer in JSON is held until it is whole; see `passages`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import partial
from typing import Any

import msgspec

from revenuer.gateway.passages import Form, HeldAnswer, Passage, form_of
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

    def miss(self) -> None:
        """Count an answer that passes unbound."""
        self.missed += 1


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


def bound_answer(
    binding: Binding,
    status: int,
    headers: Iterable[tuple[bytes, bytes]],
    counts: Counts,
    held_bytes: int,
) -> Passage | None:
    """What an answer passes through; None where it passes as it comes.

    Args:
        binding: What its blocks are bound with.
        status: Of the answer.
        headers: Its headers, names in lower case.
        counts: Counted in.
        held_bytes: The longest JSON answer that is held to be bound.
    """
    form = form_of(status, headers)
    if form is Form.STREAM:
        return StreamedAnswer(binding, counts)
    if form is Form.JSON:
        return HeldAnswer(partial(_bound, binding, counts), counts.miss, held_bytes)
    if form is Form.CODED:
        counts.miss()
    return None


def _bound(binding: Binding, counts: Counts, body: bytes) -> bytes:
    """A whole answer with its blocks bound."""
    if not any(mark in body for mark in MARKS):
        return body
    try:
        tree = loads(body)
        count = bind(tree, binding) if isinstance(tree, dict) else 0
        bound = dumps(tree) if count else body
    except ValueError:
        counts.miss()
        return body
    counts.bound += count
    return bound


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
