"""A case by whatever somebody calls it, and accounts by what may be shown of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError, NotFoundError
from revenuer.store.casebook import cases
from revenuer.store.casebook.cases import CaseRow
from revenuer.store.casebook.rosters import subjects_of

CASE = "case--"
SHORTEST_NAME = 6
"""Letters of a case's id that are enough to name it. placeholder"""


def case_named(connection: Connection, name: str) -> CaseRow:
    """The case whose id this is or begins, or that has the campaign of this id.

    A case that went into another is that one.

    Raises:
        NotFoundError: There is none, or there are several.
    """
    found = cases.named(connection, name)
    short = name.removeprefix(CASE)
    if not found and len(short) >= SHORTEST_NAME:
        found = cases.named(connection, CASE + short)
    if not name.startswith(CASE) and len(short) < SHORTEST_NAME:
        found = [case for case in found if case == name]
    rows = {row.case_id: row for row in (_last(connection, case) for case in found)}
    if len(rows) == 1:
        return next(iter(rows.values()))
    what = "is no case" if not rows else "could be any of several cases"
    raise NotFoundError(
        f"{name!r} {what} of this casebook.", "`revenuer casebook list` shows them."
    )


def _last(connection: Connection, case: str) -> CaseRow:
    row = cases.found(connection, case)
    while row is not None and row.into_case:
        row = cases.found(connection, row.into_case)
    assert row is not None
    return row


def unchanged(row: CaseRow, expected_version: int | None) -> None:
    """Go on only if a case is still the one that somebody saw.

    Raises:
        ConflictError: It is not.
    """
    if expected_version is not None and row.version != expected_version:
        raise ConflictError(
            f"{row.case_id} was changed meanwhile: it is at version {row.version}, not "
            f"{expected_version}.",
            "Look at it again, and say it again if it still fits.",
        )


def accounts_named(
    casebook: Casebook, connection: Connection, numbers: Iterable[int], *, show_ids: bool
) -> dict[int, str]:
    """How accounts are called: by their subjects, or by their ids where these are still known.

    Args:
        casebook: Where.
        connection: To it.
        numbers: Which.
        show_ids: By their ids; see `about_to_show_ids`.
    """
    subjects = subjects_of(connection, numbers)
    if not show_ids:
        return subjects
    names = casebook.names_of(connection, subjects.values())
    return {number: names.get(subject, subject) for number, subject in subjects.items()}


def about_to_show_ids(casebook: Casebook, case: str, *, actor: Actor, now: datetime) -> None:
    """Write down that somebody is about to see the ids of a case's accounts, before they do.

    Raises:
        NotAllowedError: They may not.
    """
    actor.needs(Right.UNMASK)
    with casebook.changing(actor, now) as change:
        change.record("ids-shown", {"case": case})
