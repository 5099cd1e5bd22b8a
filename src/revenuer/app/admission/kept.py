"""What is kept of applications, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from revenuer.access.applications import Application, Check, Outcome, Programme, Result, read
from revenuer.access.programmes import Entitlement
from revenuer.app.admission.desk import Desk
from revenuer.errors import NotFoundError
from revenuer.store.casebook import applications as store
from revenuer.store.casebook.application_tables import ApplicationRow, EntitlementRow


@dataclass(frozen=True, slots=True)
class Facts:
    """What is sealed of an application.

    Attributes:
        application: What it said, without address, card, phone and device.
        assessment: The newest, as JSON.
    """

    application: Application
    assessment: Mapping[str, Any]


def facts_of(desk: Desk, connection: Connection, row: ApplicationRow) -> Facts:
    """What is sealed of an application.

    Raises:
        NotFoundError: It was erased.
    """
    (found,) = facts_of_all(desk, connection, [row])
    if found is None:
        raise NotFoundError("The application was erased.", "Ask for a new one.")
    return found


def facts_of_all(
    desk: Desk, connection: Connection, rows: Sequence[ApplicationRow]
) -> list[Facts | None]:
    """What is sealed of applications, None for those that were erased."""
    things = [(row.application, row.facts) for row in rows]
    found: list[Facts | None] = []
    for clear in desk.casebook.vault.unseal_all(connection, things):
        said = msgspec.json.decode(clear) if clear else {}
        application = read(said.get("application", {}))
        found.append(Facts(application, said["assessment"]) if application else None)
    return found


def row_of(desk: Desk, connection: Connection, application_id: str) -> ApplicationRow:
    """How an application stands.

    Raises:
        NotFoundError: It was never assessed here.
    """
    name = desk.name(application_id)
    found = store.applications_of(connection, [name]).get(name)
    if found is None:
        raise NotFoundError(
            f"No application {application_id} is kept here.",
            "`revenuer access assess --casebook URL` keeps what it judges.",
        )
    return found


def outcomes_of(connection: Connection, row: ApplicationRow) -> list[Outcome]:
    """How the checks of an application came out, in order."""
    return [
        Outcome(row.application, Check(each.check), Result(each.result), each.at_us)
        for each in store.outcomes_of(connection, row.application)
    ]


def entitlement_row(row: ApplicationRow, entitlement: Entitlement, version: int) -> EntitlementRow:
    """An entitlement as it is kept."""
    return EntitlementRow(
        row.application,
        row.subject,
        entitlement.programme.value,
        " ".join(check.value for check in entitlement.asks),
        entitlement.asked_us,
        entitlement.verified_us,
        entitlement.expires_us,
        entitlement.revoked_us,
        "; ".join(entitlement.misfits),
        version,
    )


def entitlement_of(row: EntitlementRow) -> Entitlement:
    """An entitlement from its row."""
    return Entitlement(
        Programme(row.programme),
        tuple(Check(name) for name in row.asks.split()),
        row.asked_us,
        row.verified_us,
        row.expires_us,
        row.revoked_us,
        tuple(filter(None, row.misfits.split("; "))),
    )
