"""Plans that come to nothing: refused by who could approve them, or withdrawn by who asked."""

from __future__ import annotations

from datetime import datetime

from revenuer.app.desk import Desk, login, proposal_named
from revenuer.app.proposals import person, still_waiting, unfit_approver, waiting
from revenuer.casework.decisions import Proposal, Step
from revenuer.errors import NotAllowedError, RevenuerError


def refuse(desk: Desk, name: str, *, by: str, why: str, now: datetime) -> Proposal:
    """Refuse a plan that waits for approval: nobody approves it any more.

    Whoever could approve it may, also when its scan or its policy cannot be read any more.

    Args:
        desk: Where it was proposed.
        name: Its digest, or how that begins.
        by: Who refuses it.
        why: The reason, for those who read the log.
        now: The time.

    Raises:
        NotFoundError: There is no such plan.
        NotAllowedError: It waits for nobody, they may not, or there is no reason.
    """
    by, why = person(by), _reason(why, "refused")
    with desk.docket.locked():
        found = still_waiting(proposal_named(desk.ledger(), name))
        if by.casefold() == found.by.casefold():
            raise NotAllowedError(
                f"{by} proposed this plan, and cannot refuse it.", "They can withdraw it."
            )
        if (unfit := _unfit(desk, found, by)) is not None:
            raise NotAllowedError(f"{by} may not refuse this: {unfit}.", "Nothing was done.")
        return _closed(desk, found, Step.REFUSED, by, why, now)


def withdraw(desk: Desk, name: str, *, by: str, why: str, now: datetime) -> Proposal:
    """Withdraw a plan that waits for approval; only who proposed it may.

    Args:
        desk: Where it was proposed.
        name: Its digest, or how that begins.
        by: Who withdraws it.
        why: The reason, for those who read the log.
        now: The time.

    Raises:
        NotFoundError: There is no such plan.
        NotAllowedError: It waits for nobody, another proposed it, or there is no reason.
    """
    by, why = person(by), _reason(why, "withdrawn")
    with desk.docket.locked():
        found = still_waiting(proposal_named(desk.ledger(), name))
        if by.casefold() != found.by.casefold():
            raise NotAllowedError(
                f"{found.by} proposed this plan, and {by} cannot withdraw it.",
                "Whoever may approve it can refuse it.",
            )
        return _closed(desk, found, Step.WITHDRAWN, by, why, now)


def _unfit(desk: Desk, found: Proposal, by: str) -> str | None:
    try:
        _, grounds, _, _ = waiting(desk, found.plan)
    except (RevenuerError, OSError):
        # Nobody can approve it; it should not stand there for ever.
        return None
    return unfit_approver(by, found.by, grounds.policy)


def _closed(desk: Desk, found: Proposal, step: Step, by: str, why: str, now: datetime) -> Proposal:
    desk.record([(step, {"plan": found.plan, "by": by, "login": login(), "why": why})], now)
    return proposal_named(desk.ledger(), found.plan)


def _reason(why: str, done: str) -> str:
    if not why.strip():
        raise NotAllowedError(f"Nothing is {done} without a reason.", "Say why.")
    return why.strip()
