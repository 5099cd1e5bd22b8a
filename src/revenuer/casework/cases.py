"""What becomes of a case: its states, what a dismissal covers, and when one has been outgrown.

```
open ──take──> in-review ──dismiss──> dismissed ──close──> closed
  │  <─put-back──┘   └──act──> actioned ──close──────────────┘ │
  └──dismiss, act, close──>                                    │
reopened <──reopen, outgrow── dismissed, actioned, closed <────┘
```

`reopened` is `open` with a history. A table says every transition; nothing else can be done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from revenuer.errors import ConflictError
from revenuer.records import Verdict

OUTGROWN_FROM = 0.25
"""Share of members that a dismissal does not cover from which its case comes back. placeholder"""
FEWEST_NEW = 3
"""Members that a dismissal does not cover, below which nothing comes back for them: fewer than a
scan takes for a group. placeholder"""


class State(StrEnum):
    """Where a case stands.

    Attributes:
        OPEN: Nobody has looked yet.
        IN_REVIEW: Somebody looks.
        REOPENED: It was decided once, and is to be looked at again.
        ACTIONED: Something was done about its accounts.
        DISMISSED: A person said that nothing is to be done.
        CLOSED: It is over.
    """

    OPEN = "open"
    IN_REVIEW = "in-review"
    REOPENED = "reopened"
    ACTIONED = "actioned"
    DISMISSED = "dismissed"
    CLOSED = "closed"


class Step(StrEnum):
    """What changes the state of a case.

    Attributes:
        TAKE: Somebody begins to look.
        PUT_BACK: They stop without a result.
        DISMISS: They say that nothing is to be done.
        ACT: Something is done about its accounts.
        CLOSE: They say that it is over.
        REOPEN: They say that it is to be looked at again.
        OUTGROW: The campaign is no longer what was decided about.
        UNDO: What was done was taken back.
    """

    TAKE = "take"
    PUT_BACK = "put-back"
    DISMISS = "dismiss"
    ACT = "act"
    CLOSE = "close"
    REOPEN = "reopen"
    OUTGROW = "outgrow"
    UNDO = "undo"


_WAITING = (State.OPEN, State.IN_REVIEW, State.REOPENED)
_DECIDED = (State.DISMISSED, State.ACTIONED, State.CLOSED)

TRANSITIONS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.OPEN, Step.TAKE): State.IN_REVIEW,
        (State.REOPENED, Step.TAKE): State.IN_REVIEW,
        (State.ACTIONED, Step.TAKE): State.IN_REVIEW,
        (State.IN_REVIEW, Step.PUT_BACK): State.OPEN,
        **{(state, Step.DISMISS): State.DISMISSED for state in (*_WAITING, State.ACTIONED)},
        **{(state, Step.ACT): State.ACTIONED for state in (*_WAITING, State.DISMISSED)},
        **{
            (state, Step.CLOSE): State.CLOSED
            for state in (*_WAITING, State.ACTIONED, State.DISMISSED)
        },
        **{(state, Step.REOPEN): State.REOPENED for state in _DECIDED},
        **{(state, Step.OUTGROW): State.REOPENED for state in (State.DISMISSED, State.CLOSED)},
        (State.ACTIONED, Step.UNDO): State.REOPENED,
    }
)
"""From a state, by a step, to a state."""

WAITING = frozenset(_WAITING)
"""Who is in one of these waits for a person."""


def after(state: State, step: Step, taken_from: State = State.OPEN) -> State:
    """The state that a step leads to.

    Args:
        state: Where the case is.
        step: What is done with it.
        taken_from: Where it was when somebody took it, which is where it is put back.

    Raises:
        ConflictError: It leads nowhere from there.

    Examples:
        >>> after(State.OPEN, Step.DISMISS).value
        'dismissed'
        >>> after(State.IN_REVIEW, Step.PUT_BACK, State.REOPENED).value
        'reopened'
    """
    found = TRANSITIONS.get((state, step))
    if found is None:
        known = sorted(step_ for from_, step_ in TRANSITIONS if from_ is state)
        raise ConflictError(
            f"The case is {state}: there is nothing to {step}.",
            f"From there one can {', '.join(known)}. `revenuer casebook show` says who did what.",
        )
    return taken_from if step is Step.PUT_BACK else found


class Ground(StrEnum):
    """Why nothing is to be done.

    Attributes:
        INNOCENT: These are no campaign. Only then are its members known innocents.
        PERMITTED: It was agreed on.
        HARMLESS: It is one, and too small to act on.
        ELSEWHERE: It is dealt with in another way.
    """

    INNOCENT = "innocent"
    PERMITTED = "permitted"
    HARMLESS = "harmless"
    ELSEWHERE = "elsewhere"


_GRAVITY = (Verdict.CLEARED, Verdict.UNDECIDED, Verdict.SUSPECTED, Verdict.CONVICTED)


def gravity(verdict: Verdict) -> int:
    """How grave a verdict is, 0 for cleared."""
    return _GRAVITY.index(verdict)


def gravest(verdicts: Collection[Verdict]) -> Verdict:
    """The gravest of some verdicts."""
    return max(verdicts, key=gravity)


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of a case's campaign at one time, as far as decisions depend on it.

    Attributes:
        verdict: The gravest of its campaigns.
        families: Families of evidence that speak against it.
        members: Its accounts, by their numbers.
        last_seen_us: Its newest exchange, microseconds since the epoch.
    """

    verdict: Verdict
    families: frozenset[str]
    members: frozenset[int]
    last_seen_us: int = 0


