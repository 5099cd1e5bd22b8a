"""`casebook account`: all that the casebook has on one account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from revenuer.app.casebook.decisions import Made, dockets
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.signups import SignUp, signups_of
from revenuer.casework.permits import Permit
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError
from revenuer.store.casebook import appeals, cases, permits, sightings
from revenuer.store.casebook.appeals import Appeal
from revenuer.store.casebook.case_tables import case_campaigns, case_members, case_texts
from revenuer.store.casebook.cases import CaseRow
from revenuer.store.casebook.rosters import known_numbers, rosters


@dataclass(frozen=True, slots=True)
class Membership:
    """That an account is, or was, in a case.

    Attributes:
        row: The case.
        joined_us: When it joined, by the time of the log.
        sighting: The sighting that first saw it there.
        is_member: Whether the newest sighting still does.
        dismissed: Whether a dismissal that stands covers it, and on which ground; empty if none.
    """

    row: CaseRow
    joined_us: int
    sighting: str
    is_member: bool
    dismissed: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """All that the casebook has on an account.

    Attributes:
        subject: How the casebook writes it.
        memberships: Cases that it is or was in, the oldest first.
        made: Decisions that cover it.
        permits: Permits that it has or asked for.
        appeals: Appeals about it.
        signups: Applications that it came from, and what admission answered.
        texts: How many of its texts are kept.
        is_erased: Whether its id was erased.
        problems: What could not be read.
    """

    subject: str
    memberships: tuple[Membership, ...]
    made: tuple[Made, ...]
    permits: tuple[Permit, ...]
    appeals: tuple[Appeal, ...]
    signups: tuple[SignUp, ...]
    texts: int
    is_erased: bool
    problems: tuple[str, ...]


def show_account(
    casebook: Casebook,
    account_id: str,
    *,
    actor: Actor,
    now: datetime,
    snapshots: Sequence[str] = (),
) -> AccountView:
    """All that the casebook has on an account; that somebody asked is written down.

    Args:
        casebook: Where.
        account_id: Its id, or how the casebook writes it.
        actor: Who asks.
        now: When.
        snapshots: Whose decisions may cover it.

    Raises:
        NotFoundError: There is nothing on it.
    """
    actor.needs(Right.READ)
    subject = casebook.subject(account_id)
    found = dockets(snapshots, casebook.keys)
    with casebook.changing(actor, now) as change:
        connection = change.connection
        number = known_numbers(connection, [subject]).get(subject)
        about = appeals.of_subjects(connection, [subject])
        view = AccountView(
            subject=subject,
            memberships=() if number is None else tuple(_memberships(connection, number)),
            made=tuple(found.about_member(subject)),
            permits=tuple(permits.listed(connection, [subject])),
            appeals=tuple(one for name in about for one in appeals.found(connection, name)),
            signups=signups_of(casebook, connection, subject),
            texts=_texts(connection, subject),
            is_erased=casebook.vault.is_shredded(connection, subject),
            problems=found.problems,
        )
        change.record("account-shown", {"subject": subject})
    known = (view.memberships, view.made, view.permits, view.appeals, view.signups, view.texts)
    if not any(known):
        raise NotFoundError(
            "The casebook has nothing on this account.",
            "`revenuer explain ACCOUNT --from DIR` asks a scan.",
        )
    return view


def _memberships(connection: Connection, number: int) -> list[Membership]:
    rows = connection.execute(
        select(
            case_campaigns.c.case_id,
            case_members.c.joined_us,
            case_members.c.sighting_id,
        )
        .join(case_campaigns, case_campaigns.c.campaign_id == case_members.c.campaign_id)
        .where(case_members.c.number == number)
        .order_by(case_members.c.joined_us, case_members.c.sighting_id)
    ).all()
    first: dict[str, Any] = {}
    for row in rows:
        first.setdefault(row.case_id, row)
    return [_membership(connection, row, number) for row in first.values()]


def _membership(connection: Connection, joined: Any, number: int) -> Membership:
    row = cases.found(connection, joined.case_id)
    assert row is not None
    head = sightings.head_of(connection, row.case_id)
    standing = cases.dismissals_of(connection, cases.family(connection, row.case_id))
    members = rosters(connection, {one.roster for one in (*head, *standing)})
    covering = [one.ground for one in standing if number in members[one.roster]]
    return Membership(
        row=row,
        joined_us=joined.joined_us,
        sighting=joined.sighting_id,
        is_member=any(number in members[one.roster] for one in head),
        dismissed=covering[-1] if covering else "",
    )


def cases_of_account(connection: Connection, subject: str) -> list[str]:
    """The cases that an account is or was in, the oldest first."""
    number = known_numbers(connection, [subject]).get(subject)
    if number is None:
        return []
    return [one.row.case_id for one in _memberships(connection, number)]


def _texts(connection: Connection, subject: str) -> int:
    kept = select(func.count()).select_from(case_texts).where(case_texts.c.owner == subject)
    return connection.execute(kept).scalar_one()
