"""What is done about campaigns: planned, approved by another, and taken back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from revenuer.api.casebook.endpoint import Call, Endpoint, Later
from revenuer.api.casebook.places import scan_at, snapshot_at, snapshots
from revenuer.api.casebook.shapes.enforcement import (
    AtDecision,
    AtPlan,
    AtSnapshot,
    Closing,
    ProposedPlan,
    ShownDecision,
    ShownDone,
    ShownProposal,
    ShownSnapshot,
    Undoing,
    WantedPlan,
)
from revenuer.api.casebook.shapes.plans import ShownPlan, shown_plan
from revenuer.api.casebook.words import Page, Pages, paged, place_of
from revenuer.app.casebook import approving
from revenuer.app.countermeasures import known_countermeasures
from revenuer.app.delivery import deliver
from revenuer.app.desk import Desk, decision_named, open_desk
from revenuer.app.enforce import Done, approve, decide, undo
from revenuer.app.enforce_limits import Grounds, Wish
from revenuer.app.enforce_plan import make_plan
from revenuer.casework.decisions import Decision, Proposal
from revenuer.casework.roles import Right
from revenuer.errors import ConfigError, RevenuerError, SourceError
from revenuer.guard.ladder import action_named
from revenuer.guard.policy import Policy
from revenuer.store.docket import docket_of

logger = logging.getLogger(__name__)


def list_snapshots(call: Call[None, None, None]) -> list[ShownSnapshot]:
    """Snapshots whose decisions belong to this casebook."""
    return [
        ShownSnapshot(name=name, decided=docket_of(path).exists)
        for name, path in snapshots(call.settings).items()
    ]


def list_decisions(call: Call[AtSnapshot, Pages, None]) -> Page[ShownDecision]:
    """Decisions about a snapshot, the newest first."""
    desk, _ = _desk(call.path, call)
    known = desk.ledger().decisions.values() if desk.docket.exists else ()
    after = place_of(call.query.cursor, "decisions", tuple[datetime, str])
    rows = sorted((one.made_at, one.id, one) for one in known)[::-1]
    rest = [one for at, id_, one in rows if after is None or (at, id_) < after]
    shown = [_decision(one) for one in rest[: call.query.limit + 1]]
    return paged(shown, call.query.limit, lambda last: (last.made_at, last.id), "decisions")


def show_decision(call: Call[AtDecision, None, None]) -> ShownDecision:
    """One decision."""
    desk, _ = _desk(call.path, call)
    return _decision(decision_named(desk.ledger(), call.path.decision))


def list_plans(call: Call[AtSnapshot, Pages, None]) -> Page[ShownProposal]:
    """Plans that wait for approval."""
    desk, _ = _desk(call.path, call)
    known = desk.ledger().proposals if desk.docket.exists else {}
    after = place_of(call.query.cursor, "plans", str)
    waiting = sorted(digest for digest, one in known.items() if one.waits)
    rest = [digest for digest in waiting if after is None or digest > after]
    shown = [_proposal(known[digest]) for digest in rest[: call.query.limit + 1]]
    return paged(shown, call.query.limit, lambda last: last.plan, "plans")


def preview_plan(call: Call[AtSnapshot, None, WantedPlan]) -> ShownPlan:
    """What a decision would do, and what speaks against it; nothing is written."""
    desk, policy = _desk(call.path, call)
    grounds = _grounds(call, policy)
    return shown_plan(make_plan(desk, grounds, _wish(call.body, policy), call.now), policy)


def propose_plan(call: Call[AtSnapshot, None, ProposedPlan]) -> Later[ShownDone]:
    """Propose a plan that was looked at; where the policy wants no approval, it is done."""
    desk, policy = _desk(call.path, call)
    done = decide(
        desk,
        _grounds(call, policy),
        _wish(call.body, policy),
        digest=call.body.digest,
        by=call.actor.name,
        now=call.now,
        policy_file=desk.policy_file(),
    )
    return _done(desk, policy, done)


def approve_plan(call: Call[AtPlan, None, None]) -> Later[ShownDone]:
    """Approve a plan that another proposed; the approval that was missing carries it out."""
    desk, policy = _desk(call.path, call)
    done = approve(
        desk,
        call.path.plan,
        by=call.actor.name,
        now=call.now,
        permitted=approving.permitted(call.casebook, call.now),
    )
    return _done(desk, policy, done)


def show_plan(call: Call[AtPlan, None, None]) -> ShownProposal:
    """One plan that was proposed: it waits, was carried out, refused or withdrawn."""
    snapshot = snapshot_at(call.settings, call.path.snapshot)
    return _proposal(approving.find_plan(call.casebook, snapshot, call.path.plan))


def refuse_plan(call: Call[AtPlan, None, Closing]) -> ShownProposal:
    """Refuse a plan that another proposed: nobody approves it any more."""
    return _proposal(_closed(call, approving.refuse_plan))


def withdraw_plan(call: Call[AtPlan, None, Closing]) -> ShownProposal:
    """Withdraw a plan of one's own: nobody approves it any more."""
    return _proposal(_closed(call, approving.withdraw_plan))


