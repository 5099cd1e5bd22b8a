"""A decision: what happened since, until when, and how to take it back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from revenuer.api.casebook.places import snapshot_at
from revenuer.app.casebook.acting import carry_over, take_back
from revenuer.app.casebook.enforcing import look_at_decision
from revenuer.app.delivery import deliver
from revenuer.app.desk import open_desk
from revenuer.casework.decisions import Decision
from revenuer.casework.roles import Right
from revenuer.console.asked import words_in
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.errors import RevenuerError
from revenuer.instants import micros
from revenuer.reports.wording import counted

logger = logging.getLogger(__name__)

SECTION = "Enforcement"


def decision_url(place: str, name: str) -> str:
    """Where a decision is shown."""
    return f"/enforcement/{place}/decisions/{name}"


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
        "left": hours_left(one, visit.now),
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


def hours_left(one: Decision, now: datetime) -> float | None:
    """Hours until a decision ends by itself; None where it is over."""
    hours = (one.until - now).total_seconds() / 3600
    return hours if one.holds(now) else None


_DECISION = "/enforcement/{snapshot}/decisions/{decision}"
PAGES = (
    Page(_DECISION, Right.READ, show_decision, "A decision, and what came of it.", SECTION),
    Action(f"{_DECISION}/undo", Right.APPROVE, undo, "Take a decision back."),
    Action(f"{_DECISION}/release", Right.APPROVE, let_go, "Let accounts of a decision go."),
)
