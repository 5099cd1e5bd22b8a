"""Applications judged and kept: by the row over HTTP, by the thousand from files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from revenuer.access.answers import SEVERITY, Answer, Assessment
from revenuer.access.applications import Application, Check, Outcome, Result
from revenuer.access.assessing import standing_of
from revenuer.access.history import Standing
from revenuer.access.profile import Profile
from revenuer.access.programmes import begin
from revenuer.app.admission.batch import shown
from revenuer.app.admission.desk import STANDING, Desk, profile_of
from revenuer.app.admission.kept import Facts, entitlement_row, outcomes_of
from revenuer.app.casebook.opening import Change
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError
from revenuer.instants import micros
from revenuer.store.casebook import applications as store
from revenuer.store.casebook.application_tables import ApplicationRow

KEPT = (
    "application_id", "account_id", "organization_id", "email_domain", "programme",
    "claimed_domain", "plan", "region",
)  # fmt: skip
"""What is kept of what an application said, sealed; the rest only as opaque numbers."""
DECIDED_ACCEPT, DECIDED_REFUSE = "accept", "refuse"


def assess(
    desk: Desk,
    given: Sequence[Application],
    *,
    actor: Actor,
    now: datetime,
    as_made: bool = False,
) -> list[Assessment]:
    """Judge applications in their order and keep them, all of them or none.

    Args:
        desk: Where.
        given: From `applications.read`.
        actor: Who asks.
        now: The time.
        as_made: Judge each as of when it was made, where it says so; for files of long ago. What
            comes in live is judged now, whatever time it names.

    Raises:
        NotAllowedError: They do not have the right.
    """
    actor.needs(Right.ASSESS)
    given = [replace(each, applied_us=_time(each, micros(now), as_made)) for each in given]
    first = min((each.applied_us or 0 for each in given), default=micros(now))
    with desk.changing(actor, now, as_of_us=first) as change:
        (made,) = _assess(desk, [(change, given)])
        return made


def assess_each(
    desk: Desk, asked: Sequence[tuple[Change, Sequence[Application]]]
) -> list[list[Assessment]]:
    """Judge applications of several callers that come now, and keep them together.

    Args:
        desk: Where.
        asked: For each caller the one change that all are in, under their name, and what they
            bring.
    """
    return _assess(
        desk,
        [
            (mine, [replace(each, applied_us=mine.now_us) for each in given])
            for mine, given in asked
        ],
    )


def _assess(
    desk: Desk, asked: Sequence[tuple[Change, Sequence[Application]]]
) -> list[list[Assessment]]:
    change = asked[0][0]
    names = [desk.name(each.application_id) for _, given in asked for each in given]
    rows = store.applications_of(change.connection, names)
    known, sealed = frozenset(rows), dict[str, bytes]()
    told = []
    for mine, given in asked:
        made, about = _assess_one(desk, mine, given, rows, known)
        sealed |= about
        told.append(made)
        mine.record("applications-assessed", _said(rows[name] for name in about))
    put(desk, change, rows, sealed)
    return told


def _assess_one(
    desk: Desk,
    change: Change,
    given: Sequence[Application],
    rows: dict[str, ApplicationRow],
    known: frozenset[str],
) -> tuple[list[Assessment], dict[str, bytes]]:
    """Judge what one caller brings; the answers, and what is to be sealed of each."""
    made, sealed = list[Assessment](), dict[str, bytes]()
    for application in given:
        name = desk.name(application.application_id)
        assessment, seen = _judged(desk, change, application, name, name in known)
        before = rows.get(name)
        rows[name] = _row(desk, application, name, assessment, before)
        if before is not None and rows[name].subject != before.subject:
            store.name_subject(change.connection, name, rows[name].subject)
        _remember(desk, application, rows[name], assessment, seen)
        sealed[name] = _facts(application, assessment)
        if application.programme is not None:
            _ask_for_programme(desk, change, application, rows[name])
        made.append(assessment)
    return made, sealed


def judge_again(
    desk: Desk, connection: Connection, row: ApplicationRow, facts: Facts, now_us: int
) -> Assessment:
    """Judge an application that is kept, in the light of all that is known by now.

    Raises:
        NotFoundError: What it shared was forgotten.
    """
    known = desk.judge.history.find(row.application)
    if known is None:
        raise NotFoundError("What the application shared was erased.", "Ask for a new one.")
    return desk.judge.judge(
        facts.application,
        now_us=now_us,
        outcomes=outcomes_of(connection, row),
        rulings=desk.rules(facts.application),
        seen=profile_of(known),
    )


def take_answer(
    desk: Desk,
    change: Change,
    row: ApplicationRow,
    facts: Facts,
    assessment: Assessment,
    *,
    standing: Standing | None = None,
    proved: bool = False,
) -> ApplicationRow:
    """Put a new answer in the place of the one before.

    Args:
        desk: Where.
        change: The change.
        row: How the application stands.
        facts: What is sealed of it.
        assessment: The new one.
        standing: What the applicant is now; by the answer without one.
        proved: Whether they proved who they are.
    """
    new = _row(desk, facts.application, row.application, assessment, row)
    desk.step(
        STANDING,
        row.application,
        change.now_us,
        {"s": int(standing if standing is not None else _standing(new)), "once": proved},
        row.subject,
    )
    put(
        desk,
        change,
        {row.application: new},
        {row.application: _facts(facts.application, assessment)},
    )
    return new


def put(
    desk: Desk,
    change: Change,
    rows: Mapping[str, ApplicationRow],
    clear: Mapping[str, bytes],
) -> None:
    """Seal what is personal and keep the rows."""
    names = [name for name in rows if name in clear]
    things = [(name, clear[name]) for name in names]
    sealed = desk.casebook.vault.seal_all(change.connection, things, change.now_us)
    store.put_applications(
        change.connection,
        [replace(rows[name], facts=facts) for name, facts in zip(names, sealed, strict=True)],
    )


def _judged(
    desk: Desk, change: Change, application: Application, name: str, known: bool
) -> tuple[Assessment, Profile]:
    seen = desk.judge.seen(application)
    now_us = application.applied_us or change.now_us
    said = store.outcomes_of(change.connection, name) if known else ()
    outcomes = [Outcome(name, Check(each.check), Result(each.result), each.at_us) for each in said]
    assessment = desk.judge.judge(
        application, now_us=now_us, outcomes=outcomes, rulings=desk.rules(application), seen=seen
    )
    return assessment, seen


def _time(application: Application, now_us: int, as_made: bool) -> int:
    made = application.applied_us
    return min(made, now_us) if as_made and made is not None else now_us


def _row(
    desk: Desk,
    application: Application,
    name: str,
    assessment: Assessment,
    before: ApplicationRow | None,
) -> ApplicationRow:
    new = ApplicationRow(
        application=name,
        subject=desk.subject(application.account_id) or (before.subject if before else ""),
        answer=assessment.answer.value,
        checks=" ".join(check.value for check in assessment.checks),
        log_evidence=assessment.log_evidence,
        assessed_us=assessment.at_us,
        expires_us=assessment.expires_us or 0,
        recheck_us=assessment.recheck_us or 0,
    )
    if before is None:
        return new
    new = replace(new, version=before.version + 1)
    if before.decided and not _harder(assessment.answer, Answer(before.answer)):
        # What a person decided stands until there is more against it than they saw.
        decision = (before.decided, before.decided_by, before.decided_us, before.note)
        return replace(
            new, decided=decision[0], decided_by=decision[1], decided_us=decision[2],
            note=decision[3], answer=before.answer, checks="",
        )  # fmt: skip
    return new


def _harder(answer: Answer, before: Answer) -> bool:
    return SEVERITY.index(answer) > SEVERITY.index(before)


def _standing(row: ApplicationRow) -> Standing:
    if row.decided:
        return Standing.GOOD if row.decided == DECIDED_ACCEPT else Standing.BAD
    return standing_of(Answer(row.answer))


def _remember(
    desk: Desk,
    application: Application,
    row: ApplicationRow,
    assessment: Assessment,
    seen: Profile,
) -> None:
    at_us = seen.at_us if seen.at_us is not None else assessment.at_us
    desk.applied(row.application, seen, _standing(row), min(at_us, assessment.at_us), row.subject)


def _ask_for_programme(
    desk: Desk, change: Change, application: Application, row: ApplicationRow
) -> None:
    before = store.entitlement_of(change.connection, row.application)
    if before is not None and before.programme == application.programme:
        return
    begun = begin(application, desk.tables.domains, micros(change.now))
    if begun is not None:
        version = before.version + 1 if before else 1
        store.put_entitlement(change.connection, entitlement_row(row, begun, version))


def _facts(application: Application, assessment: Assessment) -> bytes:
    said = asdict(application)
    if said["email_domain"] is None and application.email is not None:
        said["email_domain"] = application.email.rpartition("@")[2]
    kept = {name: said[name] for name in KEPT if said[name] is not None}
    return msgspec.json.encode({"application": kept, "assessment": shown(assessment)})


def _said(rows: Any) -> dict[str, Any]:
    """What the audit log says of a batch: how many of each, and a hash of which."""
    listed = sorted((row.application, row.answer) for row in rows)
    said: dict[str, Any] = {"applications": len(listed)}
    said["answers"] = dict(sorted(Counter(answer for _, answer in listed).items()))
    said["sha256"] = hashlib.sha256(msgspec.json.encode(listed)).hexdigest()
    refused = [name for name, answer in listed if answer == Answer.REFUSE.value]
    if refused:
        said["refused"] = refused[:100]
    return said
