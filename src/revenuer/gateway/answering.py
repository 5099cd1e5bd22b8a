"""What the answer to a request passes through, of all that may change it."""

from __future__ import annotations

from collections.abc import Iterable

from revenuer.gateway.gate import Gate
from revenuer.gateway.passages import Chained, Passage
from revenuer.gateway.ruling import Ruling


def passage_of(
    gate: Gate, ruling: Ruling, status: int, headers: Iterable[tuple[bytes, bytes]]
) -> Passage | None:
    """What an answer passes through; None where it passes as it comes.

    Args:
        gate: Has countermeasures and bindings.
        ruling: What was done with its request.
        status: Of the answer.
        headers: Its headers, names in lower case.
    """
    first = second = None
    headers = tuple(headers)
    if ruling.treatment is not None:
        first = gate.countering.answer(ruling.treatment, status, headers)
    if ruling.binding is not None and gate.bindings is not None:
        second = gate.bindings.answer(ruling.binding, status, headers)
    # What is shown is bound, not what was there before.
    return Chained(first, second) if first and second else first or second
