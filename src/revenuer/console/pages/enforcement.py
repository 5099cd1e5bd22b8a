"""Enforcement: what waits for approval, what is in force, and one plan or decision whole."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from revenuer.api.casebook.places import snapshot_at, snapshots
from revenuer.app.casebook.acting import carry_over, take_back
from revenuer.app.casebook.approving import approve_plan
from revenuer.app.casebook.enforcing import Made, Waiting, look_at_decision, look_at_plan, look_over
from revenuer.app.delivery import deliver
from revenuer.app.desk import open_desk
from revenuer.app.enforce_limits import WEAKEST_SHOWN, Planned
from revenuer.casework.roles import Right
from revenuer.console.asked import words_in
from revenuer.console.page import Action, Download, Goto, Page, Told, View, Visit
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import ConfigError, RevenuerError
from revenuer.instants import micros
from revenuer.reports.wording import counted

logger = logging.getLogger(__name__)

SECTION = "Enforcement"
SOON = timedelta(hours=24)
"""Decisions that end within this are told at the top. placeholder"""


@dataclass(frozen=True, slots=True)
class InForce:
    """A decision as a row: how long it still holds is worked out once.

    Attributes:
        made: It.
        left: Hours until it ends by itself; None where it is over.
    """

    made: Made
    left: float | None


def plan_url(place: str, digest: str) -> str:
    """Where a plan is shown."""
    return f"/enforcement/{place}/plans/{digest}"


def decision_url(place: str, name: str) -> str:
    """Where a decision is shown."""
    return f"/enforcement/{place}/decisions/{name}"


WAITING: Table[Waiting] = Table(
    name="plans",
    caption="plans that wait",
    columns=(
        Column(
            "plan", "Plan", lambda one: one.proposal.plan, "code",
            lambda one: plan_url(one.place, one.proposal.plan),
        ),
        Column("action", "Action", lambda one: one.proposal.action, "state", choose=True),
        Column(
            "campaign", "Campaign", lambda one: one.proposal.campaign, "code",
            lambda one: f"/cases/{one.proposal.campaign}",
        ),
        Column("by", "Proposed by", lambda one: one.proposal.by, choose=True),
        Column("since", "Since", lambda one: micros(one.proposal.made_at), "time", minor=True),
        Column("given", "Approvals", lambda one: one.given, "count"),
        Column("needed", "Needed", lambda one: one.needed, "count"),
        Column("snapshot", "Snapshot", lambda one: one.place, choose=True, minor=True),
        Column("you", "You", lambda one: one.unfit or "may approve it", minor=True),
    ),
    empty="No plan waits for approval. A plan begins on the page of a case: “Enforce”.",
)  # fmt: skip
DECIDED: Table[InForce] = Table(
    name="decisions",
    caption="decisions",
    columns=(
        Column(
            "decision", "Decision", lambda one: one.made.decision.id, "code",
            lambda one: decision_url(one.made.place, one.made.decision.id),
        ),
        Column("standing", "Standing", lambda one: one.made.standing, "state", choose=True),
        Column("action", "Action", lambda one: one.made.decision.action, "state", choose=True),
        Column("left", "Ends in", lambda one: one.left, "hours"),
        Column("until", "Until", lambda one: micros(one.made.decision.until), "time", minor=True),
        Column(
            "campaign", "Campaign", lambda one: one.made.decision.campaign, "code",
            lambda one: f"/cases/{one.made.decision.campaign}",
        ),
        Column("members", "Accounts", lambda one: len(one.made.decision.members), "count"),
        Column("released", "Let go", lambda one: len(one.made.decision.released), "count",
               minor=True),
        Column("by", "Proposed by", lambda one: one.made.decision.by, choose=True, minor=True),
        Column("approvers", "Approved by",
               lambda one: ", ".join(one.made.decision.approvers), minor=True),
        Column("made", "Made", lambda one: micros(one.made.decision.made_at), "time", minor=True),
        Column("snapshot", "Snapshot", lambda one: one.made.place, choose=True, minor=True),
    ),
    empty="Nothing was decided yet.",
    first=False,
)  # fmt: skip
MEMBERS: Table[Planned] = Table(
    name="members",
    caption="accounts of the plan",
    columns=(
        Column("account", "Account", lambda one: one.member, "subject",
               lambda one: f"/accounts/{one.member}"),
        Column("nats", "Evidence", lambda one: one.log_e_value, "nats",
               hint="Log e-value of the account alone, nats; 0 is neutral"),
        Column("cited", "Pieces that name it", lambda one: one.cited, "count"),
        Column("now", "Holds now", lambda one: one.holds.word, "state", choose=True),
        Column("then", "Would hold", lambda one: max(one.holds, one.action).word, "state",
               choose=True),
        Column("spared", "Spared", lambda one: one.spared or None, choose=True, minor=True),
    ),
    empty="No account is left in it.",
)  # fmt: skip


def overview(visit: Visit) -> Told:
    """What waits for approval, and what is in force."""
    seen = look_over(visit.casebook, snapshots(visit.settings), actor=visit.actor, now=visit.now)
    rows = [InForce(one, _left(one, visit.now)) for one in seen.made]
    holding = [one for one in rows if one.left is not None]
    values = {
        "places": seen.places,
        "waiting": seen.waiting,
        "mine": [one for one in seen.waiting if one.unfit is None],
        "holding": holding,
        "ending": [one for one in holding if (one.left or 0.0) * 3600 <= SOON.total_seconds()],
        "setting": 'snapshots = ["/path/to/verdicts.rvn"]',
    }
    told = with_table(visit, View("enforcement/overview.html", SECTION, values), WAITING,
                      seen.waiting)  # fmt: skip
    if isinstance(told, Download) or not isinstance(told, View):
        return told
    return with_table(visit, told, DECIDED, rows, called="decisions")


def show_plan(visit: Visit) -> Told:
    """One plan: innocents nearby first, then whom, until when, and what they read."""
    place = visit.path["snapshot"]
    snapshot = snapshot_at(visit.settings, place)
    seen = look_at_plan(
        visit.casebook, snapshot, visit.path["plan"], actor=visit.actor, now=visit.now
    )
    known = seen.proposal
    if known.decision:
        said = "This plan was carried out; this is what came of it."
        return Goto(decision_url(place, known.decision), said)
    title = f"{known.action.capitalize()} campaign {known.campaign.partition('--')[2][:8]}?"
    values = {
        "place": place,
        "seen": seen,
        "plan": seen.plan,
        "missing": max(seen.needed - seen.given, 0),
        "weakest": seen.plan.hit[:WEAKEST_SHOWN] if seen.plan is not None else (),
        "made_us": micros(known.made_at),
    }
    view = View("enforcement/plan.html", title, values)
    return with_table(visit, view, MEMBERS, seen.plan.members if seen.plan is not None else ())


def approve(visit: Visit) -> Told:
    """Approve a plan that another proposed."""
    if visit.form.get("looked") != "yes":
        raise ConfigError(
            "You did not say that you looked.",
            "Look at the innocents nearby and the weakest evidence, tick the box, and approve.",
        )
    place = visit.path["snapshot"]
    snapshot = snapshot_at(visit.settings, place)
    done = approve_plan(
        visit.casebook, snapshot, visit.path["plan"], actor=visit.actor, now=visit.now
    )
    if done.missing:
        said = f"Approved. {counted(done.missing, 'approval')} still missing."
        return Goto(plan_url(place, done.plan), said)
    return decided(visit, place, snapshot, done.decision, "Done. Guards follow within two seconds.")


def show_decision(visit: Visit) -> Told:
    """One decision: what happened since, until when, and how to take it back."""
    place = visit.path["snapshot"]
    seen = look_at_decision(
        visit.casebook,
        snapshot_at(visit.settings, place),
        visit.path["decision"],
        actor=visit.actor,
        now=visit.now,
    )
    one = seen.decision
    whole = (one.until - one.made_at).total_seconds()
    gone = (visit.now - one.made_at).total_seconds()
    values = {
        "place": place,
        "seen": seen,
        "one": one,
        "left": _left(Made(place, one, seen.standing), visit.now),
        "share": min(max(gone / whole, 0.0), 1.0) if whole > 0 else 1.0,
        "made_us": micros(one.made_at),
        "until_us": micros(one.until),
        "ended_us": micros(one.ended_at) if one.ended_at else 0,
        "steps": [
            (micros(datetime.fromisoformat(at)), kind, said) for at, kind, said in seen.steps
        ],
        "reactions": [
            (each, micros(datetime.fromisoformat(each.first_seen))) for each in seen.reactions
        ],
        "let_go": [(each, micros(each.at)) for each in one.let_go],
        "acting": len(set(one.members) - one.released - one.tagged),
    }
    title = f"Decision to {one.action} campaign {one.campaign.partition('--')[2][:8]}"
    return View("enforcement/decision.html", title, values)


def undo(visit: Visit) -> Told:
    """Take a decision back, at once, for everybody."""
    why = words_in(visit.form, "why", "Why it is taken back")
    return _take_back(visit, why, (), "Taken back. Guards let its accounts through in two seconds.")


def let_go(visit: Visit) -> Told:
    """Let some accounts of a decision go, while it goes on for the others."""
    why = words_in(visit.form, "why", "Why they are let go")
    named = words_in(visit.form, "accounts", "Which accounts are let go").split()
    said = f"{counted(len(set(named)), 'account')} let go; the decision goes on for the others."
    return _take_back(visit, why, tuple(dict.fromkeys(named)), said)


def decided(visit: Visit, place: str, snapshot: Path, decision: str, said: str) -> Goto:
    """On to a decision that was just made or taken back: cases follow, webhooks go out."""
    configured = visit.settings.casebook.snapshots
    carry_over(visit.casebook, configured, actor=visit.actor, now=visit.now)
    return Goto(decision_url(place, decision), said, after=_sender(snapshot, visit.keys))


def _take_back(visit: Visit, why: str, accounts: tuple[str, ...], said: str) -> Told:
    place = visit.path["snapshot"]
    snapshot = snapshot_at(visit.settings, place)
    # That it is a decision of this snapshot at all is found out before anything is locked.
    look_at_decision(
        visit.casebook, snapshot, visit.path["decision"], actor=visit.actor, now=visit.now
    )
    found = take_back(
        visit.casebook,
        snapshot,
        visit.path["decision"],
        why=why,
        accounts=accounts,
        releases=visit.form.get("verdicts") != "keep",
        actor=visit.actor,
        now=visit.now,
    )
    return decided(visit, place, snapshot, found.id, said)


def _sender(snapshot: Path, keys: Path) -> Callable[[], None]:
    """Send webhooks once the visitor has their answer; what fails waits in the outbox."""

    def send() -> None:
        try:
            desk = open_desk(snapshot, keys)
            deliver(desk, desk.policy(None))
        except RevenuerError as problem:
            logger.warning("webhooks wait: %s", problem.message)

    return send


def _left(one: Made, now: datetime) -> float | None:
    hours = (one.decision.until - now).total_seconds() / 3600
    return hours if one.decision.holds(now) else None


_PLAN = "/enforcement/{snapshot}/plans/{plan}"
_DECISION = "/enforcement/{snapshot}/decisions/{decision}"
PAGES = (
    Page(
        "/enforcement", Right.READ, overview,
        "Plans that wait for approval, and decisions in force.", SECTION, nav=True, key="e",
    ),
    Page(_PLAN, Right.READ, show_plan, "A plan that waits for approval.", SECTION),
    Action(f"{_PLAN}/approve", Right.APPROVE, approve, "Approve a plan of another."),
    Page(_DECISION, Right.READ, show_decision, "A decision, and what came of it.", SECTION),
    Action(f"{_DECISION}/undo", Right.APPROVE, undo, "Take a decision back."),
    Action(f"{_DECISION}/release", Right.APPROVE, let_go, "Let accounts of a decision go."),
)  # fmt: skip
