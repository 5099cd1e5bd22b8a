"""How applications stand: for an analyst, and for the applicant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from revenuer.access.answers import Answer
from revenuer.access.policy import AccessPolicy
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.kept import (
    entitlement_of,
    facts_of,
    facts_of_all,
    outcomes_of,
    row_of,
)
from revenuer.casework.roles import Actor, Right
from revenuer.instants import iso, micros, moment
from revenuer.store.casebook import applications as store
from revenuer.store.casebook.application_tables import EntitlementRow


@dataclass(frozen=True, slots=True)
class Held:
    """An application that waits for a person.

    Attributes:
        application_id: The operator's own.
        since: When it was judged.
        until: By when a person is to have looked.
        log_evidence: Nats.
        reasons: Sentences for the analyst.
    """

    application_id: str
    since: datetime
    until: datetime | None
    log_evidence: float
    reasons: tuple[str, ...]


def held(desk: Desk, *, actor: Actor, limit: int = 100) -> list[Held]:
    """The sign-up queue: applications that wait for a person, the oldest first."""
    actor.needs(Right.READ)
    with desk.casebook.reading() as connection:
        rows = store.queue(connection, Answer.HOLD.value, limit)
        facts = facts_of_all(desk, connection, rows)
    return [
        Held(
            found.application.application_id,
            moment(row.assessed_us),
            moment(row.expires_us) if row.expires_us else None,
            row.log_evidence,
            tuple(reason["analyst"] for reason in found.assessment["reasons"]),
        )
        for row, found in zip(rows, facts, strict=True)
        if found is not None
    ]


def count_held(desk: Desk, *, actor: Actor, now: datetime) -> tuple[int, int]:
    """How many applications wait for a person, and for how many of them it is late."""
    actor.needs(Right.READ)
    with desk.casebook.reading() as connection:
        return store.count_queue(connection, Answer.HOLD.value, micros(now))


def show(desk: Desk, application_id: str, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """How an application stands: answer, reasons, checks, programme, decision.

    Raises:
        NotAllowedError: They do not have the right.
        NotFoundError: It is not kept here, or was erased.
    """
    actor.needs(Right.READ)
    with desk.casebook.reading() as connection:
        row = row_of(desk, connection, application_id)
        facts = facts_of(desk, connection, row)
        outcomes = outcomes_of(connection, row)
        entitled = store.entitlement_of(connection, row.application)
        note = (
            desk.casebook.vault.unseal(connection, row.application, row.note) if row.note else b""
        )
    return {
        **facts.assessment,
        "decided": row.decided or None,
        "decided_by": row.decided_by or None,
        "note": (note or b"").decode() or None,
        "outcomes": [
            {"check": each.check.value, "result": each.result.value, "at": _told(each.at_us)}
            for each in outcomes
        ],
        "programme": _programme(entitled, desk.policy, now) if entitled else None,
        "version": row.version,
    }


def statement(desk: Desk, application_id: str, *, actor: Actor) -> dict[str, Any]:
    """What the applicant may be told, and nothing else.

    Raises:
        NotAllowedError: They do not have the right.
        NotFoundError: It is not kept here, or was erased.
    """
    actor.needs(Right.READ)
    with desk.casebook.reading() as connection:
        row = row_of(desk, connection, application_id)
        facts = facts_of(desk, connection, row)
    said = facts.assessment
    answer = row.decided or row.answer
    accepted = answer == Answer.ACCEPT.value
    return {
        "application_id": application_id,
        "answer": answer,
        "checks": row.checks.split(),
        "reasons": []
        if accepted
        else list(dict.fromkeys(reason["applicant"] for reason in said["reasons"])),
        "expires_at": said["expires_at"],
    }


def _programme(row: EntitlementRow, policy: AccessPolicy, now: datetime) -> dict[str, Any]:
    entitlement = entitlement_of(row)
    terms = policy.programmes.of(entitlement.programme)
    return {
        "programme": entitlement.programme.value,
        "state": entitlement.state(micros(now), terms).value,
        "asks": [check.value for check in entitlement.asks],
        "verified_at": _told(entitlement.verified_us),
        "expires_at": _told(entitlement.expires_us),
        "misfits": list(entitlement.misfits),
    }


def _told(us: int) -> str | None:
    return iso(us) if us else None
