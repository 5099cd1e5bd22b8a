"""Where accounts may be named outside the casebook, as far as the casebook knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.subject_rows import table_of
from revenuer.app.desk import open_desk
from revenuer.app.erasing.dockets import DOCKET, erase_from_docket
from revenuer.app.erasing.lists import (
    INTEL,
    KNOWN_INNOCENT,
    erase_from_intel,
    erase_from_list,
)
from revenuer.app.erasing.scans import SCAN, SCAN_STATE, erase_from_scan, erase_from_scan_state
from revenuer.app.erasing.shares import (
    SHARES,
    Alone,
    alone_of,
    erase_from_matching,
    erase_from_shares,
)
from revenuer.app.erasing.watches import WATCH, erase_from_watch
from revenuer.app.sharing.record import open_recorder
from revenuer.app.watch.watching import BOOKS
from revenuer.casework.erasure import Outcome, Whom
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError
from revenuer.store.casebook import holds

KINDS = (SHARES, SCAN, SCAN_STATE, WATCH, INTEL, KNOWN_INNOCENT, DOCKET)
"""In the order in which they are erased: what was shared is told by what scans hold."""
NOT_REACHED = (
    "request logs, accounts and permits tables, and what the gateway records: they are yours",
    "copies of these folders, and backups: what is sealed in them stays unreadable only as long as "
    "the casebook's keys are not restored with them; see docs/records.md",
    "what others made of what was shared with them",
)
"""What an erasure does not touch, and says so."""
_OF_SIGHTINGS = {"scan": SCAN, "watch": SCAN}


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around a casebook.

    Attributes:
        keys: Folder of the keys.
        snapshots: Snapshots of guards.
        share: Folder of sharing.
    """

    keys: Path
    snapshots: tuple[Path, ...] = ()
    share: Path | None = None


def note_place(casebook: Casebook, kind: str, place: Path, *, actor: Actor, now: datetime) -> bool:
    """Note a folder or a file in which accounts may be named.

    Args:
        casebook: Where it is noted.
        kind: One of `KINDS`.
        place: The folder or the file.
        actor: Who says so.
        now: When.

    Returns:
        Whether it is new.

    Raises:
        ConfigError: It is no such kind.
    """
    actor.needs(Right.WORK)
    if kind not in KINDS:
        raise ConfigError(f"No kind of place is called {kind!r}.", f"There are {', '.join(KINDS)}.")
    with casebook.changing(actor, now) as change:
        new = holds.note_place(change.connection, kind, str(place.resolve()), change.now_us)
        if new:
            change.record("place-noted", {"kind": kind, "place": str(place.resolve())})
    return new


def note_state(casebook: Casebook, state: Path, *, actor: Actor, now: datetime) -> bool:
    """Note the `--state` folder of a scan or of a watch, whichever it is; whether it is new."""
    kind = WATCH if (state / BOOKS).exists() else SCAN_STATE
    return note_place(casebook, kind, state, actor=actor, now=now)


def places_around(connection: Connection, around: Around) -> list[tuple[str, Path]]:
    """Kind and place of all that is known, in the order in which they are erased."""
    found = [(kind, Path(place)) for kind, place in holds.places_of(connection)]
    found += [(DOCKET, snapshot.resolve()) for snapshot in around.snapshots]
    if around.share is not None:
        found.append((SHARES, around.share.resolve()))
    sightings = table_of("case_sightings")
    if sightings is not None:
        rows = connection.execute(select(sightings.c.kind, sightings.c.folder).distinct())
        found += [(_OF_SIGHTINGS.get(row.kind, SCAN), Path(row.folder)) for row in rows]
    return sorted(set(found), key=lambda one: (KINDS.index(one[0]), one[1]))


def alone_around(places: Sequence[tuple[str, Path]], account_id: str) -> Alone:
    """What only an account has; once its scans are rewritten, nothing tells it any more."""
    return alone_of([place for kind, place in places if kind == SCAN], account_id)


def erase_around(
    places: Sequence[tuple[str, Path]], around: Around, whom: Whom, alone: Alone, now: datetime
) -> Iterator[Outcome]:
    """Take an account out of one place after the other.

    Args:
        places: From `places_around`.
        around: What lies around the casebook.
        whom: Whom, and whether to do it.
        alone: From `alone_around`, of before any scan was rewritten.
        now: When.
    """
    plain: dict[str, Callable[[Path, Whom], Outcome]] = {
        SCAN: erase_from_scan,
        SCAN_STATE: erase_from_scan_state,
        WATCH: erase_from_watch,
        INTEL: erase_from_intel,
        KNOWN_INNOCENT: erase_from_list,
    }
    for kind, place in places:
        if kind == SHARES:
            yield erase_from_matching(place, whom, alone)
            yield from erase_from_shares(open_recorder(place, around.keys), whom, alone, now)
        elif kind == DOCKET:
            yield erase_from_docket(open_desk(place, around.keys), whom, now)
        else:
            yield plain[kind](place, whom)
