"""What is known of a request by its head, and what is done with it."""

from __future__ import annotations

from typing import NamedTuple

from revenuer.gateway.countering import Treatment
from revenuer.gateway.facts import NOTHING_ASKED, Asked
from revenuer.gateway.identity import Known
from revenuer.gateway.routes import Route
from revenuer.guard import Decision
from revenuer.guard.reasoning_blocks import Binding


class Ruling(NamedTuple):
    """What is done with a request.

    Attributes:
        decision: What the guard said.
        known: Who asks.
        route: What kind of request it is.
        asked: What its body asks for, for the log.
        exchange_id: What the log calls it.
        status: Of the refusal; 0 where it passes.
        answer: Body of the refusal; None where the request passes.
        headers: Header lines to add: to the refusal, or to the request that goes on.
        body: The changed body; None where it goes on as it came.
        binding: What reasoning blocks of the answer are bound with; None for not at all.
        treatment: What countermeasures do to it; None for nothing.
    """

    decision: Decision
    known: Known
    route: Route
    asked: Asked = NOTHING_ASKED
    exchange_id: str = ""
    status: int = 0
    answer: bytes | None = None
    headers: bytes = b""
    body: bytes | None = None
    binding: Binding | None = None
    treatment: Treatment | None = None

    @property
    def changes_answer(self) -> bool:
        """Whether its answer may have to be read."""
        return self.binding is not None or self.treatment is not None

    @property
    def word(self) -> str:
        """The action's name."""
        return self.decision.action.word


class Asking(NamedTuple):
    """What the head of a request says of it; the same for all requests with that head.

    Attributes:
        route: What kind of request it is.
        path: Its path, normalised.
        callers: Who asks: one for each credential; none where finding them out failed.
        reads: Whether its body can be read.
    """

    route: Route
    path: bytes
    callers: tuple[Known, ...]
    reads: bool
