"""Appeals: who may hear one, what they must have looked at, and its clock.

Three rules that nothing here lets anybody around: an appeal reaches a person who had no part in
what it is against, that person has looked before they decide, and nothing closes by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from revenuer.errors import NotAllowedError


class Against(StrEnum):
    """What an appeal is against.

    Attributes:
        DECISION: What was done about accounts, in the docket of a snapshot.
        ASSESSMENT: A sign-up that was refused, held or stepped up.
        PERMIT: A permit that was refused or revoked.
    """

    DECISION = "decision"
    ASSESSMENT = "assessment"
    PERMIT = "permit"


class Outcome(StrEnum):
    """What becomes of the decision that was appealed against.

    Attributes:
        UPHELD: It stands.
        PARTLY: Some of it is taken back.
        OVERTURNED: It was wrong, and is taken back.
    """

    UPHELD = "upheld"
    PARTLY = "partly"
    OVERTURNED = "overturned"


class Stage(StrEnum):
    """Where an appeal stands.

    Attributes:
        OPEN: Nobody has it.
        ASSIGNED: Somebody has it.
        DECIDED: A person decided it.
        WITHDRAWN: Whoever made it took it back, and a person wrote that down.
    """

    OPEN = "open"
    ASSIGNED = "assigned"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


OVER = frozenset({Stage.DECIDED, Stage.WITHDRAWN})


class View(StrEnum):
    """What somebody who decides must have opened.

    Attributes:
        WORDS: What whoever appeals says.
        EVIDENCE: What speaks for and against.
    """

    WORDS = "words"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in what an appeal is against.

    Attributes:
        name: Who.
        what: What they did, to follow their name: `proposed it`.
    """

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody opened something.

    Attributes:
        name: Who.
        view: What.
        at: When.
    """

    name: str
    view: View
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """How long an appeal may take.

    Attributes:
        answer: Until the first answer by a person.
        decision: Until it is decided.
        least: Between the first look at the evidence and a decision against whoever appeals.
    """

    answer: timedelta
    decision: timedelta
    least: timedelta


@dataclass(frozen=True, slots=True)
class Times:
    """When what happened.

    Attributes:
        opened: When it came.
        answered: When a person first answered; None before.
        decided: When it was over; None before.
    """

    opened: datetime
    answered: datetime | None = None
    decided: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What is due of an appeal next.

    Attributes:
        what: `answer` or `decision`; empty once it is over.
        at: Until when.
        late: By how much it is late; negative as long as there is time.
    """

    what: str
    at: datetime
    late: timedelta

    @property
    def is_late(self) -> bool:
        """Whether it is."""
        return bool(self.what) and self.late > timedelta(0)


def due_of(times: Times, clock: Clock, now: datetime) -> Due:
    """What is due next. An answer that never came is due until the decision is.

    Examples:
        >>> at = datetime(2026, 6, 1)
        >>> clock = Clock(timedelta(hours=48), timedelta(hours=240), timedelta(0))
        >>> due = due_of(Times(at), clock, at + timedelta(hours=50))
        >>> due.what, due.late == timedelta(hours=2)
        ('answer', True)
        >>> due_of(Times(at, answered=at), clock, at + timedelta(hours=50)).is_late
        False
    """
    answer, decision = times.opened + clock.answer, times.opened + clock.decision
    if times.decided is not None:
        return Due("", times.decided, timedelta(0))
    if times.answered is None and answer < decision and now <= decision:
        return Due("answer", answer, now - answer)
    return Due("decision", decision, now - decision)


def in_order(dues: Iterable[tuple[Due, str]]) -> list[str]:
    """Ids of appeals as they should be looked at: the latest first, those that are over last."""
    ranked = sorted(dues, key=lambda one: (not one[0].what, -one[0].late, one[1]))
    return [name for _, name in ranked]


def unfit(name: str, parts: Iterable[Part]) -> str | None:
    """Why somebody may not hear an appeal; None if they may.

    Args:
        name: Who.
        parts: Who had a part in what it is against, and in earlier appeals against the same.
    """
    own = _same(name)
    if not own:
        return "somebody must answer for it"
    return next((one.what for one in parts if _same(one.name) == own), None)


def may_hear(name: str, parts: Iterable[Part]) -> None:
    """Let only those pass who had no part in what an appeal is against.

    Raises:
        NotAllowedError: They had; it says which.
    """
    if (why := unfit(name, parts)) is not None:
        raise NotAllowedError(
            f"{name} may not hear this appeal: {why}.", "Assign it to somebody who had no part."
        )


def _same(name: str) -> str:
    """A name without what people write now so and now so."""
    return " ".join(name.split()).casefold()


def may_decide(
    name: str,
    outcome: Outcome,
    looks: Sequence[Look],
    *,
    since: datetime,
    clock: Clock,
    now: datetime,
) -> None:
    """Let only those decide who have looked.

    Args:
        name: Who decides.
        outcome: What they would decide.
        looks: Who opened what.
        since: When something came in last that must have been seen.
        clock: How long a decision against whoever appeals takes at least.
        now: The time.

    Raises:
        NotAllowedError: They have not, or looked a moment ago; it says what is missing.
    """
    own = [one for one in looks if _same(one.name) == _same(name)]
    for view in View:
        if not any(one.view is view and one.at >= since for one in own):
            raise NotAllowedError(
                f"{name} has not opened the {view.value} since {since:%Y-%m-%d %H:%M} UTC.",
                "`revenuer appeal show` opens both; nobody decides without a look.",
            )
    first = min(one.at for one in own if one.view is View.EVIDENCE)
    # In doubt for whoever appeals: a mistake is put right at once, a refusal takes its time.
    if outcome is Outcome.UPHELD and now - first < clock.least:
        raise NotAllowedError(
            f"{name} opened the evidence less than {clock.least.total_seconds():g} seconds ago.",
            "A decision that stands is one that somebody thought about.",
        )
