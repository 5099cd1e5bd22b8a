"""What is stale, broken or due around a casebook, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from revenuer.app.casebook import erasure, holding, retention
from revenuer.app.casebook.known_scans import KnownScan, Voice
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.places import Around, places_around
from revenuer.app.desk import open_desk
from revenuer.app.erasing.watches import WATCH
from revenuer.app.watch.standing import WatchStanding, standing
from revenuer.casework.roles import Actor, Right
from revenuer.errors import RevenuerError
from revenuer.reports.wording import counted, duration
from revenuer.settings import Settings
from revenuer.store.casebook import audit_table

STALE = timedelta(days=2)
"""After which the newest finding is old: scans run daily. placeholder"""
LOOKS_LATE = 2
"""Looks that a stream may be behind the clock. placeholder"""
UNUSABLE = 0.01
"""Share of a stream's rows that may be unusable before somebody should look. placeholder"""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that somebody should see to.

    Attributes:
        level: `broken`, `stale` or `due`, the gravest first.
        what: A sentence.
        to_do: What to do, or the command for it.
        where: A page about it; empty for none.
    """

    level: str
    what: str
    to_do: str
    where: str = ""


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


def concerns(
    scans: Sequence[KnownScan],
    heard: Sequence[Voice],
    watched: Sequence[WatchStanding],
    found_heads: Sequence[Head],
    found_keys: Sequence[Key],
    found_due: Due,
    settings: Settings,
    now: datetime,
) -> list[Concern]:
    """All that somebody should see to, the gravest first."""
    found = [
        *_of_heads(found_heads),
        *_of_keys(found_keys),
        *_of_scans(scans, now),
        *_of_voices(heard),
        *(each for one in watched for each in _of_watch(one, settings, now)),
        *_of_due(found_due),
    ]
    return sorted(found, key=lambda one: ("broken", "stale", "due").index(one.level))


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


def _of_heads(found: Sequence[Head]) -> Iterator[Concern]:
    for one in found:
        if one.problem:
            yield Concern(
                "broken", f"The audit log of {one.name}: {one.problem}.", "Verify it.", "/audit"
            )


def _of_keys(found: Sequence[Key]) -> Iterator[Concern]:
    for one in found:
        if one.shared:
            yield Concern(
                "broken",
                f"Others can read {one.name}.",
                f"chmod 600 {one.name}; if somebody may have read it, make a new one.",
            )


def _of_scans(scans: Sequence[KnownScan], now: datetime) -> Iterator[Concern]:
    read = [one.scanned for one in scans if one.scanned is not None]
    if not scans:
        yield Concern("due", "No findings were added.", "revenuer casebook add DIR")
    elif read and (last := max(one.last for one in read)) < now - STALE:
        age = (now - last) / DAY
        yield Concern(
            "stale",
            f"The newest exchange that was judged is {age:,.0f} days old.",
            "Scan the newest logs with --casebook, or let revenuer watch run.",
        )
    for one in scans:
        if one.scanned is None:
            yield Concern(
                "stale",
                f"{one.folder} cannot be read any more: its campaigns can neither be shared nor "
                "acted on.",
                "Put the folder back, or add a newer scan.",
            )


def _of_voices(heard: Sequence[Voice]) -> Iterator[Concern]:
    blind = [one for one in heard if one.blind]
    if blind:
        names = ", ".join(one.card.id for one in blind)
        yield Concern(
            "due",
            f"{counted(len(blind), 'detector')} without data: {names}.",
            "revenuer doctor LOGS --accounts FILE says which columns to add.",
        )
    older = [one.card.id for one in heard if 0 < one.version_then < one.card.version]
    if older:
        yield Concern(
            "stale",
            f"Detectors are newer than the newest scan: {', '.join(older)}.",
            "Scan again; a kept baseline has to be fitted again too.",
        )


def _of_watch(one: WatchStanding, settings: Settings, now: datetime) -> Iterator[Concern]:
    if one.problem:
        yield Concern("broken", one.problem, "Name the right folder: revenuer casebook places.")
        return
    if one.running is False:
        yield Concern("stale", f"The watch of {one.state} does not run.", "Start revenuer watch.")
    late = timedelta(hours=settings.watch.look_hours * LOOKS_LATE)
    if one.reached is not None and one.reached < now - late:
        behind = duration((now - one.reached) / timedelta(hours=1))
        yield Concern(
            "stale",
            f"The stream of {one.state} is {behind} behind the clock.",
            "See whether its source still writes, and whether the watch keeps up.",
        )
    if one.quarantined > UNUSABLE * max(one.exchanges, 1):
        yield Concern(
            "due",
            f"{one.quarantined:,} rows of {one.state} could not be used.",
            "quarantine.jsonl in its --out says why; revenuer inspect helps with the column map.",
        )
    if one.rejected:
        yield Concern(
            "due",
            f"Of {one.rejected:,} batches of {one.state} nothing could be read.",
            f"They lie in {one.state / 'rejected'}.",
        )


def _of_due(one: Due) -> Iterator[Concern]:
    if one.erasures:
        yield Concern(
            "due", f"{counted(one.erasures, 'erasure')} not done.", "Agree, or go on.", "/records"
        )
    if one.retention:
        yield Concern(
            "due",
            f"{counted(one.retention, 'row')} kept long enough.",
            "revenuer casebook retain; run it daily.",
        )
