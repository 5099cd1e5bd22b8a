"""Cases as people look at them: the list, and one with all that is known of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, select

from revenuer.app.casebook.decisions import Made, dockets
from revenuer.app.casebook.finding import about_to_show_ids, accounts_named, case_named
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.signs import SignTold
from revenuer.app.casebook.told import Told, unpacked
from revenuer.casework.cases import State
from revenuer.casework.roles import Actor, Right
from revenuer.records import Verdict
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.applications import answers_of_members
from revenuer.store.casebook.case_tables import case_signs, case_texts
from revenuer.store.casebook.cases import CaseRow


@dataclass(frozen=True, slots=True)
class Act:
    """Something that was done with a case.

    Attributes:
        number: Its number.
        at_us: When, microseconds since the epoch.
        by: Who did it.
        kind: What, in a word.
        about: More about it.
        text: In their words; None where these were erased, empty for none.
    """

    number: int
    at_us: int
    by: str
    kind: str
    about: Mapping[str, Any]
    text: str | None


@dataclass(frozen=True, slots=True)
class SignSeen:
    """A sign of a case's campaign.

    Attributes:
        id: Its name.
        kind: What it is of.
        axis: The axis it speaks to; empty for none.
        decision_id: The decision that it follows; empty for none.
        first_seen_us: The look that first told it.
        at_us: The look that last saw it.
        told: What it says; None where it was erased.
    """

    id: str
    kind: str
    axis: str
    decision_id: str
    first_seen_us: int
    at_us: int
    told: SignTold | None


@dataclass(frozen=True, slots=True)
class CampaignSeen:
    """A campaign of a case, as its newest sighting has it.

    Attributes:
        figures: The row of its figures.
        told: The rest; None where it was erased.
    """

    figures: Row[Any]
    told: Told | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with all that is known of it.

    Attributes:
        row: Where it stands, and the newest in short.
        family: Cases that went into it.
        campaigns: Ids of its campaigns, those that ended too.
        seen: Its campaigns in the newest sighting.
        sightings: How many sightings there are of it.
        signs: Early signs and reactions.
        made: Decisions about it.
        acts: What was done with it.
        related: Cases that have had some of its accounts, and how many.
        texts: How many texts of exchanges are kept.
        signups: What admission answered to applications of its accounts, and how often.
        names: How accounts are called, by their numbers.
        problems: What could not be read.
        scanned: The scan or watch that its newest sighting is from; None without one.
    """

    row: CaseRow
    family: tuple[str, ...]
    campaigns: tuple[str, ...]
    seen: tuple[CampaignSeen, ...]
    sightings: int
    signs: tuple[SignSeen, ...]
    made: tuple[Made, ...]
    acts: tuple[Act, ...]
    related: Mapping[str, int]
    texts: int
    signups: Mapping[str, int]
    names: Mapping[int, str]
    problems: tuple[str, ...]
    scanned: Row[Any] | None = None


def list_cases(
    casebook: Casebook,
    *,
    actor: Actor,
    states: Sequence[State] = (),
    verdicts: Collection[Verdict] = (),
    assigned_to: str | None = None,
) -> list[CaseRow]:
    """Cases in short, the newest seen first.

    Args:
        casebook: Where.
        actor: Who asks.
        states: Only these; all without.
        verdicts: Only with these; all without.
        assigned_to: Only those of somebody; empty for nobody's, None for all.
    """
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        rows = cases.living(connection, states)
    return [
        row
        for row in rows
        if (not verdicts or row.verdict in verdicts)
        and (assigned_to is None or row.assigned_to == assigned_to)
    ]


def find_case(casebook: Casebook, name: str, *, actor: Actor) -> CaseRow:
    """A case in short, by its id, how that begins, or the id of a campaign.

    Raises:
        NotFoundError: There is no such case.
    """
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return case_named(connection, name)


