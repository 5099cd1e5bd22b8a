"""What is done about campaigns: planned, approved by another, and taken back."""

from __future__ import annotations

import logging
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta

from revenuer.api.casebook.endpoint import Call, Endpoint, Later
from revenuer.api.casebook.places import ScanName, SnapshotName, scan_at, snapshot_at, snapshots
from revenuer.api.casebook.words import Given, Page, Pages, Shown, Text, paged, place_of
from revenuer.app.delivery import deliver
from revenuer.app.desk import Desk, decision_named, open_desk
from revenuer.app.enforce import Done, approve, decide, undo
from revenuer.app.enforce_limits import Grounds, Plan, Wish
from revenuer.app.enforce_plan import make_plan
from revenuer.casework.decisions import Decision, Proposal, Status
from revenuer.casework.roles import Right
from revenuer.errors import ConfigError, RevenuerError, SourceError
from revenuer.guard.ladder import action_named
from revenuer.guard.policy import Policy
from revenuer.store.docket import docket_of

logger = logging.getLogger(__name__)
Campaign = Annotated[
    str,
    Meta(
        pattern=r"^campaign--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="Of the scan.",
    ),
]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="Of a plan.")]
DecisionId = Annotated[str, Meta(pattern=r"^decision--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Action(StrEnum):
    """What is done to accounts."""

    TAG = "tag"
    THROTTLE = "throttle"
    REDUCE = "reduce"
    CHALLENGE = "challenge"
    BLOCK = "block"


class ShownSnapshot(Shown):
    """A snapshot of guards.

    Attributes:
        name: Its file, without the ending.
        decided: Whether anything was ever decided about it.
    """

    name: str
    decided: bool


class WantedPlan(Given, kw_only=True):
    """What somebody wants done about a campaign.

    Attributes:
        scan: The scan that has it.
        campaign: Its id.
        action: What is done to its accounts.
        hours: How long; as long as the policy's verdicts last where both are missing.
        until: Or until when.
        whole_campaign: Whether accounts that join it later are covered.
        why: The reason, for those who read the log.
    """

    scan: ScanName
    campaign: Campaign
    action: Action
    why: Text
    hours: Annotated[float, Meta(gt=0, le=87_660)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None
    whole_campaign: bool = True


class ProposedPlan(WantedPlan, kw_only=True):
    """A plan that was looked at, to be proposed.

    Attributes:
        digest: Of the plan that was looked at: another is not carried out.
    """

    digest: Digest


class PlannedAccount(Shown):
    """An account of the campaign.

    Attributes:
        subject: Its fingerprint.
        action: What would be done to it.
        holds_now: What is done to it now.
        spared: Why it gets no more than a tag; null if it is not spared.
        log_e_value: What the scan knows of it, nats; null if nothing.
        cited: Pieces of evidence that name it.
    """

    subject: str
    action: str
    holds_now: str
    spared: str | None
    log_e_value: float | None
    cited: int


class ShownPlan(Shown):
    """What would be done, and what speaks against it.

    Attributes:
        digest: Names it; another as soon as whom, what, how long, verdict or policy change.
        campaign: The campaign.
        verdict: On it.
        probability: Of it.
        action: What is done.
        until: When it would end, done now.
        whole_campaign: Whether accounts that join later are covered.
        why: The reason.
        ladder: What the policy asks for by itself.
        approvers_needed: How many must approve.
        accounts: That would get what was asked for.
        customers: To whom they belong.
        spared: Accounts that get no more than a tag.
        cleared: Accounts left out as innocent.
        innocents_nearby: As the scan counted them.
        changes: Accounts by what holds now and what would hold.
        obstacles: Why it may not be done; empty if it may.
        notes: What a person should know before.
        members: Its accounts, those with the weakest evidence first, the first hundred.
    """

    digest: str
    campaign: str
    verdict: str
    probability: float
    action: str
    until: datetime
    whole_campaign: bool
    why: str
    ladder: str
    approvers_needed: int
    accounts: int
    customers: int
    spared: int
    cleared: int
    innocents_nearby: int
    changes: dict[str, int]
    obstacles: list[str]
    notes: list[str]
    members: list[PlannedAccount]


class ShownDone(Shown):
    """What came of a plan.

    Attributes:
        plan: Its digest.
        decision: Id of the decision; null while approvals are missing.
        missing: How many persons must still approve.
    """

    plan: str
    decision: str | None
    missing: int


class ShownProposal(Shown):
    """A plan that was proposed.

    Attributes:
        plan: Its digest.
        campaign: The campaign.
        action: What would be done.
        by: Who proposed it.
        why: The reason.
        approvers: Who approved it.
        decision: What came of it; null while it waits.
    """

    plan: str
    campaign: str
    action: str
    by: str
    why: str
    approvers: list[str]
    decision: str | None


class ShownDecision(Shown):
    """Something that was done to the accounts of a campaign.

    Attributes:
        id: Its name.
        plan: Digest of the plan that was approved.
        campaign: The campaign.
        action: What is done.
        made_at: When.
        until: When it ends by itself.
        whole_campaign: Whether accounts that join later are covered.
        by: Who proposed it.
        approvers: Who approved it.
        why: The reason.
        probability: Of the campaign, when it was made.
        accounts: How many accounts and organizations it covers.
        status: Where it stands.
        ended_at: When it ended; null while it is in force.
        ended_by: Who undid it; empty otherwise.
        ended_why: Why it was undone.
    """

    id: str
    plan: str
    campaign: str
    action: str
    made_at: datetime
    until: datetime
    whole_campaign: bool
    by: str
    approvers: list[str]
    why: str
    probability: float
    accounts: int
    status: Status
    ended_at: datetime | None
    ended_by: str
    ended_why: str


class Undoing(Given):
    """Why a decision is taken back.

    Attributes:
        why: The reason, for those who read the log.
        releases: Whether what a policy asks of its accounts is lifted too.
    """

    why: Text
    releases: bool = True


class AtSnapshot(Given):
    """A snapshot.

    Attributes:
        snapshot: Its name.
    """

    snapshot: SnapshotName


class AtPlan(AtSnapshot):
    """A plan about a snapshot.

    Attributes:
        plan: Its digest.
    """

    plan: Digest


class AtDecision(AtSnapshot):
    """A decision about a snapshot.

    Attributes:
        decision: Its id.
    """

    decision: DecisionId


MOST_MEMBERS = 100


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
    waiting = sorted(digest for digest, one in known.items() if not one.decision)
    rest = [digest for digest in waiting if after is None or digest > after]
    shown = [_proposal(known[digest]) for digest in rest[: call.query.limit + 1]]
    return paged(shown, call.query.limit, lambda last: last.plan, "plans")


def preview_plan(call: Call[AtSnapshot, None, WantedPlan]) -> ShownPlan:
    """What a decision would do, and what speaks against it; nothing is written."""
    desk, policy = _desk(call.path, call)
    return _plan(make_plan(desk, _grounds(call, policy), _wish(call.body, policy), call.now))


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
    done = approve(desk, call.path.plan, by=call.actor.name, now=call.now)
    return _done(desk, policy, done)


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
    Endpoint("POST", f"{_AT}/plans/{{plan}}/approval", Right.APPROVE, approve_plan, outside=True),
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


def _grounds(call: Call[AtSnapshot, None, Any], policy: Policy) -> Grounds:
    return Grounds(scan_at(call.settings, call.body.scan), policy)


def _wish(said: WantedPlan, policy: Policy) -> Wish:
    if said.hours is not None and said.until is not None:
        raise ConfigError("hours and until cannot both be said.", "Leave one of them out.")
    hours = said.hours
    if hours is None and said.until is None:
        hours = policy.verdict_hours
    action = action_named(said.action.value)
    return Wish(said.campaign, action, said.until, hours, said.whole_campaign, said.why.strip())


def _done(desk: Desk, policy: Policy, done: Done) -> Later[ShownDone]:
    shown = ShownDone(plan=done.plan, decision=done.decision or None, missing=done.missing)
    return Later(shown, lambda: _send(desk, policy))


def _send(desk: Desk, policy: Policy) -> None:
    """Send webhooks once the caller has their answer; what fails waits in the outbox."""
    try:
        deliver(desk, policy)
    except RevenuerError as problem:
        logger.warning("webhooks wait: %s", problem.message)


def _plan(plan: Plan) -> ShownPlan:
    return ShownPlan(
        digest=plan.digest,
        campaign=plan.campaign.id,
        verdict=plan.campaign.verdict.value,
        probability=plan.campaign.probability,
        action=plan.wish.action.word,
        until=plan.until,
        whole_campaign=plan.wish.whole_campaign,
        why=plan.wish.why,
        ladder=plan.ladder.word,
        approvers_needed=plan.persons,
        accounts=len(plan.hit),
        customers=plan.customers,
        spared=len(plan.spared),
        cleared=plan.cleared,
        innocents_nearby=plan.campaign.innocents_nearby,
        changes=plan.changes(),
        obstacles=list(plan.obstacles),
        notes=list(plan.notes),
        members=[
            PlannedAccount(
                subject=one.member,
                action=one.action.word,
                holds_now=one.holds.word,
                spared=one.spared or None,
                log_e_value=one.log_e_value,
                cited=one.cited,
            )
            for one in plan.members[:MOST_MEMBERS]
        ],
    )


def _proposal(one: Proposal) -> ShownProposal:
    return ShownProposal(
        plan=one.plan,
        campaign=one.campaign,
        action=one.action,
        by=one.by,
        why=one.why,
        approvers=list(one.approvers),
        decision=one.decision or None,
    )


def _decision(one: Decision) -> ShownDecision:
    return ShownDecision(
        id=one.id,
        plan=one.plan,
        campaign=one.campaign,
        action=one.action,
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
