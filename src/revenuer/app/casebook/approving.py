"""Approve what another proposed, once, and never against somebody who holds a permit."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from revenuer.app.casebook.opening import Casebook
from revenuer.app.desk import Desk, open_desk, proposal_named
from revenuer.app.enforce import Done, approve
from revenuer.app.enforce_limits import Plan
from revenuer.app.enforce_plan import make_plan
from revenuer.app.proposals import waiting
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError, NotAllowedError, NotFoundError
from revenuer.guard.ladder import Action
from revenuer.reports.wording import counted
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
    if not docket_of(snapshot).exists:
        raise NotFoundError(f"{name!r} is no plan of this snapshot.", "Nothing was decided there.")
    desk = open_desk(snapshot, casebook.keys)
    known = proposal_named(desk.ledger(), name)
    if known.decision:
        raise ConflictError(
            f"This plan was carried out already, as {known.decision}.", "Nothing was done twice."
        )
    proposal, grounds, wish, _ = waiting(desk, known.plan)
    if actor.name in proposal.approvers:
        raise ConflictError(
            f"{actor.name} approved this plan before.", "Somebody else must approve it too."
        )
    spare_holders(casebook, desk, make_plan(desk, grounds, wish, now), now)
    return approve(desk, proposal.plan, by=actor.name, now=now)


def spare_holders(casebook: Casebook, desk: Desk, plan: Plan, now: datetime) -> None:
    """Go on only if nobody would be hit who holds a permit that the snapshot does not know of.

    Who publishes with the casebook's permits has their holders spared, now and later; nobody
    should be blocked since that was forgotten.

    Raises:
        NotAllowedError: Some would be.
    """
    with casebook.reading() as connection:
        holders = {one.subject for one in permits.listed(connection) if one.holds(now)}
    hit = {one.member for one in plan.hit} & holders - desk.docket.standing().spared.keys()
    if hit and plan.wish.action > Action.TAG:
        raise NotAllowedError(
            f"{counted(len(hit), 'account')} of this campaign would be hit although the casebook "
            "has a permit that holds for them, and this snapshot does not know of it.",
            "Nothing was done. Publish the newest scan with `--permits casebook`, and look again.",
        )
