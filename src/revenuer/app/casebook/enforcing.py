"""One plan or decision whole, as people look at it.

The dockets are the only record (decision 9); here they are read, together with what the casebook
knows of the same accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from revenuer.app.casebook.approving import permitted
from revenuer.app.casebook.enforcement_overview import unfit_here
from revenuer.app.casebook.opening import Casebook
from revenuer.app.desk import Desk, decision_named, open_desk, proposal_named
from revenuer.app.enforce_limits import Plan, fitting, persons_for
from revenuer.app.enforce_plan import make_plan
from revenuer.app.enforce_shown import sample_notice, shown_history, standing
from revenuer.app.proposals import approved_by, waiting
from revenuer.casework.decisions import Decision, Proposal
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotAllowedError, NotFoundError, RevenuerError
from revenuer.store.docket import Reaction, docket_of


@dataclass(frozen=True, slots=True)
class PlanSeen:
    """A plan that was proposed, as it would be carried out now.

    Attributes:
        proposal: What was proposed.
        plan: What would be done now; None where it cannot be made any more.
        notice: What a customer would read; None where nobody is told.
        needed: How many must approve.
        given: Approvals that count.
        unfit: Why who asks may not approve it; None if they may.
        problem: Why it cannot be carried out as it is; empty if it can.
    """

    proposal: Proposal
    plan: Plan | None
    notice: Mapping[str, Any] | None
    needed: int
    given: int
    unfit: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class DecisionSeen:
    """A decision with all that came of it.

    Attributes:
        decision: It.
        standing: Where it stands, in a word.
        steps: Steps of the audit log about it: when, what, and by whom.
        reactions: What a watch saw the campaign do since.
        notices: How many notices were written.
    """

    decision: Decision
    standing: str
    steps: tuple[tuple[str, str, str], ...]
    reactions: tuple[Reaction, ...]
    notices: int


def look_at_plan(
    casebook: Casebook, snapshot: Path, name: str, *, actor: Actor, now: datetime
) -> PlanSeen:
    """A plan that was proposed, and what it would do now.

    Args:
        casebook: What else is known of its accounts.
        snapshot: Where it was proposed.
        name: Its digest, or how that begins.
        actor: Who asks.
        now: When.

    Raises:
        NotFoundError: There is none.
    """
    actor.needs(Right.READ)
    desk = _desk(casebook, snapshot, "plan", name)
    proposal = proposal_named(desk.ledger(), name)
    if not proposal.waits:
        return PlanSeen(proposal, None, None, 0, len(proposal.approvers), None, "")
    try:
        _, grounds, wish, _ = waiting(desk, proposal.plan, permitted=permitted(casebook, now))
    except (RevenuerError, OSError) as problem:
        return PlanSeen(proposal, None, None, 0, len(proposal.approvers), None, str(problem))
    policy = grounds.policy
    needed = persons_for(wish.gravity, policy)
    given = len(approved_by(proposal, policy))
    unfit = unfit_here(proposal, policy, actor)
    try:
        plan = make_plan(desk, grounds, wish, now)
    except (RevenuerError, OSError) as problem:
        return PlanSeen(proposal, None, None, needed, given, unfit, str(problem))
    said = ""
    try:
        fitting(plan, proposal.plan)
    except NotAllowedError as problem:
        said = problem.message
    notice = sample_notice(plan, policy, show_ids=False)
    return PlanSeen(proposal, plan, notice, needed, given, unfit, said)


def look_at_decision(
    casebook: Casebook, snapshot: Path, name: str, *, actor: Actor, now: datetime
) -> DecisionSeen:
    """A decision with all that came of it.

    Args:
        casebook: Whose keys it is read with.
        snapshot: Where it was made.
        name: Its id, or how that begins.
        actor: Who asks.
        now: When.

    Raises:
        NotFoundError: There is none.
    """
    actor.needs(Right.READ)
    desk = _desk(casebook, snapshot, "decision", name)
    found = decision_named(desk.ledger(), name)
    steps = tuple(shown_history(desk, found))
    told = (
        int(entry.body.get("notices", 0))
        for entry in desk.audit.entries()
        if entry.kind == "notified" and entry.body.get("decision") == found.id
    )
    return DecisionSeen(
        decision=found,
        standing=standing(found, now),
        steps=steps,
        reactions=tuple(one for one in desk.docket.reactions() if one.decision == found.id),
        notices=sum(told),
    )


def _desk(casebook: Casebook, snapshot: Path, what: str, name: str) -> Desk:
    if not docket_of(snapshot).exists:
        said = f"{name!r} is no {what} of this snapshot."
        raise NotFoundError(said, "Nothing was decided there.")
    return open_desk(snapshot, casebook.keys)
