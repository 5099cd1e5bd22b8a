"""Entering an appeal, and where appeals are heard."""

from __future__ import annotations

from pathlib import Path

from revenuer.app.casebook import appeals as app
from revenuer.app.casebook.appeal_grounds import desks_of
from revenuer.app.casebook.appeal_work import Office
from revenuer.casework.roles import Right
from revenuer.console.asked import text_in, words_in
from revenuer.console.page import Action, Goto, Page, Told, View, Visit

SECTION = "Appeals"


def office(visit: Visit) -> Office:
    """Where appeals are heard."""
    named = dict.fromkeys(map(Path, visit.settings.casebook.snapshots))
    return Office(visit.casebook, tuple(desks_of(visit.casebook, named)), visit.settings.appeals)


def new(visit: Visit) -> Told:
    """Enter what somebody wrote who does not agree."""
    values = {
        "decision": visit.query.get("decision", ""),
        "permit": visit.query.get("permit", ""),
        "application": visit.query.get("application", ""),
    }
    return View("appeals/new.html", "New appeal", values)


def enter(visit: Visit) -> Told:
    """Enter an appeal against a decision, a permit, or the answer to an application."""
    form = visit.form
    made = app.open_appeal(
        office(visit),
        text_in(form, "target"),
        accounts=tuple(dict.fromkeys(text_in(form, "accounts").split())),
        application=text_in(form, "application"),
        text=words_in(form, "text", "What they write"),
        actor=visit.actor,
        now=visit.now,
    )
    said = "Entered. Somebody without a part in it must hear it."
    return Goto(f"/appeals/{made.appeal_id}", said)


PAGES = (
    Page("/appeals/new", Right.WORK, new, "Enter an appeal.", SECTION),
    Action("/appeals/new", Right.WORK, enter, "Enter an appeal."),
)
