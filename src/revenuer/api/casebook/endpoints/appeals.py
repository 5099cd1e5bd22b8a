"""Appeals: entered, given to somebody who had no part, answered and decided."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.shapes.appeals import (
    AppealAssignment,
    AppealQuery,
    AppealReason,
    AppealWords,
    AtAppeal,
    NewAppeal,
    RulingGiven,
    ShownAppeal,
    ShownLetter,
    ShownPart,
    WholeAppeal,
)
from revenuer.api.casebook.words import Page, ShownReason, paged, place_of
from revenuer.app.casebook import appeal_views as views
from revenuer.app.casebook import appeals as app
from revenuer.app.casebook.appeal_grounds import desks_of
from revenuer.app.casebook.appeal_outcomes import Ruling, decide_appeal
from revenuer.app.casebook.appeal_work import Office, times_of
from revenuer.casework.appeals import Due, due_of
from revenuer.casework.roles import Right
from revenuer.instants import moment
from revenuer.store.casebook.appeals import Appeal


def list_appeals(call: Call[None, AppealQuery, None]) -> Page[ShownAppeal]:
    """Appeals, the newest first."""
    query = call.query
    after = place_of(query.cursor, "appeals", tuple[datetime, str])
    waiting = views.list_appeals(_office(call), actor=call.actor, now=call.now)
    shown = [ShownAppeal(**_plain(one.appeal, one.due)) for one in waiting]
    if query.stage is not None:
        shown = [one for one in shown if one.stage is query.stage]
    shown.sort(key=lambda one: (one.opened_at, one.id), reverse=True)
    rest = [one for one in shown if after is None or (one.opened_at, one.id) < after]
    some = rest[: query.limit + 1]
    return paged(some, query.limit, lambda last: (last.opened_at, last.id), "appeals")


def show_appeal(call: Call[AtAppeal, None, None]) -> WholeAppeal:
    """One appeal; whoever may hear appeals sees its words, and that they looked is recorded."""
    found = views.show_appeal(_office(call), call.path.appeal, actor=call.actor, now=call.now)
    pieces = found.evidence.pieces if found.evidence is not None else ()
    return WholeAppeal(
        **_plain(found.appeal, found.due),
        parts=[ShownPart(name=one.name, what=one.what) for one in found.parts],
        said=[
            ShownReason(kind=one.kind, at=moment(one.at_us), by=one.by, text=one.text)
            for one in found.said
        ],
        why_not_you=found.reader,
        evidence=[one.statement for one in pieces],
    )


def open_appeal(call: Call[None, None, NewAppeal]) -> ShownAppeal:
    """Enter an appeal against a decision, a permit, or the answer to an application."""
    made = app.open_appeal(
        _office(call),
        call.body.target or "",
        accounts=call.body.accounts,
        application=call.body.application or "",
        text=call.body.text,
        actor=call.actor,
        now=call.now,
    )
    return _shown(call, made)


def assign_appeal(call: Call[AtAppeal, None, AppealAssignment]) -> ShownAppeal:
    """Give an appeal to somebody who had no part in what it is against."""
    made = app.assign_appeal(
        _office(call),
        call.path.appeal,
        to=call.body.to,
        actor=call.actor,
        now=call.now,
        expected_version=call.version,
    )
    return _shown(call, made)


def receive_words(call: Call[AtAppeal, None, AppealWords]) -> ShownAppeal:
    """Enter what whoever appeals adds; it must be read before the appeal is decided."""
    made = app.receive(
        _office(call), call.path.appeal, text=call.body.text, actor=call.actor, now=call.now
    )
    return _shown(call, made)


def answer_appeal(call: Call[AtAppeal, None, AppealWords]) -> ShownLetter:
    """Answer whoever appeals, with the reasons that may be shown."""
    made, letter = app.answer_appeal(
        _office(call),
        call.path.appeal,
        words=call.body.text,
        actor=call.actor,
        now=call.now,
        expected_version=call.version,
    )
    return ShownLetter(appeal=_shown(call, made), letter=letter, version=made.version)


def withdraw_appeal(call: Call[AtAppeal, None, AppealReason]) -> ShownAppeal:
    """Write down that whoever appealed took it back themselves."""
    made = app.withdraw_appeal(
        _office(call), call.path.appeal, why=call.body.why, actor=call.actor, now=call.now
    )
    return _shown(call, made)


def decide(call: Call[AtAppeal, None, RulingGiven]) -> ShownLetter:
    """Decide an appeal; what is overturned is undone at once."""
    said = call.body
    ruling = Ruling(said.outcome, said.why, said.words, said.whole_decision, said.accounts)
    done = decide_appeal(
        _office(call),
        call.path.appeal,
        ruling,
        actor=call.actor,
        now=call.now,
        preview=said.preview,
        expected_version=call.version,
    )
    shown = _shown(call, done.appeal)
    return ShownLetter(appeal=shown, letter=done.letter, version=done.appeal.version)


_ONE = "/v1/appeals/{appeal}"
ENDPOINTS = (
    Endpoint("GET", "/v1/appeals", Right.READ, list_appeals),
    Endpoint("POST", "/v1/appeals", Right.WORK, open_appeal, status=201),
    Endpoint("GET", _ONE, Right.READ, show_appeal),
    Endpoint("POST", f"{_ONE}/assignment", Right.WORK, assign_appeal, versioned=True),
    Endpoint("POST", f"{_ONE}/words", Right.WORK, receive_words, status=201),
    Endpoint("POST", f"{_ONE}/answer", Right.HEAR, answer_appeal, versioned=True),
    Endpoint("POST", f"{_ONE}/withdrawal", Right.WORK, withdraw_appeal),
    Endpoint("POST", f"{_ONE}/ruling", Right.HEAR, decide, versioned=True, outside=True),
)


def _office(call: Call[Any, Any, Any]) -> Office:
    snapshots = dict.fromkeys(map(Path, call.settings.casebook.snapshots))
    desks = tuple(desks_of(call.casebook, snapshots))
    return Office(call.casebook, desks, call.settings.appeals)


def _shown(call: Call[Any, Any, Any], appeal: Appeal) -> ShownAppeal:
    due = due_of(times_of(appeal), _office(call).clock, call.now)
    return ShownAppeal(**_plain(appeal, due))


def _plain(appeal: Appeal, due: Due) -> dict[str, Any]:
    return {
        "id": appeal.appeal_id,
        "against": appeal.against,
        "target": appeal.target,
        "campaign": appeal.campaign,
        "action": appeal.action,
        "stage": appeal.stage,
        "opened_by": appeal.opened_by,
        "opened_at": moment(appeal.opened_us),
        "assigned_to": appeal.assigned_to,
        "outcome": appeal.outcome,
        "decided_by": appeal.decided_by,
        "decided_at": moment(appeal.decided_us) if appeal.decided_us else None,
        "subjects": list(appeal.subjects),
        "due": due.what,
        "due_at": due.at,
        "late": due.is_late,
        "version": appeal.version,
    }
