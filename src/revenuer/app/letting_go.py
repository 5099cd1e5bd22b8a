"""Let single accounts of a decision go, and note who was found innocent.

A decision acts on a campaign as one; who was in it by mistake leaves it alone, at once, and it
goes on for the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from revenuer.app.desk import Desk, decision_named, login
from revenuer.app.proposals import person
from revenuer.app.settling import Settled, settle_locked
from revenuer.casework.decisions import Decision, Ledger, Status, Step
from revenuer.errors import NotAllowedError, NotFoundError
from revenuer.guard.fingerprint import Kind, shown
from revenuer.guard.policy import Policy


def release(
    desk: Desk,
    name: str,
    *,
    accounts: Sequence[str],
    by: str,
    why: str,
    now: datetime,
    policy: Policy | None = None,
) -> tuple[Decision, Settled]:
    """Let accounts of a decision go, at once; it goes on for the others.

    What a policy asks of them is lifted too, until the decision would have ended.

    Args:
        desk: Where it was made.
        name: Its id, or how that begins.
        accounts: Ids of the accounts.
        by: Who lets them go.
        why: The reason, for those who read the log.
        now: The time.
        policy: For the notices; None for the one that was named last.

    Raises:
        NotFoundError: There is no such decision, or it does not cover one of them.
        NotAllowedError: It is over already, or there is no reason.
    """
    return _take_back(desk, name, accounts, _Said(_who(by, why)), now, policy)


def overturn(
    desk: Desk,
    name: str,
    *,
    accounts: Sequence[str],
    whole: bool,
    cleared_until: datetime | None,
    by: str,
    why: str,
    now: datetime,
    policy: Policy | None = None,
) -> tuple[Decision, Settled]:
    """Carry out what an appeal came to: take all of a decision back, or let accounts go.

    Safe to repeat: what is taken back already stays so. A decision that is over meanwhile is no
    obstacle to finding somebody innocent.

    Args:
        desk: Where it was made.
        name: Its id, or how that begins.
        accounts: Ids of the accounts whose appeal it was.
        whole: Take it back for everybody.
        cleared_until: Until when neither scan nor decision reaches the accounts, who were found
            innocent; None if they were not.
        by: Who decided so.
        why: The reason, for those who read the log.
        now: The time.
        policy: For the notices; None for the one that was named last.

    Raises:
        NotFoundError: There is no such decision, or it does not cover one of them.
        NotAllowedError: There is no reason.
    """
    said = _Said(_who(by, why), cleared_until, whole, may_be_over=True)
    return _take_back(desk, name, accounts, said, now, policy)


def held_by(ledger: Ledger, member: str, now: datetime) -> list[Decision]:
    """The decisions in force that act on a member."""
    if member in ledger.cleared(now):
        return []
    return [
        one for one in ledger.in_force(now) if member in one.members and member not in one.released
    ]


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody wants taken back.

    Attributes:
        who: By whom and why, as the log has it.
        cleared_until: Until when the accounts count as innocent; None if they do not.
        whole: For everybody, not for the accounts alone.
        may_be_over: Whether a decision that is over is fine.
    """

    who: Mapping[str, Any]
    cleared_until: datetime | None = None
    whole: bool = False
    may_be_over: bool = False


def _who(by: str, why: str) -> Mapping[str, Any]:
    if not why.strip():
        raise NotAllowedError("Nothing is taken back without a reason.", "Give --why TEXT.")
    return {"by": person(by), "login": login(), "why": why.strip()}


def _take_back(
    desk: Desk,
    name: str,
    accounts: Sequence[str],
    said: _Said,
    now: datetime,
    policy: Policy | None,
) -> tuple[Decision, Settled]:
    with desk.docket.locked():
        ledger = desk.ledger()
        decision = decision_named(ledger, name)
        if decision.status is not Status.IN_FORCE and not said.may_be_over:
            raise NotAllowedError(
                f"{decision.id} is {decision.status.value} already.",
                "`revenuer enforce show` says since when and by whom.",
            )
        desk.record(_steps(desk, ledger, decision, accounts, said, now), now)
        settled = settle_locked(desk, policy or desk.policy(None), now)
        return decision_named(desk.ledger(), decision.id), settled


def _steps(
    desk: Desk,
    ledger: Ledger,
    decision: Decision,
    accounts: Sequence[str],
    said: _Said,
    now: datetime,
) -> list[tuple[str, Mapping[str, Any]]]:
    """What is written down: only what is not so already."""
    members = _members(desk, decision, accounts)
    steps: list[tuple[str, Mapping[str, Any]]] = []
    if decision.status is Status.IN_FORCE:
        about = {"decision": decision.id, **said.who}
        leaving = [one for one in members if one not in decision.released]
        if said.whole:
            steps.append((Step.UNDONE, about | {"releases": True}))
        elif leaving:
            steps.append((Step.RELEASED, about | {"members": leaving}))
    if said.cleared_until is not None:
        innocent = [one for one in members if one not in ledger.cleared(now)]
        if innocent:
            until = said.cleared_until.isoformat()
            steps.append((Step.CLEARED, {"members": innocent, "until": until, **said.who}))
    return steps


def _members(desk: Desk, decision: Decision, accounts: Sequence[str]) -> list[str]:
    """Fingerprints of accounts, and of the organizations that they belong to.

    An organization one of whose accounts is let go is no longer listed whole, neither by this
    decision nor by a scan: its listing would hold that account too.

    Raises:
        NotFoundError: The decision does not cover one of them.
    """
    fingerprints, covered = desk.fingerprints, set(decision.members)
    found = {shown(fingerprints.of(Kind.ACCOUNT, name)): name for name in accounts}
    missing = [name for member, name in found.items() if member not in covered]
    if missing or not found:
        raise NotFoundError(
            f"{decision.id} does not cover {', '.join(missing) or 'anybody who is named'}.",
            "`revenuer enforce show` says how many it covers; ids are as the logs have them.",
        )
    owners = {
        one.organization_id
        for roll in desk.docket.rolls(decision.id).values()
        for one in roll
        if one.member in found and one.organization_id
    }
    return [*found, *(shown(fingerprints.of(Kind.ORGANIZATION, name)) for name in sorted(owners))]
