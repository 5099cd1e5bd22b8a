"""`appeal`: opened, given to somebody who had no part, answered; nothing closes by itself."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from revenuer.app.casebook.appeal_grounds import (
    find_decision,
    grounds_of_decision,
    grounds_of_permit,
    programme_of,
)
from revenuer.app.casebook.appeal_signups import grounds_of_assessment, target_of
from revenuer.app.casebook.appeal_telling import announce, say, tell_case
from revenuer.app.casebook.appeal_work import (
    Office,
    evidence_against,
    harmless,
    hears,
    may_be_given,
    not_twice,
    open_one,
    parts_of,
    rules_of,
    subject_of,
    times_of,
)
from revenuer.app.casebook.people import plain_name
from revenuer.casework.appeals import Stage, due_of, may_hear
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotAllowedError
from revenuer.guard.webhook import Event
from revenuer.instants import moment
from revenuer.reports import appeal_letters
from revenuer.store.casebook import appeals
from revenuer.store.casebook.appeal_words import LETTER, RECEIVED
from revenuer.store.casebook.appeals import Appeal

ID_BYTES = 8


def open_appeal(
    office: Office,
    target: str,
    *,
    accounts: Sequence[str] = (),
    application: str = "",
    text: str,
    actor: Actor,
    now: datetime,
) -> Appeal:
    """Enter an appeal.

    Args:
        office: Where.
        target: Id of a decision or a permit, or how it begins; empty for an application.
        accounts: Whose appeal it is; not needed for a permit, which has a holder, and for an
            application, which has an applicant.
        application: The operator's id of an application that was not accepted.
        text: In the words of whoever appeals; sealed.
        actor: Who enters it.
        now: When.

    Raises:
        NotFoundError: There is no such thing, or it does not concern them.
        NotAllowedError: Nothing was decided against them, there are no words, or it is not said
            against what.
        ConflictError: They have an open appeal against it already.
    """
    actor.needs(Right.WORK)
    if not text.strip():
        raise NotAllowedError("An appeal is somebody's words.", "Give --text or --file.")
    if bool(target) == bool(application):
        raise NotAllowedError("An appeal is against one thing.", "Name it, or give --application.")
    casebook = office.casebook
    with casebook.changing(actor, now) as change:
        if application:
            whole = target_of(casebook, application)
            grounds, found = grounds_of_assessment(casebook, change.connection, whole)
            programme = found.programme
        elif target.startswith("permit--"):
            grounds, programme = grounds_of_permit(change.connection, target), ""
        else:
            grounds = grounds_of_decision(office.desks, target, accounts)
            desk, decision = find_decision(office.desks, grounds.target)
            casebook.keep_names(change, accounts)
            programme = programme_of(desk, decision, accounts)
        not_twice(change.connection, grounds)
        made = Appeal(
            appeal_id=f"appeal--{secrets.token_hex(ID_BYTES)}",
            against=grounds.against,
            target=grounds.target,
            snapshot=grounds.snapshot,
            campaign=grounds.campaign,
            action=grounds.action,
            programme=programme,
            rules=grounds.rules,
            owner=grounds.subjects[0],
            stage=Stage.OPEN,
            opened_by=actor.name,
            opened_us=change.now_us,
            subjects=grounds.subjects,
        )
        made = replace(made, rules=grounds.rules or rules_of(office, change.connection, made))
        appeals.keep(change.connection, made)
        said = say(office, change, made, RECEIVED, text)
        said |= {"appeal": made.appeal_id, "against": made.against.value}
        said |= {"target": made.target, "subjects": list(made.subjects)}
        change.record("appeal-opened", said)
        tell_case(casebook, change, made, "appeal-opened", {"target": made.target})
        announce(office, change, made, Event.APPEAL_OPENED)
    return made


def assign_appeal(
    office: Office,
    name: str,
    *,
    to: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Appeal:
    """Give an appeal to somebody who had no part in what it is against.

    Raises:
        NotFoundError: There is no such appeal, or nobody of this name works here.
        NotAllowedError: They had a part, or do not have the right to hear appeals.
        ConflictError: It is over, or somebody changed it meanwhile.
    """
    actor.needs(Right.WORK)
    whose = plain_name(to)
    with office.casebook.changing(actor, now) as change:
        known = open_one(change.connection, name, expected_version)
        may_be_given(change.connection, whose)
        may_hear(whose, parts_of(office, change.connection, known))
        new = appeals.change(
            change.connection,
            replace(known, stage=Stage.ASSIGNED, assigned_to=whose, assigned_us=change.now_us),
        )
        change.record("appeal-assigned", {"appeal": known.appeal_id, "to": whose})
    return new


def receive(
    office: Office,
    name: str,
    *,
    text: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Appeal:
    """Enter what whoever appeals adds; it must be read before the appeal is decided."""
    actor.needs(Right.WORK)
    with office.casebook.changing(actor, now) as change:
        known = open_one(change.connection, name, expected_version)
        said = say(office, change, known, RECEIVED, text)
        new = appeals.change(change.connection, known)
        change.record("appeal-received", {"appeal": known.appeal_id, **said})
    return new


def answer_appeal(
    office: Office,
    name: str,
    *,
    words: str,
    actor: Actor,
    now: datetime,
    preview: bool = False,
    expected_version: int | None = None,
) -> tuple[Appeal, str]:
    """Answer whoever appeals, with the reasons that may be shown; the letter.

    Args:
        office: Where.
        name: Id of the appeal, or how it begins.
        words: What they are told beside that.
        actor: Who answers: whoever hears the appeal.
        now: When.
        preview: Make the letter alone, and send nothing.
        expected_version: The version that was looked at; None for any.

    Raises:
        NotAllowedError: The actor does not hear it, or the words give away what must not leave.
    """
    actor.needs(Right.HEAR)
    casebook = office.casebook
    with casebook.changing(actor, now) as change:
        known = open_one(change.connection, name, expected_version)
        hears(office, change.connection, known, actor)
        evidence = evidence_against(office, change.connection, known)
        subject = subject_of(office, change.connection, known, evidence)
        letter = appeal_letters.answer(subject, words)
        harmless(letter, evidence)
        if preview:
            return known, letter
        answered = known.answered_us or change.now_us
        said = say(office, change, known, LETTER, letter)
        new = appeals.change(change.connection, replace(known, answered_us=answered))
        change.record("appeal-answered", {"appeal": known.appeal_id, **said})
        announce(office, change, new, Event.NOTICE, letter)
    return new, letter


def withdraw_appeal(
    office: Office,
    name: str,
    *,
    why: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Appeal:
    """Write down that whoever appealed took it back themselves."""
    actor.needs(Right.WORK)
    if not why.strip():
        raise NotAllowedError("No appeal is over without a reason.", "Give --why TEXT.")
    with office.casebook.changing(actor, now) as change:
        known = open_one(change.connection, name, expected_version)
        said = say(office, change, known, RECEIVED, why)
        over = replace(known, stage=Stage.WITHDRAWN, decided_us=change.now_us)
        new = appeals.change(change.connection, over)
        change.record("appeal-withdrawn", {"appeal": known.appeal_id, **said})
    return new


def remind(office: Office, *, actor: Actor, now: datetime) -> list[Appeal]:
    """Tell, once each, of appeals that are late; in the log, and by webhook."""
    actor.needs(Right.WORK)
    told = []
    with office.casebook.changing(actor, now) as change:
        for one in appeals.listed(change.connection):
            due = due_of(times_of(one), office.clock, now)
            if not due.is_late or moment(one.late_told_us) >= due.at:
                continue
            new = appeals.change(change.connection, replace(one, late_told_us=change.now_us))
            said = {"appeal": one.appeal_id, "due": due.what, "since": due.at.isoformat()}
            change.record("appeal-late", said)
            announce(office, change, new, Event.APPEAL_LATE, due.what)
            told.append(new)
    return told
