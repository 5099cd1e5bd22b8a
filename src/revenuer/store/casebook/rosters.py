"""Who is in a campaign: numbers of subjects, members that join, and whole rosters kept once.

A ring of 24,000 accounts that a watch sees every hour is mostly the same ring. Its members have a
row each, from when they joined; what one sighting saw is a roster, some bytes a member, kept
once for as many sightings as saw the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256

import numpy as np
import zstandard
from numpy.typing import NDArray
from sqlalchemy import Connection, func, insert, select
from sqlalchemy import update as update_of

from revenuer.store.casebook.case_tables import case_members, case_rosters, case_subjects
from revenuer.store.casebook.many_rows import batches, put_in

Numbers = NDArray[np.int64]


def numbers_of(connection: Connection, subjects: Iterable[str]) -> dict[str, int]:
    """The numbers of subjects; those who have none get one.

    Args:
        connection: A transaction that writes, which nobody does beside.
        subjects: As `Casebook.subject` writes them.
    """
    wanted = sorted(set(subjects))
    known = known_numbers(connection, wanted)
    new = [subject for subject in wanted if subject not in known]
    if new:
        newest = connection.execute(select(func.max(case_subjects.c.number))).scalar() or 0
        given = dict(zip(new, range(newest + 1, newest + 1 + len(new)), strict=True))
        put_in(connection, case_subjects, [{"subject": s, "number": n} for s, n in given.items()])
        known |= given
    return known


def known_numbers(connection: Connection, subjects: Iterable[str]) -> dict[str, int]:
    """The numbers of those subjects that have one."""
    found: dict[str, int] = {}
    for some in batches(sorted(set(subjects))):
        chosen = select(case_subjects).where(case_subjects.c.subject.in_(some))
        found.update((row.subject, row.number) for row in connection.execute(chosen))
    return found


def subjects_of(connection: Connection, numbers: Iterable[int]) -> dict[int, str]:
    """The subjects of numbers."""
    found: dict[int, str] = {}
    wanted = set(map(int, numbers))
    column = case_subjects.c.number
    for some in batches(sorted(wanted)):
        # Who joined together has numbers in a row, and a range is told in two of them.
        in_a_row = some[-1] - some[0] < 2 * len(some)
        these = column.between(some[0], some[-1]) if in_a_row else column.in_(some)
        rows = connection.execute(select(column, case_subjects.c.subject).where(these)).all()
        found.update((row[0], row[1]) for row in rows)
    return {number: subject for number, subject in found.items() if number in wanted}


def subjects_beginning(connection: Connection, text: str, at_most: int) -> list[str]:
    """Subjects that begin with a text, in their order."""
    column = case_subjects.c.subject
    # An index answers a range; the last letter that there is comes after every subject.
    chosen = select(column).where(column >= text, column < text + "\U0010ffff")
    return list(connection.execute(chosen.order_by(column).limit(at_most)).scalars())


def keep_roster(connection: Connection, members: Numbers) -> str:
    """Keep a roster, unless it is there.

    Args:
        connection: A transaction that writes.
        members: Ascending and distinct.

    Returns:
        Its name.
    """
    name = sha256(members.astype("<i8").tobytes()).hexdigest()
    if connection.execute(select(case_rosters.c.roster).filter_by(roster=name)).scalar() is None:
        packed = zstandard.compress(np.diff(members, prepend=0).astype("<i8").tobytes(), 3)
        connection.execute(insert(case_rosters).values(roster=name, packed=packed))
    return name


def rosters(connection: Connection, names: Collection[str]) -> dict[str, Numbers]:
    """The members of rosters, ascending."""
    found: dict[str, Numbers] = {}
    for some in batches(sorted(set(names))):
        rows = connection.execute(select(case_rosters).where(case_rosters.c.roster.in_(some)))
        for row in rows:
            steps = np.frombuffer(zstandard.decompress(row.packed), "<i8")
            found[row.roster] = np.cumsum(steps)
    return found


def join(
    connection: Connection, campaign: str, members: Numbers, at_us: int, sighting: str
) -> None:
    """Note who is a member of a campaign as of a sighting.

    Args:
        connection: A transaction that writes.
        campaign: Its id.
        members: Ascending and distinct.
        at_us: Time of the sighting; who joined later, as far as was known, joined then.
        sighting: Its name.
    """
    rows = connection.execute(
        select(case_members.c.number, case_members.c.joined_us, case_members.c.sighting_id).where(
            case_members.c.campaign_id == campaign
        )
    ).all()
    there = np.fromiter((row.number for row in rows), np.int64, len(rows))
    new = np.setdiff1d(members, there, assume_unique=True)
    about = {"campaign_id": campaign, "joined_us": at_us, "sighting_id": sighting}
    put_in(connection, case_members, [{**about, "number": int(one)} for one in new])
    mine = set(members.tolist())
    late = [
        row.number
        for row in rows
        if (row.joined_us, row.sighting_id) > (at_us, sighting) and row.number in mine
    ]
    for some in batches(late):
        connection.execute(
            update_of(case_members)
            .where(case_members.c.campaign_id == campaign, case_members.c.number.in_(some))
            .values(joined_us=at_us, sighting_id=sighting)
        )


def sharing(connection: Connection, members: Numbers) -> Mapping[str, int]:
    """Campaigns that ever had some of these members, and how many."""
    found: dict[str, int] = {}
    counted = func.count().label("members")
    for some in batches(members.tolist()):
        rows = connection.execute(
            select(case_members.c.campaign_id, counted)
            .where(case_members.c.number.in_(some))
            .group_by(case_members.c.campaign_id)
        )
        for row in rows:
            found[row.campaign_id] = found.get(row.campaign_id, 0) + row.members
    return found
