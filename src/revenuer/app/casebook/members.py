"""The accounts of a case: what each shows by itself, since when it is there, what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from revenuer.app.casebook.decisions import covered, dockets
from revenuer.app.casebook.finding import case_named
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import CampaignSeen, campaigns_seen
from revenuer.casework.roles import Actor, Right
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.case_tables import case_campaigns, case_members
from revenuer.store.casebook.cases import CaseRow
from revenuer.store.casebook.rosters import rosters, subjects_of


@dataclass(slots=True)
class Member:
    """An account of a case, as the newest sighting has it.

    Attributes:
        subject: How the casebook writes it; empty once it was erased.
        extraction: What it shows of it by itself, nats; None where that is not known.
        concealment: Likewise.
        log_e_value: Of the campaign that it is in, nats.
        probability: Likewise: that it takes part.
        exchanges: Its own exchanges in the campaign; None likewise.
        joined_us: When it was first seen in the case, by the time of the log.
        seen_us: When it was last.
        pieces: Pieces of evidence that name it.
        acted: Whether a decision in force acts on it.
    """

    subject: str
    extraction: float | None = None
    concealment: float | None = None
    log_e_value: float = 0.0
    probability: float = 0.0
    exchanges: int | None = None
    joined_us: int = 0
    seen_us: int = 0
    pieces: int = 0
    acted: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    """The accounts of a case.

    Attributes:
        row: The case.
        members: Its accounts, by their numbers' order.
        were: How many were in it once, and are no more.
        problems: Dockets that cannot be read.
    """

    row: CaseRow
    members: tuple[Member, ...]
    were: int
    problems: tuple[str, ...]


def list_members(
    casebook: Casebook,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    snapshots: Sequence[str] = (),
) -> Members:
    """The accounts of a case, as its newest sighting has them.

    Args:
        casebook: Where.
        name: Of the case, or of a campaign.
        actor: Who asks.
        now: When.
        snapshots: Whose decisions may act on them.

    Raises:
        NotFoundError: There is no such case.
    """
    actor.needs(Right.READ)
    found = dockets(snapshots, casebook.keys)
    with casebook.reading() as connection:
        row = case_named(connection, name)
        seen = campaigns_seen(casebook, connection, sightings.head_of(connection, row.case_id))
        reached = covered(found.about(cases.campaigns_of(connection, row.case_id)), now)
        members = _members(connection, seen)
        joined, ever = _joined(connection, row.case_id)
        for number, subject in subjects_of(connection, members).items():
            members[number].subject = subject
    for number, one in members.items():
        one.joined_us = joined.get(number, one.seen_us)
        one.acted = one.subject in reached
    ordered = tuple(members[number] for number in sorted(members))
    return Members(row, ordered, ever - len(joined.keys() & members.keys()), found.problems)


def _members(connection: Connection, seen: Sequence[CampaignSeen]) -> dict[int, Member]:
    """Members by their numbers; who is in several campaigns is in the most probable one."""
    found: dict[int, Member] = {}
    kept = rosters(connection, {one.figures.roster for one in seen})
    for one in seen:
        numbers = kept[one.figures.roster].tolist() if one.figures.roster in kept else []
        figures = one.figures
        for number in numbers:
            member = found.setdefault(number, Member("", seen_us=figures.at_us))
            if not member.probability or figures.probability > member.probability:
                member.log_e_value, member.probability = figures.log_e_value, figures.probability
        if one.told is None:
            continue
        drawn = one.told.drawn
        alone = zip(numbers, drawn.extraction, drawn.concealment, strict=False)
        for number, extraction, concealment in alone:
            found[number].extraction, found[number].concealment = extraction, concealment
        for number, volume in zip(numbers, drawn.volumes, strict=False):
            found[number].exchanges = (found[number].exchanges or 0) + volume
        for piece in one.told.evidence:
            for number in piece.members:
                if number in found:
                    found[number].pieces += 1
    return found


def _joined(connection: Connection, case: str) -> tuple[dict[int, int], int]:
    """When each account that ever was in a case was first seen there, and how many these are."""
    asked = (
        select(case_members.c.number, func.min(case_members.c.joined_us))
        .join(case_campaigns, case_campaigns.c.campaign_id == case_members.c.campaign_id)
        .where(case_campaigns.c.case_id == case)
        .group_by(case_members.c.number)
    )
    rows = {row[0]: row[1] for row in connection.execute(asked).all()}
    return rows, len(rows)
