"""Enforcement as people look at it: what waits, what is in force, and what came to nothing.

The dockets are the only record (decision 9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from revenuer.app.casebook.opening import Casebook
from revenuer.app.desk import Desk, open_desk
from revenuer.app.enforce_limits import persons_for
from revenuer.app.enforce_shown import standing
from revenuer.app.proposals import approved_by, unfit_approver, waiting
from revenuer.casework.decisions import Closing, Decision, Proposal
from revenuer.casework.roles import Actor, Right
from revenuer.errors import RevenuerError
from revenuer.guard.policy import Policy
from revenuer.store.docket import docket_of


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
class Closed:
    """A plan that came to nothing.

    Attributes:
        place: Name of the snapshot.
        proposal: It.
    """

    place: str
    proposal: Proposal

    @property
    def how(self) -> Closing:
        """Who refused or withdrew it, and why."""
        assert self.proposal.closed is not None
        return self.proposal.closed


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
        closed: Plans that were refused or withdrawn, the newest first.
    """

    places: tuple[Place, ...]
    waiting: tuple[Waiting, ...]
    made: tuple[Made, ...]
    closed: tuple[Closed, ...]


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
    closed: list[Closed] = []
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
                if one.waits
            ]
            closed += [
                Closed(name, one) for one in ledger.proposals.values() if one.closed is not None
            ]
            made += [Made(name, one, standing(one, now)) for one in ledger.decisions.values()]
        except (RevenuerError, OSError) as problem:
            seen.append(Place(name, path, True, None, None, 0.0, str(problem)))
    plans.sort(key=lambda one: (one.unfit is not None, one.proposal.made_at))
    holding = [one for one in made if one.decision.holds(now)]
    over = [one for one in made if not one.decision.holds(now)]
    holding.sort(key=lambda one: one.decision.until)
    over.sort(key=lambda one: one.decision.ended_at or one.decision.until, reverse=True)
    closed.sort(key=lambda one: one.how.at, reverse=True)
    return Overview(tuple(seen), tuple(plans), (*holding, *over), tuple(closed))


def _waiting(name: str, desk: Desk, one: Proposal, policy: Policy, actor: Actor) -> Waiting:
    needed: int | None = None
    try:
        _, grounds, wish, _ = waiting(desk, one.plan)
        policy = grounds.policy
        needed = persons_for(wish.gravity, policy)
    except (RevenuerError, OSError):
        return Waiting(name, one, None, len(one.approvers), "its files cannot be read any more")
    given = len(approved_by(one, policy))
    return Waiting(name, one, needed, given, unfit_here(one, policy, actor))


def unfit_here(proposal: Proposal, policy: Policy, actor: Actor) -> str | None:
    """Why somebody may not approve a plan; None if they may."""
    if not actor.may(Right.APPROVE):
        return "it takes the role approver"
    if actor.name in proposal.approvers:
        return "they approved it already"
    return unfit_approver(actor.name, proposal.by, policy)
