"""What becomes known of an application later: checks, and what a person decides."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from revenuer.access.answers import Answer, Assessment
from revenuer.access.applications import Outcome, Result
from revenuer.access.assessing import PROVING
from revenuer.access.history import Standing
from revenuer.access.policy import AccessPolicy
from revenuer.access.programmes import Entitlement, confirmed, revoked
from revenuer.app.admission.desk import STANDING, Desk
from revenuer.app.admission.keeping import (
    DECIDED_ACCEPT,
    DECIDED_REFUSE,
    judge_again,
    take_answer,
)
from revenuer.app.admission.kept import (
    entitlement_of,
    entitlement_row,
    facts_of,
    outcomes_of,
    row_of,
)
from revenuer.app.casebook.opening import Change
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError, NotFoundError
from revenuer.store.casebook import applications as store
from revenuer.store.casebook.application_tables import ApplicationRow


def record_outcome(
    desk: Desk,
    outcome: Outcome,
    *,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> Assessment:
    """Take in how a check came out, and judge the application anew.

    Raises:
        NotAllowedError: They do not have the right.
        NotFoundError: The application is not kept here.
        ConflictError: Somebody changed it meanwhile.
    """
    actor.needs(Right.ASSESS)
    with desk.changing(actor, now) as change:
        row = row_of(desk, change.connection, outcome.application_id)
        _unchanged(row, outcome.application_id, expected_version)
        return take_outcome(desk, change, outcome)


def take_outcome(desk: Desk, change: Change, outcome: Outcome) -> Assessment:
    """As `record_outcome`, inside a change."""
    connection = change.connection
    row = row_of(desk, connection, outcome.application_id)
    facts = facts_of(desk, connection, row)
    reference = desk.casebook.vault.seal(
        connection, row.application, outcome.reference.encode(), change.now_us
    )
    # What is said to come from the future came now.
    at_us = min(outcome.at_us, change.now_us)
    store.add_outcome(connection, row, outcome.check.value, outcome.result.value, at_us, reference)
    assessment = judge_again(desk, connection, row, facts, change.now_us)
    passed = outcome.result is Result.PASSED
    proved = passed and outcome.check in PROVING and assessment.answer is Answer.ACCEPT
    standing = Standing.BAD if outcome.result is Result.FAILED else None
    take_answer(desk, change, row, facts, assessment, standing=standing, proved=proved)
    if passed:
        _confirm(desk.policy, change, row)
    change.record(
        "check-came-out",
        {
            "application": row.application,
            "check": outcome.check.value,
            "result": outcome.result.value,
            "answer": assessment.answer.value,
        },
    )
    return assessment


def decide(
    desk: Desk,
    application_id: str,
    *,
    accept: bool,
    note: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> ApplicationRow:
    """Decide about an application in the place of the program.

    Args:
        desk: Where.
        application_id: The operator's own.
        accept: Accept it, or refuse it.
        note: Why, in the person's words; sealed.
        actor: Who decides.
        now: When.
        expected_version: Of the row that they saw; None if they do not say.

    Raises:
        NotAllowedError: They do not have the right.
        NotFoundError: The application is not kept here.
        ConflictError: Somebody decided meanwhile.
    """
    actor.needs(Right.WORK)
    with desk.changing(actor, now) as change:
        row = row_of(desk, change.connection, application_id)
        _unchanged(row, application_id, expected_version)
        decided = DECIDED_ACCEPT if accept else DECIDED_REFUSE
        new = write_decision(desk, change, row, decided, note)
        good = Standing.GOOD if accept else Standing.BAD
        desk.step(
            STANDING,
            row.application,
            change.now_us,
            {"s": int(good), "once": accept},
            row.subject,
        )
    return new


def write_decision(
    desk: Desk,
    change: Change,
    row: ApplicationRow,
    decided: str,
    note: str,
    about: Mapping[str, Any] | None = None,
) -> ApplicationRow:
    """Write down what a person decided of an application; what it shows is the caller's to step.

    Args:
        desk: Where; its index is not used.
        change: The change, by the person.
        row: How the application stands.
        decided: `accept` or `refuse`.
        note: Why; sealed.
        about: What the audit log says beside.
    """
    sealed = desk.casebook.vault.seal(
        change.connection, row.application, note.encode(), change.now_us
    )
    new = replace(
        row,
        decided=decided,
        decided_by=change.actor.name,
        decided_us=change.now_us,
        note=sealed,
        checks="",
        version=row.version + 1,
    )
    store.put_applications(change.connection, [new])
    change.record(
        "application-decided",
        {
            "application": row.application,
            "decided": new.decided,
            "answer": row.answer,
            "note_sha256": hashlib.sha256(note.encode()).hexdigest(),
            **(about or {}),
        },
    )
    return new


def revoke(desk: Desk, application_id: str, *, actor: Actor, now: datetime) -> Entitlement:
    """End the membership of a programme for good.

    Raises:
        NotAllowedError: They do not have the right.
        NotFoundError: There is none.
    """
    actor.needs(Right.WORK)
    with desk.changing(actor, now) as change:
        row = row_of(desk, change.connection, application_id)
        found = store.entitlement_of(change.connection, row.application)
        if found is None:
            raise NotFoundError(f"{application_id} is in no programme.", "")
        ended = revoked(entitlement_of(found), change.now_us)
        store.put_entitlement(change.connection, entitlement_row(row, ended, found.version + 1))
        change.record(
            "programme-revoked",
            {"application": row.application, "programme": ended.programme.value},
        )
    return ended


def _unchanged(row: ApplicationRow, application_id: str, expected_version: int | None) -> None:
    if expected_version is not None and row.version != expected_version:
        raise ConflictError(
            f"{application_id} was changed meanwhile.", "Look at it again, then decide."
        )


def _confirm(policy: AccessPolicy, change: Change, row: ApplicationRow) -> None:
    """Confirm the programme, if all that it asks for was passed since it asked."""
    found = store.entitlement_of(change.connection, row.application)
    if found is None:
        return
    entitlement = entitlement_of(found)
    passed = [
        each.check
        for each in outcomes_of(change.connection, row)
        if each.result is Result.PASSED and each.at_us >= entitlement.asked_us
    ]
    new = confirmed(entitlement, passed, change.now_us, policy.programmes.of(entitlement.programme))
    if new != entitlement:
        store.put_entitlement(change.connection, entitlement_row(row, new, found.version + 1))
        change.record(
            "programme-confirmed",
            {"application": row.application, "programme": new.programme.value},
        )
