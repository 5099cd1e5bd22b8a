"""Put in order what decisions left to be done: expiries, the snapshot, and what is to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from revenuer.app.composing import republish
from revenuer.app.desk import Desk
from revenuer.app.telling import tell
from revenuer.casework.decisions import Step
from revenuer.guard.policy import Policy


@dataclass(frozen=True, slots=True)
class Settled:
    """What was put in order.

    Attributes:
        expired: Decisions whose time was over.
        sequence: Number of the snapshot that was made; None if it was fine as it is.
        notices: Notices that were written.
    """

    expired: tuple[str, ...]
    sequence: int | None
    notices: int


def settle(desk: Desk, now: datetime, policy: Policy | None = None) -> Settled:
    """End what is over, publish what changed or grows stale, tell what was not told.

    Safe to run at any time and as often as one likes.

    Args:
        desk: Where decisions are made; nothing happens where none was.
        now: The time.
        policy: None for the one that was named last.
    """
    if not desk.docket.exists:
        return Settled((), None, 0)
    with desk.docket.locked():
        return settle_locked(desk, policy or desk.policy(None), now)


def settle_locked(desk: Desk, policy: Policy, now: datetime, *, publish: bool = False) -> Settled:
    """The same as `settle`, for who holds the docket's lock.

    Args:
        desk: Where decisions are made.
        policy: What the operator allows.
        now: The time.
        publish: Publish even where nothing was decided, since a new scan is there.
    """
    due = desk.ledger().due(now)
    if due:
        desk.record([(Step.EXPIRED, {"decision": one.id}) for one in due], now)
    ledger = desk.ledger()
    stale = desk.docket.standing().is_stale(now.timestamp(), policy.stale_s)
    due_again = ledger.changed or (bool(ledger.in_force(now)) and stale)
    sequence = republish(desk, now) if publish or due_again else None
    notices = tell(desk, policy, ledger, now)
    return Settled(tuple(one.id for one in due), sequence, notices)
