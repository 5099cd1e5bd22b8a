"""What one peer may ask: so little that nobody goes through all values of a kind.

A quota is a fold over what was asked: (usage, question) -> usage, or a refusal that says when to
come again. Elements are counted, decoys among them, for who answers cannot tell them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from revenuer.errors import MatchError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import SPACES


@dataclass(frozen=True, slots=True)
class Limits:
    """What a peer may ask of one kind.

    Attributes:
        window: Over which elements are counted.
        elements: In the window at most.
        counts: Intersections in the window at most.
        share: Of all values of the kind, ever, at most.
    """

    window: timedelta = timedelta(days=1)
    elements: int = 10_240
    counts: int = 8
    share: float = 0.05

    def budget(self, kind: MatchKind) -> int | None:
        """Elements of a kind that a peer may ever ask for; None where nobody can go through it.

        Examples:
            A twentieth of the 2^24 blocks of IPv4:

            >>> Limits().budget(MatchKind.ADDRESS_BLOCK)
            838860
        """
        space = SPACES.get(kind)
        return None if space is None else int(self.share * space)

    def days_to_cover(self, kind: MatchKind, share: float) -> float:
        """Days that a peer needs at its limit to ask for a share of all values of a kind.

        Infinite where its budget ends before, or where nobody can go through the values.
        """
        space, budget = SPACES.get(kind), self.budget(kind)
        if space is None or budget is None or share * space > budget:
            return float("inf")
        return share * space / self.elements * self.window.total_seconds() / 86_400


@dataclass(frozen=True, slots=True)
class Spent:
    """A question that was answered.

    Attributes:
        at: When.
        elements: How many it had.
        is_count: Whether it was an intersection.
    """

    at: datetime
    elements: int
    is_count: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What a peer asked of one kind.

    Attributes:
        recent: Questions of the window, oldest first.
        ever: Elements since the beginning, those of the window among them.
    """

    recent: tuple[Spent, ...] = ()
    ever: int = 0


class QuotaError(MatchError):
    """A peer asked for more than it may.

    Attributes:
        retry_after: Seconds until the question would be answered; None for never.
    """

    def __init__(self, message: str, hint: str, retry_after: int | None) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after


def admit(usage: Usage, asked: Spent, kind: MatchKind, limits: Limits) -> Usage:
    """The usage after a question.

    Args:
        usage: Before it.
        asked: The question.
        kind: What it asks for.
        limits: What the peer may.

    Raises:
        QuotaError: It may not; usage stays as it is.
    """
    begins = asked.at - limits.window
    recent = tuple(spent for spent in usage.recent if spent.at > begins)
    budget = limits.budget(kind)
    if budget is not None and usage.ever + asked.elements > budget:
        raise QuotaError(
            f"The budget of {budget:,} elements of the kind {kind} is spent.",
            "It is bounded by how many values of the kind there are. Talk to the operator.",
            None,
        )
    if asked.elements > limits.elements:
        raise QuotaError(
            f"One question has more elements than the {limits.elements:,} of a whole window.",
            "Ask for fewer.",
            None,
        )
    waits = {
        f"{limits.elements:,} elements": _wait(
            [(spent.at, spent.elements) for spent in recent],
            limits.elements - asked.elements,
            asked.at - limits.window,
        ),
        f"{limits.counts} intersections": _wait(
            [(spent.at, 1) for spent in recent if spent.is_count],
            limits.counts - asked.is_count,
            asked.at - limits.window,
        ),
    }
    longest = max(waits, key=lambda what: waits[what])
    if waits[longest]:
        raise _later(longest, limits, waits[longest])
    return Usage((*recent, asked), usage.ever + asked.elements)


def _wait(recent: Sequence[tuple[datetime, int]], room: int, begins: datetime) -> int:
    """Whole seconds until what was asked in a window leaves room; 0 where it does now.

    Args:
        recent: When something was asked and how much, oldest first.
        room: How much may stay in the window.
        begins: The window's beginning.
    """
    kept = 0
    for at, amount in reversed(recent):
        kept += amount
        if kept > room:
            # This one and all before it have to leave.
            return int((at - begins).total_seconds()) + 1
    return 0


def _later(what: str, limits: Limits, wait: int) -> QuotaError:
    hours = limits.window.total_seconds() / 3600
    return QuotaError(
        f"The limit of {what} in {hours:g} hours is reached.",
        f"The question would be answered in {wait} s.",
        wait,
    )
