"""The ladder of actions, and the table that says what moves a request up or down it.

The table is data: `docs/guard.md` draws it, and a test walks every action with every signal.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Action(IntEnum):
    """What is done with a request, from the mildest to the gravest.

    Each keeps what those below it do: a reduced request is also held to the throttled rate.

    Attributes:
        ALLOW: Nothing.
        TAG: It passes, and is marked in the log and for the model server.
        THROTTLE: It passes at a lower rate.
        REDUCE: It passes, but asks for less: no log-probabilities, few choices, a short
            answer, reasoning summarised or withheld.
        CHALLENGE: It is refused until the account has verified who it is.
        BLOCK: It is refused.
    """

    ALLOW = 0
    TAG = 1
    THROTTLE = 2
    REDUCE = 3
    CHALLENGE = 4
    BLOCK = 5

    @property
    def word(self) -> str:
        """Its name as policies, logs and metrics spell it."""
        return self.name.lower()

    def __str__(self) -> str:
        return self.word

    @classmethod
    def _missing_(cls, value: object) -> Action | None:
        """Read the word as well, so that `Action("block")` is what a policy says."""
        return next((action for action in cls if action.word == value), None)


ACTIONS = tuple(Action)


def action_named(word: str) -> Action:
    """The action that policies and logs spell so.

    Raises:
        ValueError: There is none.

    Examples:
        >>> action_named("block") is Action.BLOCK
        True
    """
    return ACTIONS[[action.word for action in ACTIONS].index(word)]


class Signal(StrEnum):
    """What is known beside the evidence, in the order in which it is weighed.

    Attributes:
        EXPIRED: The verdict's own time is over.
        STALE: The snapshot is older than the policy trusts.
        RELEASED: A person lifted the verdict, on appeal say, before a new snapshot came.
        PASSED: The account passed the step-up verification.
        EXEMPT: The policy exempts the account or its organization.
        OVER_LIMIT: The account's bucket is empty.
        UNREADABLE: The body could not be read in time, so that it cannot be reduced.
        LATE: The deadline passed before anything was known.
        SHADOW: The policy only watches.
    """

    # An enum works its hash out in Python; these are looked up in the hottest path.
    __hash__ = str.__hash__

    EXPIRED = "expired"
    STALE = "stale"
    RELEASED = "released"
    PASSED = "passed"
    EXEMPT = "exempt"
    OVER_LIMIT = "over-limit"
    UNREADABLE = "unreadable"
    LATE = "late"
    SHADOW = "shadow"


_A, _T, _H, _R, _C, _B = ACTIONS

TRANSITIONS: Mapping[Signal, tuple[Action, ...]] = MappingProxyType(
    {
        # from:             allow tag throttle reduce challenge block
        Signal.EXPIRED: (_A, _A, _A, _A, _A, _A),
        Signal.STALE: (_A, _T, _H, _H, _H, _H),
        Signal.RELEASED: (_A, _A, _A, _A, _A, _A),
        # Who passed is known, which is no reason to give more than before; and a block is not
        # what verification answers.
        Signal.PASSED: (_A, _T, _H, _R, _R, _B),
        # A permit is no bypass: what is exempt is still watched.
        Signal.EXEMPT: (_A, _T, _T, _T, _T, _T),
        Signal.OVER_LIMIT: (_H, _H, _H, _R, _C, _B),
        Signal.UNREADABLE: (_A, _T, _H, _H, _C, _B),
        Signal.LATE: (_A, _A, _A, _A, _A, _A),
        Signal.SHADOW: (_A, _A, _A, _A, _A, _A),
    }
)
"""Where each signal leads from each action, in the order of `ACTIONS`."""


def raised(action: Action, to: Action) -> Action:
    """Where evidence leads that the policy answers with `to`: never down.

    Examples:
        >>> raised(Action.TAG, Action.REDUCE).word, raised(Action.BLOCK, Action.TAG).word
        ('reduce', 'block')
    """
    return to if to > action else action


def after(action: Action, signal: Signal) -> Action:
    """Where a signal leads.

    Examples:
        >>> after(Action.BLOCK, Signal.STALE).word
        'throttle'
    """
    return TRANSITIONS[signal][action]
