"""What the guard says of one request, and why."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from revenuer.guard.ladder import Action


class Reason(StrEnum):
    """Why a decision is what it is.

    Attributes:
        NOTHING: Nothing speaks against the caller.
        VERDICT: The caller belongs to a campaign; the evidence id names it.
        REASONING: The request replays reasoning that is not its own.
        LIMIT: The caller is over a rate of the policy.
        DEADLINE: Nothing was known in time, and the request was let through.
    """

    # An enum works its hash out in Python; these are looked up in the hottest path.
    __hash__ = str.__hash__

    NOTHING = "nothing"
    VERDICT = "verdict"
    REASONING = "reasoning"
    LIMIT = "limit"
    DEADLINE = "deadline"


class Edit(StrEnum):
    """How a field is changed.

    Attributes:
        SET: To the value.
        DROP: Out of the body.
        AT_MOST: To the value where it is a larger number; a field that is not there stays so.
        WITHOUT: To the list without that item.
    """

    SET = "set"
    DROP = "drop"
    AT_MOST = "at-most"
    WITHOUT = "without"


class Change(NamedTuple):
    """One thing to change in a request's body before it is sent on.

    Attributes:
        edit: How.
        path: Keys from the top of the body to the field; where one on the way is no object,
            nothing is changed.
        value: See `Edit`.
    """

    edit: Edit
    path: tuple[str, ...]
    value: Any = None


class Decision(NamedTuple):
    """What to do with a request.

    Attributes:
        action: What to do; always `allow` in shadow mode.
        passes: Whether the request goes on; a throttled one does while its bucket lasts.
        reason: Why.
        evidence_id: What an appeal or an analyst refers to; empty where nothing was found.
        expires_at: When what was found stops counting, seconds since the epoch; None if it
            does not depend on time.
        appeal: Where the caller can object; empty where there is nothing to object to.
        verify: Where a challenged caller can verify who they are; empty for all others.
        changes: What to change in the body.
        retry_after_s: How long until a throttled caller may ask again; 0 if it passes.
        would_be: What the action would be if the policy were enforced.
        would_pass: Whether the request would go on then.
        note: What was found, in a few words without ids or text, for logs.
        tokens_per_s: The rate that the answer's tokens are charged at; 0 where none holds.
        counted: Tokens that were charged already.
        countermeasures: Ids of what the account gets beside the action, as `enforce` decided;
            what they are, an adapter knows.
    """

    action: Action = Action.ALLOW
    passes: bool = True
    reason: Reason = Reason.NOTHING
    evidence_id: str = ""
    expires_at: float | None = None
    appeal: str = ""
    verify: str = ""
    changes: tuple[Change, ...] = ()
    retry_after_s: float = 0.0
    would_be: Action = Action.ALLOW
    would_pass: bool = True
    note: str = ""
    tokens_per_s: float = 0.0
    counted: int = 0
    countermeasures: tuple[str, ...] = ()

    @property
    def shadowed(self) -> bool:
        """Whether the policy only watched where it would have acted."""
        return self.would_be is not self.action


NOTHING = Decision()
"""The decision on a caller of whom nothing is known: the same object each time."""
