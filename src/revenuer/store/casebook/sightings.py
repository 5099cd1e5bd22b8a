"""Campaigns as they were seen: a row a campaign and sighting, its figures in the clear.

What could name somebody, or repeat what they wrote, is sealed with the key of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, tuple_

from revenuer.casework.sameness import Group
from revenuer.store.casebook.case_tables import (
    campaign_sightings,
    case_campaigns,
    case_members,
    case_mergers,
    case_sightings,
)
from revenuer.store.casebook.many_rows import batches, put_in
from revenuer.store.casebook.rosters import rosters

Rows = list[Row[Any]]


def is_there(connection: Connection, sighting: str) -> bool:
    """Whether a sighting was added."""
    known = select(case_sightings.c.sighting_id).filter_by(sighting_id=sighting)
    return connection.execute(known).scalar() is not None


def keep(
    connection: Connection,
    sighting: Mapping[str, Any],
    seen: Sequence[Mapping[str, Any]],
    mergers: Mapping[str, str],
) -> None:
    """Keep a sighting.

    Args:
        connection: A transaction that writes.
        sighting: Its row.
        seen: A row for each of its campaigns, whose ids are known to `cases`.
        mergers: Campaigns that ended in another: theirs to its id.
    """
    connection.execute(insert(case_sightings).values(sighting))
    put_in(connection, campaign_sightings, seen)
    name = sighting["sighting_id"]
    ended = [
        {"sighting_id": name, "ended_id": old, "campaign_id": new} for old, new in mergers.items()
    ]
    put_in(connection, case_mergers, ended)


def of_case(connection: Connection, case: str) -> Rows:
    """All sightings of a case's campaigns, oldest first."""
    asked = (
        select(campaign_sightings)
        .join(case_campaigns, case_campaigns.c.campaign_id == campaign_sightings.c.campaign_id)
        .where(case_campaigns.c.case_id == case)
        .order_by(
            campaign_sightings.c.at_us,
            campaign_sightings.c.sighting_id,
            campaign_sightings.c.campaign_id,
        )
    )
    return list(connection.execute(asked))


def head_of(connection: Connection, case: str) -> Rows:
    """The newest sighting of a case: a row for each of its campaigns that is in it."""
    mine = (
        select(campaign_sightings)
        .join(case_campaigns, case_campaigns.c.campaign_id == campaign_sightings.c.campaign_id)
        .where(case_campaigns.c.case_id == case)
    )
    newest = connection.execute(
        mine.order_by(
            campaign_sightings.c.at_us.desc(), campaign_sightings.c.sighting_id.desc()
        ).limit(1)
    ).first()
    if newest is None:
        return []
    rows = mine.where(campaign_sightings.c.sighting_id == newest.sighting_id)
    return list(connection.execute(rows.order_by(campaign_sightings.c.campaign_id)))


def sightings(connection: Connection, names: Iterable[str]) -> dict[str, Row[Any]]:
    """The rows of sightings, by name."""
    found: dict[str, Row[Any]] = {}
    for some in batches(sorted(set(names))):
        rows = select(case_sightings).where(case_sightings.c.sighting_id.in_(some))
        found.update((row.sighting_id, row) for row in connection.execute(rows))
    return found


def newest_by_folder(connection: Connection) -> dict[str, int]:
    """The time of the newest sighting of each folder."""
    rows = select(case_sightings.c.folder, case_sightings.c.at_us)
    found: dict[str, int] = {}
    for row in connection.execute(rows):
        found[row.folder] = max(found.get(row.folder, row.at_us), row.at_us)
    return found


def cases_only_of(connection: Connection, folder: str) -> set[str]:
    """Cases that no sighting of another folder has seen."""
    seen, mine = campaign_sightings, case_campaigns
    rows = connection.execute(
        select(mine.c.case_id, case_sightings.c.folder)
        .join(seen, seen.c.campaign_id == mine.c.campaign_id)
        .join(case_sightings, case_sightings.c.sighting_id == seen.c.sighting_id)
        .distinct()
    ).all()
    others = {row.case_id for row in rows if row.folder != folder}
    return {row.case_id for row in rows} - others


