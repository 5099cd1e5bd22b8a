"""Applications for accounts: kept, asked for, and forgotten."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Column, Connection, case, func, insert, select
from sqlalchemy import delete as delete_from
from sqlalchemy import update as update_of

from revenuer.store.casebook.appeals import appeal_subjects
from revenuer.store.casebook.application_tables import (
    ApplicationRow,
    EntitlementRow,
    OutcomeRow,
    Step,
    applications,
    deliveries,
    entitlements,
    outcomes,
    steps,
)
from revenuer.store.casebook.case_tables import case_members, case_subjects

AT_ONCE = 500
"""Rows that are asked for in one query: databases bound how many values one may have."""
PAGE = 5_000
"""Steps that are read at once."""


def add_steps(connection: Connection, added: Sequence[Step]) -> None:
    """Add steps, in the order of their numbers."""
    if added:
        connection.execute(insert(steps), [_values(each) for each in added])


def steps_after(connection: Connection, number: int) -> Iterator[Step]:
    """The steps after a number, in order."""
    while True:
        wanted = select(steps).where(steps.c.number > number).order_by(steps.c.number)
        some = connection.execute(wanted.limit(PAGE)).all()
        yield from (Step(*row) for row in some)
        if len(some) < PAGE:
            return
        number = some[-1].number


def newest_steps(
    connection: Connection, names: Iterable[str], kinds: Sequence[str]
) -> dict[str, Step]:
    """The newest step of some kinds of each of some applications or accounts."""
    found = {}
    for some in _batches(names):
        wanted = select(steps).where(steps.c.name.in_(some), steps.c.kind.in_(list(kinds)))
        for row in connection.execute(wanted.order_by(steps.c.number)):
            found[row.name] = Step(*row)
    return found


def campaign_of(step: Step) -> str:
    """The campaign that a conviction names."""
    return str(json.loads(step.body)["campaign"])


def last_step(connection: Connection) -> int:
    """The number of the last step, 0 before any."""
    return connection.execute(select(func.max(steps.c.number))).scalar() or 0


def put_applications(connection: Connection, rows: Sequence[ApplicationRow]) -> None:
    """Keep how applications stand, each in place of what was kept of it."""
    known = _there(connection, applications.c.application, [each.application for each in rows])
    new = [_values(each) for each in rows if each.application not in known]
    if new:
        connection.execute(insert(applications), new)
    for each in rows:
        if each.application in known:
            connection.execute(
                update_of(applications)
                .where(applications.c.application == each.application)
                .values(_values(each))
            )


def applications_of(connection: Connection, names: Iterable[str]) -> dict[str, ApplicationRow]:
    """How applications stand, by fingerprint; those that are not kept are not in it."""
    found = {}
    for some in _batches(names):
        wanted = select(applications).where(applications.c.application.in_(some))
        for row in connection.execute(wanted):
            found[row.application] = ApplicationRow(*row)
    return found


def applications_of_subjects(
    connection: Connection, subjects: Iterable[str]
) -> dict[str, list[str]]:
    """Fingerprints of the applications of accounts, by subject."""
    found: dict[str, list[str]] = {}
    for some in _batches(subjects):
        wanted = select(applications.c.subject, applications.c.application).where(
            applications.c.subject.in_(some)
        )
        for subject, application in connection.execute(wanted):
            found.setdefault(subject, []).append(application)
    return found


def answers_of_members(connection: Connection, campaigns: Collection[str]) -> dict[str, int]:
    """How many applications of the members of campaigns got which answer, a decision before it."""
    whose = (
        select(case_subjects.c.subject)
        .join(case_members, case_members.c.number == case_subjects.c.number)
        .where(case_members.c.campaign_id.in_(campaigns))
    )
    both = (applications.c.decided, applications.c.answer)
    wanted = select(*both, func.count()).where(applications.c.subject.in_(whose)).group_by(*both)
    found: Counter[str] = Counter()
    for decided, answer, many in connection.execute(wanted):
        found[decided or answer] += many
    return dict(sorted(found.items()))


def queue(connection: Connection, answer: str, limit: int) -> list[ApplicationRow]:
    """Applications with an answer about which nobody has decided, the oldest first."""
    wanted = (
        select(applications)
        .where(applications.c.answer == answer, applications.c.decided == "")
        .order_by(applications.c.assessed_us)
        .limit(limit)
    )
    return [ApplicationRow(*row) for row in connection.execute(wanted)]


def count_queue(connection: Connection, answer: str, now_us: int) -> tuple[int, int]:
    """How many are in the queue of an answer, and of how many the time to look is over."""
    waits = (applications.c.answer == answer, applications.c.decided == "")
    over = (applications.c.expires_us > 0) & (applications.c.expires_us <= now_us)
    wanted = select(func.count(), func.count(case((over, 1)))).where(*waits)
    many, late = connection.execute(wanted).one()
    return many, late


def due(connection: Connection, now_us: int, since_us: int) -> list[ApplicationRow]:
    """Accepted applications to be judged again: it is time, or they are young.

    Args:
        connection: Of the casebook.
        now_us: The time.
        since_us: From when on they are young.
    """
    wanted = select(applications).where(
        applications.c.decided == "",
        applications.c.answer == "accept",
        (applications.c.assessed_us >= since_us)
        | ((applications.c.recheck_us > 0) & (applications.c.recheck_us <= now_us)),
    )
    return [ApplicationRow(*row) for row in connection.execute(wanted)]


def count_answers(connection: Connection) -> dict[str, int]:
    """How many applications stand at each answer."""
    wanted = select(applications.c.answer, func.count()).group_by(applications.c.answer)
    return {row[0]: row[1] for row in connection.execute(wanted)}


def add_outcome(
    connection: Connection,
    application: ApplicationRow,
    check: str,
    result: str,
    at_us: int,
    reference: bytes,
) -> None:
    """Keep how a check came out."""
    last = connection.execute(select(func.max(outcomes.c.number))).scalar() or 0
    name, subject = application.application, application.subject
    row = OutcomeRow(last + 1, name, subject, check, result, at_us, reference)
    connection.execute(insert(outcomes).values(_values(row)))


def outcomes_of(connection: Connection, application: str) -> list[OutcomeRow]:
    """How its checks came out, in the order in which they did."""
    wanted = (
        select(outcomes)
        .where(outcomes.c.application == application)
        .order_by(outcomes.c.at_us, outcomes.c.number)
    )
    return [OutcomeRow(*row) for row in connection.execute(wanted)]


def put_entitlement(connection: Connection, row: EntitlementRow) -> None:
    """Keep how an entitlement stands, in place of what was kept of it."""
    known = _there(connection, entitlements.c.application, [row.application])
    if known:
        chosen = update_of(entitlements).where(entitlements.c.application == row.application)
        connection.execute(chosen.values(_values(row)))
    else:
        connection.execute(insert(entitlements).values(_values(row)))


def entitlement_of(connection: Connection, application: str) -> EntitlementRow | None:
    """The entitlement that an application is for."""
    wanted = select(entitlements).where(entitlements.c.application == application)
    row = connection.execute(wanted).first()
    return None if row is None else EntitlementRow(*row)


def all_entitlements(connection: Connection) -> list[EntitlementRow]:
    """Every entitlement that is not revoked."""
    wanted = select(entitlements).where(entitlements.c.revoked_us == 0)
    return [EntitlementRow(*row) for row in connection.execute(wanted)]


def first_delivery(connection: Connection, message: str, at_us: int) -> bool:
    """Note a message of a vendor; False where it was noted before."""
    if _there(connection, deliveries.c.message, [message]):
        return False
    connection.execute(insert(deliveries).values(message=message, at_us=at_us))
    return True


def forget_deliveries(connection: Connection, before_us: int) -> None:
    """Let go of messages that are too old to be taken again."""
    connection.execute(delete_from(deliveries).where(deliveries.c.at_us < before_us))


def name_subject(connection: Connection, application: str, subject: str) -> None:
    """Say whose an application is in every table, once its account is there."""
    for table, column in (
        (steps, steps.c.name),
        (applications, applications.c.application),
        (outcomes, outcomes.c.application),
        (entitlements, entitlements.c.application),
    ):
        connection.execute(update_of(table).where(column == application).values(subject=subject))
    # An appeal against its answer was the application's own until there was an account.
    column = appeal_subjects.c.subject
    chosen = update_of(appeal_subjects).where(column == application)
    connection.execute(chosen.values(subject=subject))


def _values(row: Any) -> dict[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def _there(connection: Connection, column: Column[Any], wanted: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in _batches(wanted):
        found.update(connection.execute(select(column).where(column.in_(some))).scalars())
    return found


def _batches(wanted: Iterable[str]) -> Iterator[list[str]]:
    names = sorted(set(wanted))
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