def undo_decision(call: Call[AtDecision, None, Undoing]) -> Later[ShownDecision]:
    """Take a decision back, at once."""
    desk, policy = _desk(call.path, call)
    undone, _ = undo(
        desk,
        call.path.decision,
        by=call.actor.name,
        why=call.body.why,
        now=call.now,
        releases=call.body.releases,
    )
    return Later(_decision(undone), lambda: _send(desk, policy))


_AT = "/v1/snapshots/{snapshot}"


ENDPOINTS = (
    Endpoint("GET", "/v1/snapshots", Right.READ, list_snapshots),
    Endpoint("GET", f"{_AT}/decisions", Right.READ, list_decisions),
    Endpoint("GET", f"{_AT}/decisions/{{decision}}", Right.READ, show_decision),
    Endpoint("GET", f"{_AT}/plans", Right.READ, list_plans),
    Endpoint("POST", f"{_AT}/previews", Right.PROPOSE, preview_plan, keeps=False),
    Endpoint("POST", f"{_AT}/plans", Right.PROPOSE, propose_plan, outside=True),
    Endpoint("GET", f"{_AT}/plans/{{plan}}", Right.READ, show_plan),
    Endpoint("POST", f"{_AT}/plans/{{plan}}/approval", Right.APPROVE, approve_plan, outside=True),
    Endpoint("POST", f"{_AT}/plans/{{plan}}/refusal", Right.APPROVE, refuse_plan, outside=True),
    Endpoint(
        "POST", f"{_AT}/plans/{{plan}}/withdrawal", Right.PROPOSE, withdraw_plan, outside=True
    ),
    Endpoint(
        "POST", f"{_AT}/decisions/{{decision}}/undoing", Right.APPROVE, undo_decision, outside=True
    ),
)


def _desk(path: AtSnapshot, call: Call[Any, Any, Any]) -> tuple[Desk, Policy]:
    snapshot = snapshot_at(call.settings, path.snapshot)
    try:
        desk = open_desk(snapshot, call.keys)
        return desk, desk.policy(None)
    except ConfigError as problem:
        # A policy or a key of the operator, not something that the caller said.
        raise SourceError(problem.message, problem.hint) from problem


def _closed(call: Call[AtPlan, None, Closing], close: Callable[..., Proposal]) -> Proposal:
    snapshot = snapshot_at(call.settings, call.path.snapshot)
    return close(
        call.casebook,
        snapshot,
        call.path.plan,
        why=call.body.why,
        actor=call.actor,
        now=call.now,
    )


def _grounds(call: Call[AtSnapshot, None, Any], policy: Policy) -> Grounds:
    scan = scan_at(call.settings, call.body.scan)
    return Grounds(scan, policy, permitted=approving.permitted(call.casebook, call.now))


def _wish(said: WantedPlan, policy: Policy) -> Wish:
    if said.hours is not None and said.until is not None:
        raise ConfigError("hours and until cannot both be said.", "Leave one of them out.")
    hours = said.hours
    if hours is None and said.until is None:
        hours = policy.verdict_hours
    action = action_named(said.action.value)
    given = known_countermeasures(said.countermeasures)
    why = said.why.strip()
    return Wish(said.campaign, action, said.until, hours, said.whole_campaign, why, given)


def _done(desk: Desk, policy: Policy, done: Done) -> Later[ShownDone]:
    shown = ShownDone(plan=done.plan, decision=done.decision or None, missing=done.missing)
    return Later(shown, lambda: _send(desk, policy))


def _send(desk: Desk, policy: Policy) -> None:
    """Send webhooks once the caller has their answer; what fails waits in the outbox."""
    try:
        deliver(desk, policy)
    except RevenuerError as problem:
        logger.warning("webhooks wait: %s", problem.message)


def _proposal(one: Proposal) -> ShownProposal:
    return ShownProposal(
        plan=one.plan,
        campaign=one.campaign,
        action=one.action,
        countermeasures=list(one.countermeasures),
        by=one.by,
        at=one.made_at,
        approvers=list(one.approvers),
        decision=one.decision or None,
        closed=one.closed.how if one.closed is not None else None,
        closed_by=one.closed.by if one.closed is not None else None,
        closed_why=one.closed.why if one.closed is not None else None,
    )


def _decision(one: Decision) -> ShownDecision:
    return ShownDecision(
        id=one.id,
        plan=one.plan,
        campaign=one.campaign,
        action=one.action,
        countermeasures=list(one.countermeasures),
        made_at=one.made_at,
        until=one.until,
        whole_campaign=one.whole_campaign,
        by=one.by,
        approvers=list(one.approvers),
        why=one.why,
        probability=one.probability,
        accounts=len(one.members),
        status=one.status,
        ended_at=one.ended_at,
        ended_by=one.ended_by,
        ended_why=one.ended_why,
    )