def groups_before(
    connection: Connection, campaigns: Iterable[str], at_us: int, sighting: str
) -> list[Group]:
    """What campaigns were before a sighting, each different roster once."""
    seen = campaign_sightings
    earlier = tuple_(seen.c.at_us, seen.c.sighting_id) < tuple_(at_us, sighting)
    names: set[tuple[str, str]] = set()
    for some in batches(sorted(set(campaigns))):
        rows = select(seen.c.campaign_id, seen.c.roster).where(
            seen.c.campaign_id.in_(some), earlier
        )
        names.update((row.campaign_id, row.roster) for row in connection.execute(rows))
    members = rosters(connection, {roster for _, roster in names})
    return [
        Group(name, frozenset(), frozenset(members[roster].tolist()))
        for name, roster in sorted(names)
    ]


def groups_after(
    connection: Connection, campaigns: Iterable[str], at_us: int, sighting: str
) -> dict[str, list[Group]]:
    """What campaigns were after a sighting, by the later sighting that saw them."""
    seen = campaign_sightings
    later = tuple_(seen.c.at_us, seen.c.sighting_id) > tuple_(at_us, sighting)
    rows: Rows = []
    for some in batches(sorted(set(campaigns))):
        rows += connection.execute(select(seen).where(seen.c.campaign_id.in_(some), later))
    members = rosters(connection, {row.roster for row in rows})
    found: dict[str, list[Group]] = {}
    for row in rows:
        group = Group(row.campaign_id, frozenset(), frozenset(members[row.roster].tolist()))
        found.setdefault(row.sighting_id, []).append(group)
    return found


def told_by(connection: Connection, sighting: str) -> Rows:
    """Campaigns as one sighting has them, with what is sealed of each."""
    asked = select(campaign_sightings).filter_by(sighting_id=sighting)
    return list(connection.execute(asked.order_by(campaign_sightings.c.campaign_id)))


def known_by(connection: Connection, sighting: str) -> frozenset[str]:
    """Ids of campaigns that a sighting knows what became of."""
    ids = select(campaign_sightings.c.campaign_id).filter_by(sighting_id=sighting)
    ended = select(case_mergers.c.ended_id).filter_by(sighting_id=sighting)
    return frozenset(connection.execute(ids.union(ended)).scalars())


def count_of(connection: Connection, case: str) -> int:
    """How many sightings there are of a case."""
    asked = (
        select(func.count(campaign_sightings.c.sighting_id.distinct()))
        .join(case_campaigns, case_campaigns.c.campaign_id == campaign_sightings.c.campaign_id)
        .where(case_campaigns.c.case_id == case)
    )
    return connection.execute(asked).scalar_one()


def related(connection: Connection, case: str) -> dict[str, int]:
    """Other cases that ever had members of a case, and how many of them."""
    mine, theirs = case_members.alias(), case_members.alias()
    my_campaigns, their_campaigns = case_campaigns.alias(), case_campaigns.alias()
    counted = func.count(mine.c.number.distinct())
    asked = (
        select(their_campaigns.c.case_id, counted)
        .select_from(my_campaigns)
        .join(mine, mine.c.campaign_id == my_campaigns.c.campaign_id)
        .join(theirs, theirs.c.number == mine.c.number)
        .join(their_campaigns, their_campaigns.c.campaign_id == theirs.c.campaign_id)
        .where(my_campaigns.c.case_id == case, their_campaigns.c.case_id != case)
        .group_by(their_campaigns.c.case_id)
        .order_by(counted.desc(), their_campaigns.c.case_id)
    )
    return {row[0]: row[1] for row in connection.execute(asked)}


def came_from(connection: Connection, case: str) -> list[tuple[str, int, int]]:
    """Members of a case that another had before: its id, when they joined this one, how many."""
    mine, theirs = case_members.alias(), case_members.alias()
    my_campaigns, their_campaigns = case_campaigns.alias(), case_campaigns.alias()
    counted = func.count(mine.c.number.distinct())
    asked = (
        select(their_campaigns.c.case_id, mine.c.joined_us, counted)
        .select_from(my_campaigns)
        .join(mine, mine.c.campaign_id == my_campaigns.c.campaign_id)
        .join(theirs, theirs.c.number == mine.c.number)
        .join(their_campaigns, their_campaigns.c.campaign_id == theirs.c.campaign_id)
        .where(
            my_campaigns.c.case_id == case,
            their_campaigns.c.case_id != case,
            theirs.c.joined_us < mine.c.joined_us,
        )
        .group_by(their_campaigns.c.case_id, mine.c.joined_us)
        .order_by(mine.c.joined_us, their_campaigns.c.case_id)
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(asked)]
