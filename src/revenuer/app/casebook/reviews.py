"""`casebook queue`: which cases people see first, where they can look at so many a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import Connection

from revenuer.app.casebook.decisions import Docketed, covered, dockets
from revenuer.app.casebook.heads import picture
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.working import KINDS
from revenuer.casework.cases import State, Step
from revenuer.casework.queue import Pace, Place, Waiting, rank
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError
from revenuer.instants import micros
from revenuer.records import Verdict
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.cases import CaseRow
from revenuer.store.casebook.rosters import subjects_of

DAY_US = 86_400_000_000
RESULTS = tuple(KINDS[step] for step in (Step.DISMISS, Step.ACT, Step.CLOSE, Step.PUT_BACK))
"""Acts that end a review."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The queue as somebody sees it.

    Attributes:
        places: Cases that wait, first what averts most.
        per_day: Reviews that people make a day.
        done_today: How many they have made since midnight UTC.
        problems: Dockets that cannot be read.
    """

    places: tuple[Place, ...]
    per_day: int
    done_today: int
    problems: tuple[str, ...]


def queue(
    casebook: Casebook,
    *,
    per_day: int,
    actor: Actor,
    now: datetime,
    snapshots: Sequence[str] = (),
    for_: str | None = None,
) -> Queue:
    """Rank the cases that wait for a person.

    Args:
        casebook: Where.
        per_day: Reviews that people make a day.
        actor: Who asks.
        now: When.
        snapshots: Whose decisions say what was acted on.
        for_: Only cases that are somebody's or nobody's; None for everybody's. The places stay
            those of the whole queue.

    Raises:
        ConfigError: There are no reviews a day.
    """
    actor.needs(Right.READ)
    if per_day < 1:
        raise ConfigError("A queue needs reviews.", "Give --per-day 1 or more.")
    found = dockets(snapshots, casebook.keys)
    with casebook.reading() as connection:
        rows = cases.living(connection)
        newest = newest_of_each(connection, rows)
        waiting = [
            waiting_case(row, newest[row.case_id], _acted(connection, row, found, now), now)
            for row in rows
        ]
        since = micros(datetime.combine(now.astimezone(UTC).date(), time(), UTC))
        done = cases.reviewed_since(connection, RESULTS, since)
    places = rank(waiting, per_day=per_day, done_today=done)
    mine = [one for one in places if for_ is None or one.case.assigned_to in ("", for_)]
    return Queue(tuple(mine), per_day, done, found.problems)


def newest_of_each(connection: Connection, rows: Sequence[CaseRow]) -> dict[str, int]:
    """For each case, how far the scans that it comes from have got by now."""
    by_folder = sightings.newest_by_folder(connection)
    folder_of = sightings.sightings(connection, {row.sighting_id for row in rows})
    return {
        row.case_id: by_folder[folder_of[row.sighting_id].folder]
        if row.sighting_id in folder_of
        else row.seen_us
        for row in rows
    }


def waiting_case(row: CaseRow, newest_us: int, acted: float, now: datetime) -> Waiting:
    """A case as the queue needs it.

    Args:
        row: The case.
        newest_us: How far the scans that it comes from have got.
        acted: Share of its members that a decision in force covers.
        now: When.
    """
    return Waiting(
        case=row.case_id,
        state=State(row.state),
        verdict=Verdict(row.verdict),
        probability=row.probability,
        pace=Pace(row.tokens_a_day, row.growth),
        quiet_days=max(newest_us - row.last_seen_us, 0) / DAY_US,
        waiting_days=max(micros(now) - row.waiting_us, 0) / DAY_US,
        acted=acted,
        assigned_to=row.assigned_to,
    )


def _acted(connection: Connection, row: CaseRow, found: Docketed, now: datetime) -> float:
    """Share of a case's members that a decision in force covers."""
    if not found.made:
        return 0.0
    reached = covered(found.about(cases.campaigns_of(connection, row.case_id)), now)
    if not reached:
        return 0.0
    members = picture(connection, row.case_id).members
    subjects = subjects_of(connection, members)
    return sum(subject in reached for subject in subjects.values()) / max(len(members), 1)
