"""Plans that wait for approval, and who may give it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from revenuer.app.desk import Desk, login, proposal_named
from revenuer.app.enforce_limits import Grounds, Plan, Wish
from revenuer.app.guard_policy import load_policy
from revenuer.casework.decisions import Proposal
from revenuer.errors import NotAllowedError
from revenuer.guard.ladder import action_named
from revenuer.guard.policy import Policy


def waiting(
    desk: Desk,
    name: str,
    policy: Policy | None = None,
    permitted: frozenset[str] = frozenset(),
) -> tuple[Proposal, Grounds, Wish, Path | None]:
    """A plan that waits for approval, with what it was made from.

    Args:
        desk: Where it was proposed.
        name: Its digest, or how that begins.
        policy: What is allowed; None for the file that it was planned with.
        permitted: For whom the casebook has a permit that holds.

    Raises:
        NotFoundError: There is none.
        NotAllowedError: It was carried out already, refused or withdrawn.
    """
    found = still_waiting(proposal_named(desk.ledger(), name))
    kept = desk.docket.plan(found.plan)
    made_from, said = kept.grounds, kept.wish
    file = Path(made_from.policy) if made_from.policy else None
    if policy is None:
        policy = load_policy(file) if file is not None else Policy()
    grounds = Grounds(
        Path(made_from.scan), policy, made_from.permits, made_from.accounts, permitted
    )
    wish = Wish(
        campaign=said.campaign,
        action=action_named(said.action),
        until=said.until,
        hours=said.hours,
        whole_campaign=said.whole_campaign,
        why=said.why,
        countermeasures=said.countermeasures,
    )
    return found, grounds, wish, file


def still_waiting(found: Proposal) -> Proposal:
    """A plan that waits.

    Raises:
        NotAllowedError: It was carried out already, refused or withdrawn.
    """
    if found.decision:
        raise NotAllowedError(
            f"Plan {found.plan[:12]} was carried out already, as {found.decision}.",
            "An approval is for one decision; plan it again.",
        )
    if (closing := found.closed) is not None:
        raise NotAllowedError(
            f"Plan {found.plan[:12]} was {closing.how} by {closing.by}.",
            "It waits for nobody; it can be proposed again, and wants new approvals then.",
        )
    return found


def planned_step(plan: Plan, by: str) -> dict[str, Any]:
    """What the audit log says of a plan that was proposed."""
    said: dict[str, Any] = {
        "plan": plan.digest,
        "campaign": plan.campaign.id,
        "action": plan.wish.action.word,
        "by": by,
        "login": login(),
        "why": plan.wish.why,
    }
    if plan.wish.countermeasures:
        said["countermeasures"] = sorted(plan.wish.countermeasures)
    return said


def plan_document(plan: Plan, grounds: Grounds, policy_file: Path | None) -> dict[str, Any]:
    """A plan as it is kept: what was asked for, and what it was made from."""
    wish = plan.wish
    said = msgspec.to_builtins(wish)
    said["action"] = wish.action.word
    return {
        "schema": "revenuer/plan/1",
        "digest": plan.digest,
        "wish": said,
        "grounds": {
            "scan": str(grounds.scan.resolve()),
            "policy": str(policy_file.resolve()) if policy_file is not None else "",
            "permits": _resolved(grounds.permits),
            "accounts": _resolved(grounds.accounts),
        },
    }


def _resolved(table: str | None) -> str | None:
    return str(Path(table).resolve()) if table and table != "-" else None


def may_approve(name: str, proposer: str, policy: Policy) -> None:
    """Let only those pass whose approval counts.

    Raises:
        NotAllowedError: Theirs does not; it says why.
    """
    if (why := unfit_approver(name, proposer, policy)) is not None:
        raise NotAllowedError(f"{name} may not approve this: {why}.", "Nothing was done.")


def unfit_approver(name: str, proposer: str, policy: Policy) -> str | None:
    """Why somebody's approval does not count; None if it does."""
    asked = policy.approval
    if asked.names and name.casefold() not in {one.casefold() for one in asked.names}:
        return "approval.names does not name them"
    if asked.four_eyes and name.casefold() == proposer.casefold():
        return "they proposed it, and the policy wants four eyes"
    return None


def approved_by(proposal: Proposal, policy: Policy) -> frozenset[str]:
    """Who approved a plan, as far as it counts; names without what people write now so, now so."""
    return frozenset(
        name.casefold()
        for name in proposal.approvers
        if unfit_approver(name, proposal.by, policy) is None
    )


def person(name: str) -> str:
    """A name as it is written down.

    Raises:
        NotAllowedError: It is empty.
    """
    tidy = " ".join(name.split())
    if not tidy:
        raise NotAllowedError("Somebody must answer for this.", "Give a name with --by.")
    return tidy
