"""How logs, keys, watches and places around a casebook stand, and what is due by law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from revenuer.app.casebook import erasure, holding, retention
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.places import Around, places_around
from revenuer.app.desk import open_desk
from revenuer.app.erasing.watches import WATCH
from revenuer.app.watch.standing import WatchStanding, standing
from revenuer.casework.roles import Actor, Right
from revenuer.errors import RevenuerError
from revenuer.settings import Settings
from revenuer.store.casebook import audit_table, sightings


@dataclass(frozen=True, slots=True)
class Head:
    """How far a log has got.

    Attributes:
        name: Whose it is.
        entries: The number of the newest entry; 0 before the first.
        published: When the snapshot was made; None if it never was.
        problem: What is wrong; empty for nothing.
    """

    name: str
    entries: int
    published: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class Key:
    """A secret key, of which nothing but its file is told."""

    name: str
    made: datetime
    shared: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or a file in which accounts may be named."""

    kind: str
    path: Path
    there: bool


@dataclass(frozen=True, slots=True)
class Due:
    """What the law and the settings ask for; counts are None for who may not see them."""

    holds: int | None
    erasures: int | None
    retention: int | None


def places(casebook: Casebook, around: Around, *, actor: Actor) -> list[Place]:
    """Every place that is known."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        found = places_around(connection, around)
    return [Place(kind, path, path.exists()) for kind, path in found]


def watches(known: Sequence[Place]) -> list[WatchStanding]:
    """Where each watch stands that the casebook knows."""
    return [standing(one.path) for one in known if one.kind == WATCH]


def heads(casebook: Casebook, around: Around, *, actor: Actor) -> list[Head]:
    """How far the casebook's log and those of the dockets have got."""
    actor.needs(Right.READ)
    found = [_own_head(casebook)]
    for snapshot in around.snapshots:
        try:
            desk = open_desk(snapshot, around.keys)
            point = desk.audit.checkpoint() if desk.docket.exists else None
            at = desk.docket.standing().published_at
            when = datetime.fromtimestamp(at).astimezone() if at else None
            broken = desk.audit.path.exists() and point is None
            said = "its checkpoint is missing, or is not genuine" if broken else ""
            found.append(Head(str(snapshot), point.number if point else 0, when, said))
        except (RevenuerError, OSError) as problem:
            found.append(Head(str(snapshot), 0, None, str(problem)))
    return found


def keys(casebook: Casebook, *, actor: Actor) -> list[Key]:
    """The files of secret keys, by name."""
    actor.needs(Right.READ)
    found = []
    for path in sorted(casebook.keys.glob("*.key")):
        about = path.stat()
        made = datetime.fromtimestamp(about.st_mtime).astimezone()
        found.append(Key(path.name, made, bool(about.st_mode & 0o077)))
    return found


def due(casebook: Casebook, settings: Settings, *, actor: Actor, now: datetime) -> Due:
    """Holds in force, erasures that are not done, and rows that have been kept long enough."""
    actor.needs(Right.READ)
    held = undone = aged = None
    if actor.may(Right.HOLD):
        listed = holding.list_holds(casebook, actor=actor)
        held = sum(one.released_at is None for one in listed)
    if actor.may(Right.ERASE):
        every = erasure.list_erasures(casebook, actor=actor)
        undone = sum(one.state != erasure.DONE for one in every)
        plan = retention.plan_retention(casebook, settings.retention, actor=actor, now=now)
        aged = sum(one.rows for one in plan)
    return Due(held, undone, aged)


def judged_until(casebook: Casebook, *, actor: Actor) -> int:
    """How far the newest findings go, microseconds since the epoch; 0 without any."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return max(sightings.newest_by_folder(connection).values(), default=0)


def _own_head(casebook: Casebook) -> Head:
    with casebook.reading() as connection:
        log = casebook.audit(connection)
        try:
            newest = log.last()
            noted = casebook.remembered(audit_table.hash_of(log.first()))
            number = 0 if newest is None else newest.number
            said = "" if number >= max(noted, default=0) else "entries that were there are gone"
        except RevenuerError as problem:
            number, said = 0, problem.message
    return Head("the casebook", number, None, said)
