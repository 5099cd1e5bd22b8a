"""Enforcement as people look at it: what waits, what is in force, and one plan or decision whole.

The dockets are the only record (decision 9); here they are read, together with what the casebook
knows of the same accounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from revenuer.app.casebook.approving import spare_holders
from revenuer.app.casebook.opening import Casebook
from revenuer.app.desk import Desk, decision_named, open_desk, proposal_named
from revenuer.app.enforce_limits import Plan, fitting, persons_for
from revenuer.app.enforce_plan import make_plan
from revenuer.app.enforce_shown import sample_notice, shown_history, standing
from revenuer.app.proposals import approved_by, unfit_approver, waiting
from revenuer.casework.decisions import Decision, Proposal
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotAllowedError, NotFoundError, RevenuerError
from revenuer.guard.policy import Policy
from revenuer.store.docket import Reaction, docket_of


@dataclass(frozen=True, slots=True)
class Place:
    """A snapshot about which something may be decided.

    Attributes:
        name: How pages call it.
        path: Its file.
        decided: Whether anything ever was.
        policy: What is allowed there; None where that cannot be read.
        policy_file: Where that was read; None for the defaults.
        published_at: When it was made, seconds since the epoch; 0 for never.
        problem: Why its docket cannot be read; empty if it can.
    """

    name: str
    path: Path
    decided: bool
    policy: Policy | None
    policy_file: Path | None
    published_at: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan that waits for approval.

    Attributes:
        place: Name of the snapshot.
        proposal: It.
        needed: How many must approve; None where its policy cannot be read.
        given: Approvals that count.
        unfit: Why who asks may not approve it; None if they may.
    """

    place: str
    proposal: Proposal
    needed: int | None
    given: int
    unfit: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """A decision, and where it stands.

    Attributes:
        place: Name of the snapshot.
        decision: It.
        standing: In a word.
    """

    place: str
    decision: Decision
    standing: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All that was decided, and what waits.

    Attributes:
        places: The snapshots.
        waiting: Plans: those that who asks may approve first, then the oldest.
        made: Decisions: those in force first, by what ends soonest, then the newest that ended.
    """

    places: tuple[Place, ...]
    waiting: tuple[Waiting, ...]
    made: tuple[Made, ...]


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


def look_over(
    casebook: Casebook, places: Mapping[str, Path], *, actor: Actor, now: datetime
) -> Overview:
    """All that was decided about snapshots, and what waits for approval.

    Args:
        casebook: Whose keys they are read with.
        places: Snapshots by name.
        actor: Who asks.
        now: When.
    """
    actor.needs(Right.READ)
    seen: list[Place] = []
    plans: list[Waiting] = []
    made: list[Made] = []
    for name, path in places.items():
        if not docket_of(path).exists:
            seen.append(Place(name, path, False, Policy(), None, 0.0))
            continue
        try:
            desk = open_desk(path, casebook.keys)
            ledger, policy = desk.ledger(), desk.policy(None)
            at = desk.docket.standing().published_at
            seen.append(Place(name, path, True, policy, desk.policy_file(), at))
            plans += [
                _waiting(name, desk, one, policy, actor)
                for one in ledger.proposals.values()
                if not one.decision
            ]
            made += [Made(name, one, standing(one, now)) for one in ledger.decisions.values()]
        except (RevenuerError, OSError) as problem:
            seen.append(Place(name, path, True, None, None, 0.0, str(problem)))
    plans.sort(key=lambda one: (one.unfit is not None, one.proposal.made_at))
    holding = [one for one in made if one.decision.holds(now)]
    over = [one for one in made if not one.decision.holds(now)]
    holding.sort(key=lambda one: one.decision.until)
    over.sort(key=lambda one: one.decision.ended_at or one.decision.until, reverse=True)
    return Overview(tuple(seen), tuple(plans), (*holding, *over))


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
    if proposal.decision:
        return PlanSeen(proposal, None, None, 0, len(proposal.approvers), None, "")
    try:
        _, grounds, wish, _ = waiting(desk, proposal.plan)
    except (RevenuerError, OSError) as problem:
        return PlanSeen(proposal, None, None, 0, len(proposal.approvers), None, str(problem))
    policy = grounds.policy
    needed = persons_for(wish.action, policy)
    given = len(approved_by(proposal, policy))
    unfit = _unfit(proposal, policy, actor)
    try:
        plan = make_plan(desk, grounds, wish, now)
    except (RevenuerError, OSError) as problem:
        return PlanSeen(proposal, None, None, needed, given, unfit, str(problem))
    said = ""
    try:
        fitting(plan, proposal.plan)
        spare_holders(casebook, desk, plan, now)
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


def _waiting(name: str, desk: Desk, one: Proposal, policy: Policy, actor: Actor) -> Waiting:
    needed: int | None = None
    try:
        _, grounds, wish, _ = waiting(desk, one.plan)
        policy = grounds.policy
        needed = persons_for(wish.action, policy)
    except (RevenuerError, OSError):
        return Waiting(name, one, None, len(one.approvers), "its files cannot be read any more")
    given = len(approved_by(one, policy))
    return Waiting(name, one, needed, given, _unfit(one, policy, actor))


def _unfit(proposal: Proposal, policy: Policy, actor: Actor) -> str | None:
    if not actor.may(Right.APPROVE):
        return "it takes the role approver"
    if actor.name in proposal.approvers:
        return "they approved it already"
    return unfit_approver(actor.name, proposal.by, policy)


def _desk(casebook: Casebook, snapshot: Path, what: str, name: str) -> Desk:
    if not docket_of(snapshot).exists:
        said = f"{name!r} is no {what} of this snapshot."
        raise NotFoundError(said, "Nothing was decided there.")
    return open_desk(snapshot, casebook.keys)
