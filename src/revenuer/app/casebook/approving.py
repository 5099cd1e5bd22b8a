"""What another proposed: approved, once, or refused; and withdrawn by who proposed it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from revenuer.app.casebook.opening import Casebook
from revenuer.app.closing_plans import refuse, withdraw
from revenuer.app.desk import Desk, open_desk, proposal_named
from revenuer.app.enforce import Done, approve
from revenuer.casework.decisions import Proposal
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError, NotFoundError
from revenuer.store.casebook import permits
from revenuer.store.docket import docket_of


def approve_plan(
    casebook: Casebook, snapshot: Path, name: str, *, actor: Actor, now: datetime
) -> Done:
    """Approve a plan; the approval that was missing carries it out.

    Raises:
        NotFoundError: There is no such plan.
        NotAllowedError: The actor may not, or the plan changed since.
        ConflictError: It was carried out already, or they approved it before.
    """
    actor.needs(Right.APPROVE)
    desk = _desk(casebook, snapshot, name)
    known = proposal_named(desk.ledger(), name)
    if known.decision:
        raise ConflictError(
            f"This plan was carried out already, as {known.decision}.", "Nothing was done twice."
        )
    if known.waits and actor.name in known.approvers:
        raise ConflictError(
            f"{actor.name} approved this plan before.", "Somebody else must approve it too."
        )
    return approve(desk, known.plan, by=actor.name, now=now, permitted=permitted(casebook, now))


def permitted(casebook: Casebook, now: datetime) -> frozenset[str]:
    """Those for whom the casebook has a permit that holds, as dockets write them."""
    with casebook.reading() as connection:
        return frozenset(one.subject for one in permits.listed(connection) if one.holds(now))


def find_plan(casebook: Casebook, snapshot: Path, name: str) -> Proposal:
    """A plan that was proposed, wherever it stands.

    Raises:
        NotFoundError: There is no such plan.
    """
    return proposal_named(_desk(casebook, snapshot, name).ledger(), name)


def refuse_plan(
    casebook: Casebook, snapshot: Path, name: str, *, why: str, actor: Actor, now: datetime
) -> Proposal:
    """Refuse a plan that waits for approval.

    Raises:
        NotFoundError: There is no such plan.
        NotAllowedError: The actor may not, it waits for nobody, or there is no reason.
    """
    actor.needs(Right.APPROVE)
    return refuse(_desk(casebook, snapshot, name), name, by=actor.name, why=why, now=now)


def withdraw_plan(
    casebook: Casebook, snapshot: Path, name: str, *, why: str, actor: Actor, now: datetime
) -> Proposal:
    """Withdraw a plan that the actor proposed.

    Raises:
        NotFoundError: There is no such plan.
        NotAllowedError: Another proposed it, it waits for nobody, or there is no reason.
    """
    actor.needs(Right.PROPOSE)
    return withdraw(_desk(casebook, snapshot, name), name, by=actor.name, why=why, now=now)


def _desk(casebook: Casebook, snapshot: Path, name: str) -> Desk:
    if not docket_of(snapshot).exists:
        raise NotFoundError(f"{name!r} is no plan of this snapshot.", "Nothing was decided there.")
    return open_desk(snapshot, casebook.keys)