def show_case(
    casebook: Casebook,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    snapshots: Sequence[str] = (),
    show_ids: bool = False,
) -> CaseView:
    """One case with all that is known of it.

    Args:
        casebook: Where.
        name: Of the case, or of a campaign.
        actor: Who asks.
        now: When.
        snapshots: Whose decisions belong to it.
        show_ids: Name accounts by their ids, which is written down.

    Raises:
        NotFoundError: There is no such case.
        NotAllowedError: They may not see it, or no ids.
    """
    actor.needs(Right.READ)
    if show_ids:
        with casebook.reading() as connection:
            case = case_named(connection, name).case_id
        about_to_show_ids(casebook, case, actor=actor, now=now)
    found = dockets(snapshots, casebook.keys)
    with casebook.reading() as connection:
        row = case_named(connection, name)
        campaigns = cases.campaigns_of(connection, row.case_id)
        family = cases.family(connection, row.case_id)
        seen = campaigns_seen(casebook, connection, sightings.head_of(connection, row.case_id))
        signs = signs_of(casebook, connection, campaigns)
        return CaseView(
            row=row,
            family=tuple(family[1:]),
            campaigns=tuple(campaigns),
            seen=seen,
            sightings=sightings.count_of(connection, row.case_id),
            signs=signs,
            made=tuple(found.about(campaigns)),
            acts=acts_of(casebook, connection, family),
            related=sightings.related(connection, row.case_id),
            texts=_texts(connection, family),
            signups=answers_of_members(connection, campaigns),
            names=accounts_named(casebook, connection, _numbers(seen, signs), show_ids=show_ids),
            problems=found.problems,
            scanned=sightings.sightings(connection, {row.sighting_id}).get(row.sighting_id),
        )


def campaigns_seen(
    casebook: Casebook, connection: Connection, rows: Sequence[Row[Any]]
) -> tuple[CampaignSeen, ...]:
    """Campaigns as sightings have them, with what is sealed."""
    clear = casebook.vault.unseal_all(connection, [(row.owner, row.sealed) for row in rows])
    return tuple(
        CampaignSeen(row, None if body is None else unpacked(body))
        for row, body in zip(rows, clear, strict=True)
    )


def acts_of(casebook: Casebook, connection: Connection, family: Sequence[str]) -> tuple[Act, ...]:
    """What was done with a case, oldest first."""
    rows = cases.acts_of(connection, family)
    clear = casebook.vault.unseal_all(connection, [(row.case_id, row.sealed) for row in rows])
    return tuple(
        Act(
            row.number,
            row.at_us,
            row.by,
            row.kind,
            json.loads(row.body),
            "" if not row.sealed else None if text is None else text.decode(),
        )
        for row, text in zip(rows, clear, strict=True)
    )


def signs_of(
    casebook: Casebook, connection: Connection, campaigns: Sequence[str]
) -> tuple[SignSeen, ...]:
    """The signs of some campaigns, oldest first."""
    rows = connection.execute(
        select(case_signs)
        .where(case_signs.c.campaign_id.in_(campaigns))
        .order_by(case_signs.c.first_seen_us, case_signs.c.sign_id)
    ).all()
    clear = casebook.vault.unseal_all(connection, [(row.sign_id, row.sealed) for row in rows])
    return tuple(
        SignSeen(
            row.sign_id,
            row.kind,
            row.axis,
            row.decision_id,
            row.first_seen_us,
            row.at_us,
            None if body is None else msgspec.msgpack.decode(body, type=SignTold),
        )
        for row, body in zip(rows, clear, strict=True)
    )


def _numbers(seen: Sequence[CampaignSeen], signs: Sequence[SignSeen]) -> set[int]:
    """Accounts that evidence and signs name."""
    named: set[int] = set()
    for one in seen:
        if one.told is not None:
            named.update(*(piece.members for piece in one.told.evidence))
    for sign in signs:
        if sign.told is not None:
            named.update(sign.told.members)
    return named


def _texts(connection: Connection, family: Sequence[str]) -> int:
    kept = select(func.count()).select_from(case_texts).where(case_texts.c.case_id.in_(family))
    return connection.execute(kept).scalar_one()
