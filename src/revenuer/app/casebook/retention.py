"""What has been kept long enough goes: a few hundred rows at a time, each time with its entry.

Nothing that is held goes. Whatever a crash cut short, the next run finds still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, select
from sqlalchemy import update as update_of

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.cases import State
from revenuer.casework.retention import SINCE, Rule
from revenuer.casework.roles import Actor, Right
from revenuer.instants import micros
from revenuer.settings import RetentionSettings
from revenuer.store.casebook import holds
from revenuer.store.casebook.appeal_words import appeal_looks, appeal_messages
from revenuer.store.casebook.appeals import appeal_subjects, appeals
from revenuer.store.casebook.application_tables import applications, entitlements, outcomes
from revenuer.store.casebook.case_tables import (
    campaign_sightings,
    case_acts,
    case_campaigns,
    case_members,
    case_subjects,
    case_texts,
    case_webs,
    cases,
)
from revenuer.store.casebook.permit_use import permit_growth, permit_use
from revenuer.store.casebook.permits import permit_texts, permits

AT_ONCE = 500
"""Rows of one transaction."""
OVER = (State.DISMISSED.value, State.CLOSED.value)
Where = Callable[[int, frozenset[str]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Ageing:
    """How one table ages.

    Attributes:
        kind: Key in `[retention]`.
        table: The table.
        where: From the time before which rows are due, and what is held, to the rows.
        empties: Sealed columns that are emptied; without any, rows are deleted.
    """

    kind: str
    table: Table
    where: Where
    empties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aged:
    """What is due, or went.

    Attributes:
        kind: Key in `[retention]`.
        table: Name of the table.
        rows: How many.
        days: How long it is kept.
        since: From when on, in words.
        how: `deleted` or `emptied`.
    """

    kind: str
    table: str
    rows: int
    days: int
    since: str
    how: str


def _texts(before: int, held: frozenset[str]) -> ColumnElement[bool]:
    free = case_texts.c.owner.not_in(held) & case_texts.c.case_id.not_in(held)
    return (case_texts.c.kept_us < before) & free


def _cases(before: int, held: frozenset[str]) -> Any:
    """Cases that are over, and their accounts none of which is held."""
    members = (
        select(case_campaigns.c.case_id)
        .join(case_members, case_members.c.campaign_id == case_campaigns.c.campaign_id)
        .join(case_subjects, case_subjects.c.number == case_members.c.number)
        .where(case_subjects.c.subject.in_(held))
    )
    return select(cases.c.case_id).where(
        cases.c.state.in_(OVER),
        cases.c.since_us < before,
        cases.c.case_id.not_in(held),
        cases.c.case_id.not_in(members),
    )


def _campaigns(before: int, held: frozenset[str]) -> Any:
    return select(case_campaigns.c.campaign_id).where(
        case_campaigns.c.case_id.in_(_cases(before, held))
    )


def _notes(before: int, held: frozenset[str]) -> ColumnElement[bool]:
    return case_acts.c.case_id.in_(_cases(before, held)) & (func.length(case_acts.c.sealed) > 0)


def _evidence(before: int, held: frozenset[str]) -> ColumnElement[bool]:
    mine = campaign_sightings.c.campaign_id.in_(_campaigns(before, held))
    return mine & (func.length(campaign_sightings.c.sealed) > 0)


def _webs(before: int, held: frozenset[str]) -> ColumnElement[bool]:
    return case_webs.c.campaign_id.in_(_campaigns(before, held))


def _members(before: int, held: frozenset[str]) -> ColumnElement[bool]:
    return case_members.c.campaign_id.in_(_campaigns(before, held))


def _of_appeals(table: Table) -> Where:
    def where(before: int, held: frozenset[str]) -> ColumnElement[bool]:
        about = select(appeal_subjects.c.appeal_id).where(appeal_subjects.c.subject.in_(held))
        over = select(appeals.c.appeal_id).where(
            appeals.c.decided_us > 0,
            appeals.c.decided_us < before,
            appeals.c.owner.not_in(held),
            appeals.c.appeal_id.not_in(about),
        )
        return table.c.appeal_id.in_(over)

    return where


def _of_permits(table: Table) -> Where:
    def where(before: int, held: frozenset[str]) -> ColumnElement[bool]:
        over = select(permits.c.permit_id).where(
            permits.c.valid_until_us < before, permits.c.subject.not_in(held)
        )
        return table.c.permit_id.in_(over)

    return where


def _applications(before: int, held: frozenset[str]) -> ColumnElement[bool]:
    sealed = func.length(applications.c.facts) + func.length(applications.c.note)
    free = applications.c.subject.not_in(held) & applications.c.application.not_in(held)
    return and_(applications.c.assessed_us < before, free, sealed > 0)


def _outcomes(before: int, held: frozenset[str]) -> ColumnElement[bool]:
    old = (outcomes.c.at_us < before) & outcomes.c.subject.not_in(held)
    return old & (func.length(outcomes.c.reference) > 0)


def _entitlements(before: int, held: frozenset[str]) -> ColumnElement[bool]:
    over = (entitlements.c.expires_us > 0) & (entitlements.c.expires_us < before)
    return over & entitlements.c.subject.not_in(held)


AGEING = (
    Ageing("texts", case_texts, _texts),
    Ageing("notes", case_acts, _notes, ("sealed",)),
    Ageing("cases", campaign_sightings, _evidence, ("sealed",)),
    Ageing("cases", case_webs, _webs),
    # After the evidence: members say which accounts are held.
    Ageing("cases", case_members, _members),
    Ageing("appeals", appeal_messages, _of_appeals(appeal_messages)),
    Ageing("appeals", appeal_looks, _of_appeals(appeal_looks)),
    Ageing("appeals", appeal_subjects, _of_appeals(appeal_subjects)),
    Ageing("permits", permit_texts, _of_permits(permit_texts)),
    Ageing("permits", permit_use, _of_permits(permit_use)),
    Ageing("permits", permit_growth, _of_permits(permit_growth)),
    Ageing("assessments", applications, _applications, ("facts", "note")),
    Ageing("assessments", outcomes, _outcomes, ("reference",)),
    Ageing("applications", entitlements, _entitlements),
)


def rules_of(settings: RetentionSettings) -> Mapping[str, Rule]:
    """How long each kind is kept."""
    return {
        kind: Rule(kind, getattr(settings, f"{kind}_days"), since) for kind, since in SINCE.items()
    }


def plan_retention(
    casebook: Casebook, settings: RetentionSettings, *, actor: Actor, now: datetime
) -> list[Aged]:
    """What is due; nothing is changed."""
    actor.needs(Right.ERASE)
    with casebook.reading() as connection:
        return list(_due(connection, rules_of(settings), now))


def retain(
    casebook: Casebook, settings: RetentionSettings, *, actor: Actor, now: datetime
) -> list[Aged]:
    """Let go what is due, and overwrite it on the disk."""
    actor.needs(Right.ERASE)
    rules = rules_of(settings)
    done = []
    for one in AGEING:
        before = rules[one.kind].before(now)
        rows = 0
        while before is not None and (some := _some(casebook, one, before, actor, now)):
            rows += some
        if rows:
            done.append(_aged(one, rows, rules[one.kind]))
    if done:
        casebook.database.overwrite_deleted({one.table for one in done})
    return done


def _due(connection: Connection, rules: Mapping[str, Rule], now: datetime) -> Iterator[Aged]:
    held = holds.all_held(connection)
    for one in AGEING:
        before = rules[one.kind].before(now)
        if before is None:
            continue
        due = select(func.count()).select_from(one.table)
        rows = connection.execute(due.where(one.where(micros(before), held))).scalar_one()
        if rows:
            yield _aged(one, rows, rules[one.kind])


def _some(casebook: Casebook, one: Ageing, before: datetime, actor: Actor, now: datetime) -> int:
    """Let some rows go, with their entry; how many."""
    with casebook.changing(actor, now) as change:
        # Read in the same transaction: what is held meanwhile stays.
        held = holds.all_held(change.connection)
        keys = list(one.table.primary_key.columns)
        chosen = select(*keys).where(one.where(micros(before), held)).limit(AT_ONCE)
        found = [tuple(row) for row in change.connection.execute(chosen)]
        for row in found:
            mine = and_(*(key == value for key, value in zip(keys, row, strict=True)))
            if one.empties:
                nothing = dict.fromkeys(one.empties, b"")
                change.connection.execute(update_of(one.table).where(mine).values(nothing))
            else:
                change.connection.execute(delete(one.table).where(mine))
        if found:
            said = {"kind": one.kind, "table": str(one.table.name), "rows": len(found)}
            change.record("aged-out", said)
    return len(found)


def _aged(one: Ageing, rows: int, rule: Rule) -> Aged:
    how = "emptied" if one.empties else "deleted"
    return Aged(one.kind, str(one.table.name), rows, rule.days, rule.since, how)
