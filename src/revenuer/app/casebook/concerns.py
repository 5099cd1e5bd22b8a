"""What somebody should see to around a casebook, and what to do about each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from revenuer.app.casebook.health import Due, Head, Key
from revenuer.app.casebook.known_scans import KnownScan, Voice
from revenuer.app.watch.standing import WatchStanding
from revenuer.instants import micros
from revenuer.reports.wording import counted, duration
from revenuer.settings import Settings

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
        *running_concerns(found_heads, found_keys, watched, settings, now),
        *_of_scans(scans, now),
        *_of_voices(heard),
        *_of_due(found_due),
    ]
    return sorted(found, key=_gravest)


def running_concerns(
    found_heads: Sequence[Head],
    found_keys: Sequence[Key],
    watched: Sequence[WatchStanding],
    settings: Settings,
    now: datetime,
) -> list[Concern]:
    """What somebody should see to of logs, keys and watches: no folder of a scan is read."""
    found = [
        *_of_heads(found_heads),
        *_of_keys(found_keys),
        *(each for one in watched for each in _of_watch(one, settings, now)),
    ]
    return sorted(found, key=_gravest)


def is_stale(judged_us: int, now: datetime) -> bool:
    """Whether the newest findings are old."""
    return judged_us < micros(now - STALE)


def _gravest(one: Concern) -> int:
    return ("broken", "stale", "due").index(one.level)


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
