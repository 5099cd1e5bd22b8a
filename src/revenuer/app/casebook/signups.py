"""How the accounts of the casebook came to be: what admission answered when they applied."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook
from revenuer.store.casebook import applications as store


@dataclass(frozen=True, slots=True)
class SignUp:
    """An application that an account came from.

    Attributes:
        application: How the casebook writes it.
        assessed_us: When it was judged the last time.
        answer: What admission answered.
        checks: What it asked for.
        log_evidence: Nats.
        decided: What a person decided in its place; empty if nobody did.
        decided_by: Who.
        reasons: Sentences for the analyst; None where they were erased.
    """

    application: str
    assessed_us: int
    answer: str
    checks: tuple[str, ...]
    log_evidence: float
    decided: str
    decided_by: str
    reasons: tuple[str, ...] | None


def signups_of(casebook: Casebook, connection: Connection, subject: str) -> tuple[SignUp, ...]:
    """The applications of an account, the oldest first."""
    names = store.applications_of_subjects(connection, [subject]).get(subject, ())
    found = store.applications_of(connection, names).values()
    rows = sorted(found, key=lambda one: (one.assessed_us, one.application))
    facts = casebook.vault.unseal_all(connection, [(row.application, row.facts) for row in rows])
    return tuple(
        SignUp(
            row.application,
            row.assessed_us,
            row.answer,
            tuple(row.checks.split()),
            row.log_evidence,
            row.decided,
            row.decided_by,
            None if clear is None else _reasons(clear),
        )
        for row, clear in zip(rows, facts, strict=True)
    )


def _reasons(clear: bytes) -> tuple[str, ...]:
    said = msgspec.json.decode(clear)["assessment"]["reasons"]
    return tuple(str(one["analyst"]) for one in said)