@dataclass(frozen=True, slots=True)
class Outgrown:
    """How a campaign is no longer what was dismissed.

    Attributes:
        new_members: Members that the dismissal does not cover.
        members: All members.
        verdict_before: When it was dismissed.
        verdict: Now.
        new_families: Families of evidence that were not there then; empty unless the verdict rose.
    """

    new_members: int
    members: int
    verdict_before: Verdict
    verdict: Verdict
    new_families: tuple[str, ...]


def outgrown(then: Picture, now: Picture) -> Outgrown | None:
    """How a campaign has outgrown its dismissal; None if it has not.

    Args:
        then: What was dismissed; its members are all that dismissals of this case cover.
        now: What it is.

    Examples:
        By hand: one of four members is new, which is a quarter, but one is too few.

        >>> then = Picture(Verdict.SUSPECTED, frozenset({"text"}), frozenset({1, 2, 3}))
        >>> outgrown(then, Picture(Verdict.SUSPECTED, frozenset(), frozenset({1, 2, 3, 4})))
        >>> outgrown(then, Picture(Verdict.CONVICTED, frozenset({"identity"}), frozenset({1})))
        Outgrown(new_members=0, members=1, ..., new_families=('identity',))
    """
    new = len(now.members - then.members)
    grown = new >= FEWEST_NEW and new >= OUTGROWN_FROM * len(now.members)
    rose = gravity(now.verdict) > gravity(then.verdict)
    families = tuple(sorted(now.families - then.families)) if rose else ()
    if not grown and not families:
        return None
    return Outgrown(new, len(now.members), then.verdict, now.verdict, families)


def is_active_again(closed: Picture, now: Picture) -> bool:
    """Whether a campaign that was dealt with and closed is seen to go on.

    What is cleared since, or was only looked at again, is not.
    """
    return now.last_seen_us > closed.last_seen_us and now.verdict is not Verdict.CLEARED


_STAYS = (
    State.IN_REVIEW,
    State.ACTIONED,
    State.DISMISSED,
    State.REOPENED,
    State.OPEN,
    State.CLOSED,
)
"""Which state a merged case has: the first of these that one of both has. What a person is at
stays; what was done stays; a dismissal stays until it is outgrown, which is looked at next."""


def merged_state(one: State, other: State) -> State:
    """The state of two cases that turn out to be one."""
    return min(one, other, key=_STAYS.index)
