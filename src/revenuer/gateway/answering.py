"""What the answer to a request passes through, of all that may change it."""

from __future__ import annotations

from collections.abc import Iterable

from revenuer.gateway.gate import Gate
from revenuer.gateway.passages import Chained, Passage
from revenuer.gateway.rewording import Rewording
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


def awaited_in(ruling: Ruling | None, passing: bytes) -> Rewording | None:
    """What has to be waited for before something of an answer goes on; None for nothing.

    Args:
        ruling: What was done with its request.
        passing: What a passage let pass.
    """
    treatment = ruling.treatment if ruling is not None else None
    rewording = treatment.rewording if treatment is not None else None
    return rewording if rewording is not None and rewording.waits_in(passing) else None
