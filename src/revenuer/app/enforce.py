"""`enforce`: decide about a campaign, act on it as one, and take it back.

Everything that changes something holds the docket's lock, writes to the audit log first, and
leaves the rest, the snapshot, notices and webhooks, to `settle`: whatever a crash cut short,
the next command makes good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from revenuer.app.composing import keep_scan, kept_scan, prepare
from revenuer.app.desk import Desk, decision_named, login
from revenuer.app.enforce_limits import Grounds, Plan, Wish, fitting
from revenuer.app.enforce_plan import make_plan
from revenuer.app.proposals import (
    approved_by,
    may_approve,
    person,
    plan_document,
    planned_step,
    waiting,
)
from revenuer.app.settling import Settled, settle_locked
from revenuer.casework.decisions import Decision, Ledger, Proposal, Status, Step
from revenuer.errors import ConflictError, NotAllowedError
from revenuer.guard.fingerprint import Kind, shown
from revenuer.guard.policy import Policy

NAMESPACE = UUID("5d0f3e8a-6c61-4c4e-9d0b-1f6e0a7c2b94")
"""Of the ids of decisions; drawn once."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a plan.

    Attributes:
        plan: Its digest.
        decision: Id of the decision; empty while approvals are missing.
        missing: How many persons must still approve.
        settled: What was put in order; None while approvals are missing.
    """

    plan: str
    decision: str
    missing: int
    settled: Settled | None


def decide(
    desk: Desk,
    grounds: Grounds,
    wish: Wish,
    *,
    digest: str,
    by: str,
    now: datetime,
    approvers: Sequence[str] = (),
    policy_file: Path | None = None,
    again: bool = True,
) -> Done:
    """Propose a plan, approve it as far as approvers are named, and act once enough have.

    Args:
        desk: Where it is decided.
        grounds: What the plan was made from.
        wish: What was asked for.
        digest: Of the plan that was looked at; another plan is not carried out.
        by: Who proposes it.
        now: The time.
        approvers: Who approves it at once.
        policy_file: The policy's file, remembered for later commands.
        again: Whether a plan may be carried out once more while what came of it is in force; a
            form that is sent twice should not.

    Raises:
        NotAllowedError: The plan changed, the policy forbids it, or an approver may not approve.
        ConflictError: It was carried out already.
    """
    by = person(by)
    with desk.docket.locked():
        plan = fitting(make_plan(desk, grounds, wish, now), digest)
        ledger = desk.ledger()
        open_ = ledger.proposals.get(digest)
        if not again:
            _not_in_force(ledger, open_, now)
        waits = open_ is not None and open_.waits
        proposer = open_.by if open_ is not None and waits else by
        steps: list[tuple[str, Mapping[str, Any]]] = []
        if not waits:
            steps.append((Step.PLANNED, planned_step(plan, by)))
        for name in map(person, approvers):
            may_approve(name, proposer, grounds.policy)
            steps.append((Step.APPROVED, {"plan": digest, "by": name, "login": login()}))
        desk.docket.keep_plan(digest, plan_document(plan, grounds, policy_file))
        desk.record(steps, now)
        return _act_if_approved(desk, grounds, plan, now, policy_file)


def approve(
    desk: Desk,
    name: str,
    *,
    by: str,
    now: datetime,
    policy: Policy | None = None,
    permitted: frozenset[str] = frozenset(),
) -> Done:
    """Approve a plan that waits; the last approval that it needs carries it out.

    Args:
        desk: Where it was proposed.
        name: Its digest, or how that begins.
        by: Who looked at it.
        now: The time.
        policy: What is allowed; None for the file that it was planned with.
        permitted: For whom the casebook has a permit that holds.

    Raises:
        NotAllowedError: The scan or the policy changed since, this person may not approve, or it
            was refused or withdrawn.
    """
    by = person(by)
    with desk.docket.locked():
        proposal, grounds, wish, policy_file = waiting(desk, name, policy, permitted)
        plan = fitting(make_plan(desk, grounds, wish, now), proposal.plan)
        may_approve(by, proposal.by, grounds.policy)
        desk.record([(Step.APPROVED, {"plan": plan.digest, "by": by, "login": login()})], now)
        return _act_if_approved(desk, grounds, plan, now, policy_file)


def undo(
    desk: Desk,
    name: str,
    *,
    by: str,
    why: str,
    now: datetime,
    releases: bool = True,
    policy: Policy | None = None,
) -> tuple[Decision, Settled]:
    """Take a decision back, at once.

    Args:
        desk: Where it was made.
        name: Its id, or how that begins.
        by: Who takes it back.
        why: The reason, for those who read the log.
        now: The time.
        releases: Whether what a policy asks of its accounts is lifted too, until the decision
            would have ended; without it the newest scan's verdicts hold again.
        policy: For the notices; None for the one that was named last.

    Raises:
        NotFoundError: There is no such decision.
        NotAllowedError: It is over already, or there is no reason.
    """
    by = person(by)
    if not why.strip():
        raise NotAllowedError("Nothing is taken back without a reason.", "Give --why TEXT.")
    with desk.docket.locked():
        decision = decision_named(desk.ledger(), name)
        if decision.status is not Status.IN_FORCE:
            raise NotAllowedError(
                f"{decision.id} is {decision.status.value} already.",
                "`revenuer enforce show` says since when and by whom.",
            )
        said = {
            "decision": decision.id,
            "by": by,
            "login": login(),
            "why": why.strip(),
            "releases": releases,
        }
        desk.record([(Step.UNDONE, said)], now)
        settled = settle_locked(desk, policy or desk.policy(None), now)
        return decision_named(desk.ledger(), decision.id), settled


def _not_in_force(ledger: Ledger, proposal: Proposal | None, now: datetime) -> None:
    known = ledger.decisions.get(proposal.decision) if proposal is not None else None
    if known is not None and known.holds(now):
        raise ConflictError(
            f"This plan was carried out already, as {known.id}, which is in force.",
            "Nothing was done twice.",
        )


def _act_if_approved(
    desk: Desk, grounds: Grounds, plan: Plan, now: datetime, policy_file: Path | None
) -> Done:
    ledger = desk.ledger()
    proposal = ledger.proposals[plan.digest]
    missing = max(plan.persons - len(approved_by(proposal, grounds.policy)), 0)
    if missing:
        return Done(plan.digest, "", missing, None)
    prepare(desk)
    if not desk.docket.scan_path.exists():
        keep_scan(desk, kept_scan(desk), now)
    if policy_file is not None:
        desk.docket.keep_policy(policy_file)
    decision = f"decision--{uuid5(NAMESPACE, f'{plan.digest} {now.isoformat()}')}"
    desk.docket.keep_roll(decision, "applied", plan.roll())
    desk.record([(Step.ACTED, _acted(desk, plan, decision, proposal, now))], now)
    return Done(plan.digest, decision, 0, settle_locked(desk, grounds.policy, now))


def _acted(
    desk: Desk, plan: Plan, decision: str, proposal: Proposal, now: datetime
) -> dict[str, Any]:
    names = desk.fingerprints
    whole = {
        shown(names.of(Kind.ORGANIZATION, name)): action
        for name, action in plan.organizations.items()
    }
    spared = {one.organization_id for one in plan.spared if one.organization_id}
    # Whoever opens an account in an organization with a spared one may be spared as well.
    milder = {
        shown(names.of(Kind.ORGANIZATION, name))
        for name, action in plan.organizations.items()
        if action < plan.wish.action or name in spared
    }
    said: dict[str, Any] = {
        "decision": decision,
        "plan": plan.digest,
        "campaign": plan.campaign.id,
        "action": plan.wish.action.word,
        "until": plan.wish.ends(now).isoformat(),
        "whole_campaign": plan.wish.whole_campaign,
        "by": proposal.by,
        "approvers": list(proposal.approvers),
        "why": plan.wish.why,
        "probability": plan.campaign.probability,
        "members": [*(one.member for one in plan.members), *whole],
        "tagged": [*(one.member for one in plan.spared), *sorted(milder)],
    }
    if plan.wish.countermeasures:
        said["countermeasures"] = sorted(plan.wish.countermeasures)
    return said
