"""What happened to a case, in the order of its happening: seen, grown, decided, noted.

Two clocks run here. Scans speak of the time of the log; people act by the clock on the wall. Each
line says which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from sqlalchemy import Connection

from revenuer.app.casebook.decisions import Made, dockets
from revenuer.app.casebook.finding import case_named
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import acts_of, campaigns_seen, signs_of
from revenuer.casework.roles import Actor, Right
from revenuer.instants import micros
from revenuer.reports.wording import counted, percent
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.rosters import Numbers, rosters


class Clock(StrEnum):
    """Whose time it is."""

    LOG = "log"
    WALL = "wall"


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened.

    Attributes:
        at_us: When, microseconds since the epoch.
        clock: By which clock.
        kind: What, in a word.
        said: One sentence, or in the words of whoever did it.
        by: Who did it; empty for nobody.
        about: More about it.
    """

    at_us: int
    clock: Clock
    kind: str
    said: str
    by: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


def timeline(
    casebook: Casebook,
    name: str,
    *,
    actor: Actor,
    snapshots: Sequence[str] = (),
) -> list[Line]:
    """What happened to a case, oldest first.

    Args:
        casebook: Where.
        name: Of the case, or of a campaign.
        actor: Who asks.
        snapshots: Whose decisions belong to it.

    Raises:
        NotFoundError: There is no such case.
    """
    actor.needs(Right.READ)
    found = dockets(snapshots, casebook.keys)
    with casebook.reading() as connection:
        case = case_named(connection, name).case_id
        family = cases.family(connection, case)
        campaigns = cases.campaigns_of(connection, case)
        lines = [
            *_seen(casebook, connection, case),
            *_splits(connection, case),
            *(
                Line(
                    one.at_us,
                    Clock.LOG,
                    one.kind,
                    "(erased)" if one.told is None else one.told.statement,
                    about={"sign": one.id, "decision": one.decision_id or None},
                )
                for one in signs_of(casebook, connection, campaigns)
            ),
            *_decided(found.about(campaigns)),
            *(
                Line(
                    one.at_us,
                    Clock.WALL,
                    one.kind,
                    "(erased)" if one.text is None else one.text,
                    one.by,
                    one.about,
                )
                for one in acts_of(casebook, connection, family)
            ),
        ]
    return sorted(lines, key=lambda line: line.at_us)


def _seen(casebook: Casebook, connection: Connection, case: str) -> Iterator[Line]:
    """What each sighting has that the one before it had not; nothing where all is the same."""
    rows = sightings.of_case(connection, case)
    members = rosters(connection, {row.roster for row in rows})
    before: dict[str, Any] = {}
    known: Numbers = np.empty(0, np.int64)
    for one in campaigns_seen(casebook, connection, rows):
        row = one.figures
        old = before.get(row.campaign_id)
        joined = np.setdiff1d(members[row.roster], known) if known.size else known
        known = np.union1d(known, members[row.roster])
        about = {"campaign": row.campaign_id, "sighting": row.sighting_id, "joined": joined.size}
        said = list(_changed(row, old, joined.size, members))
        if said:
            kind = "seen" if old is None else "changed"
            yield Line(row.at_us, Clock.LOG, kind, "; ".join(said), about=about)
        before[row.campaign_id] = row
        if one.told is None:
            continue
        for ended in one.told.supersedes if old is None else ():
            yield Line(row.at_us, Clock.LOG, "merger", f"{ended} ended in {row.campaign_id}")
        if row is rows[-1]:
            for pivot in one.told.pivots:
                said_ = (
                    f"{percent(pivot.share)} of its traffic moved from {pivot.from_model} to "
                    f"{pivot.to_model}"
                )
                yield Line(micros(pivot.at), Clock.LOG, "moved", said_)


def _changed(row: Any, old: Any, joined: int, members: Mapping[str, Numbers]) -> Iterator[str]:
    if old is None:
        yield f"{row.campaign_id} is {row.verdict}, {percent(row.probability)}"
        yield counted(row.accounts, "account")
        if joined:
            yield f"{joined:,} of them new here"
    elif row.verdict != old.verdict:
        yield f"{row.campaign_id} is {row.verdict}, was {old.verdict}"
    if old is not None and joined:
        yield f"{counted(joined, 'account')} joined"
    if old is not None:
        left = np.setdiff1d(members[old.roster], members[row.roster], assume_unique=True).size
        if left:
            yield f"{counted(left, 'account')} left"
    if row.verdict == "convicted" and (old is None or old.verdict != "convicted"):
        yield (
            f"{counted(row.leaked_exchanges, 'exchange')} had left in "
            f"{row.leaked_hours:,.0f} hours before it could be convicted"
        )


def _splits(connection: Connection, case: str) -> Iterator[Line]:
    """Members that had been another case's before they were this one's."""
    for other, at_us, count in sightings.came_from(connection, case):
        yield Line(
            at_us,
            Clock.LOG,
            "split",
            f"{counted(count, 'account')} had been in {other} before",
            about={"case": other, "accounts": count},
        )


def _decided(made: Iterable[Made]) -> Iterator[Line]:
    for one in made:
        decision = one.decision
        about = {"decision": decision.id, "snapshot": str(one.snapshot)}
        accounts = counted(len(decision.members), "account or owner", "accounts and owners")
        yield Line(
            micros(decision.made_at),
            Clock.WALL,
            "decision",
            f"{decision.action} until {decision.until:%Y-%m-%d %H:%M}: {accounts}; {decision.why}",
            decision.by,
            about,
        )
        if decision.ended_at is not None:
            yield Line(
                micros(decision.ended_at),
                Clock.WALL,
                f"decision {decision.status}",
                decision.ended_why,
                decision.ended_by,
                about,
            )
        for each in one.reactions:
            at = micros(datetime.fromisoformat(each.first_seen))
            yield Line(at, Clock.LOG, each.kind, each.statement, about=about)
