"""What peers sent: imported into a quarantine, looked at by a person, accepted or rejected.

| in the folder of intelligence | holds |
|---|---|
| `intel.sqlite`, or `share.database` | every version of every object, and what was decided |
| `indicators.parquet` | what is accepted, in the form in which `scan --intel` reads it |
| `sources.parquet` | what peers call themselves |
| `peer_matches.parquet` | what private matching found |
| `audit.jsonl` | what was imported and decided, by whom and why; chained and signed |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
import rfc8785

from revenuer.app.sharing.intel import CLEAR, NAMES, SOURCES
from revenuer.app.sharing.state import ShareState, open_state
from revenuer.disk import put
from revenuer.errors import NotFoundError, SourceError
from revenuer.features.peer_matches import INDICATORS
from revenuer.sharing.bounded import TooLargeError, Unpacking, UnreadableError
from revenuer.sharing.echoes import Ours
from revenuer.sharing.intake import MOST_BYTES, Read, Refused, Taken, read_bundle
from revenuer.store.database import sqlite_url
from revenuer.store.intel_objects import IntelObjects, Kept, State

WHYS_LOGGED = 20
"""Reasons that an entry of the audit log tells, the commonest first."""

Warns = Callable[[str, str], tuple[str, ...]]
"""From kind and value to the names of the warning lists that have it."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """A folder of intelligence, opened.

    Attributes:
        state: Its database and its audit log.
        objects: What peers sent.
    """

    state: ShareState
    objects: IntelObjects


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    Attributes:
        files: How many were read.
        waiting: New versions that wait for a decision.
        revoked: New versions by which their makers took something back.
        known: Versions that were there already, or are older than what was.
        refused: What was not taken, and why.
        warned: Waiting values that a warning list has.
    """

    files: int
    waiting: int
    revoked: int
    known: int
    refused: tuple[Refused, ...]
    warned: int


def open_inbox(folder: Path, keys: Path, database: str = "") -> Inbox:
    """Open a folder of intelligence; what is missing is made.

    Args:
        folder: Where.
        keys: Folder of the key that signs the audit log.
        database: URL of a database elsewhere; empty for the one in the folder.

    Raises:
        ConfigError: A key or the URL cannot be used.
    """
    state = open_state(folder, keys, database or sqlite_url(folder / "intel.sqlite"))
    return Inbox(state, IntelObjects(state.database))


def import_files(inbox: Inbox, place: Path, *, ours: Ours, warns: Warns, now: datetime) -> Imported:
    """Take in a bundle, or all of a folder, for a person to look at. Nothing counts yet.

    Args:
        inbox: Where to.
        place: A bundle, plain or `.gz`, or a folder of them.
        ours: What is no witness.
        warns: Looks a value up in warning lists.
        now: When.

    Raises:
        SourceError: A file is not what it should be; nothing of any file is taken.
    """
    read = [(path.name, read_file(path, ours)) for path in _files(place)]
    known: dict[str, str] = {}
    kept: list[Kept] = []
    for origin, each in read:
        # Oldest versions first: a newer one takes their place.
        ordered = sorted(each.taken, key=lambda one: one.modified)
        kept += [_kept(one, origin, warns, now) for one in ordered]
        known = {**each.names, **known}
    found: list[Imported] = []

    def told(new: Sequence[Kept], conflicts: Sequence[tuple[Kept, str]]) -> None:
        # Within the transaction: what cannot be written down is not taken in.
        found.append(_imported(read, kept, new, conflicts))
        inbox.state.record([("imported", _told(found[0], new, read))], now)

    inbox.objects.take(kept, known, told)
    _publish(inbox)
    return found[0]


def _imported(
    read: Sequence[tuple[str, Read]],
    kept: Sequence[Kept],
    new: Sequence[Kept],
    conflicts: Sequence[tuple[Kept, str]],
) -> Imported:
    refused = [one for _, each in read for one in each.refused]
    refused += [Refused(one.id, one.type, why) for one, why in conflicts]
    revoked = sum(one.revoked for one in new)
    return Imported(
        files=len(read),
        waiting=len(new) - revoked,
        revoked=revoked,
        known=len(kept) - len(new) - len(conflicts),
        refused=tuple(refused),
        warned=sum(bool(one.warnings) for one in new),
    )


def _told(
    done: Imported, new: Sequence[Kept], read: Sequence[tuple[str, Read]]
) -> dict[str, object]:
    """What the audit log says of an import: ids and reasons, and no value."""
    whys = Counter(one.why for one in done.refused)
    return {
        "files": [name for name, _ in read],
        "objects": [one.id for one in new],
        "from": sorted({one.creator for one in new}),
        "revoked": done.revoked,
        "known": done.known,
        "refused": len(done.refused),
        "why": dict(whys.most_common(WHYS_LOGGED)),
    }


def _files(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        yield place
        return
    inside = place.resolve()
    for path in sorted(place.iterdir()):
        readable = path.name.endswith((".json", ".json.gz")) and path.name != "place.json"
        # A link may lead anywhere.
        if readable and path.is_file() and path.resolve().parent == inside:
            yield path


def read_file(path: Path, ours: Ours) -> Read:
    """Read one bundle, plain or `.gz`, as a stranger's.

    Raises:
        SourceError: It cannot be read, or is forged; nothing of it is taken.
    """
    hint = "Nothing of it was taken in."
    unpacking = Unpacking("gzip" if path.suffix == ".gz" else "", MOST_BYTES)
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 16):
                unpacking.take(piece)
        return read_bundle(unpacking.whole(), ours)
    except TooLargeError:
        raise SourceError(f"{path} has more than {MOST_BYTES} bytes.", hint) from None
    except UnreadableError as problem:
        raise SourceError(f"{path} {problem}.", hint) from None
    except OSError as problem:
        raise SourceError(f"{path} cannot be read: {problem.strerror}.", hint) from None


def _kept(one: Taken, origin: str, warns: Warns, now: datetime) -> Kept:
    return Kept(
        id=one.id,
        modified=one.modified,
        type=one.type,
        creator=one.creator,
        tlp=one.tlp.value,
        cluster=one.cluster,
        kind=one.kind,
        value=one.value,
        since=one.since,
        until=one.until,
        revoked=one.revoked,
        warnings=warns(one.kind, one.value) if one.value else (),
        origin=origin,
        imported=now,
        body=rfc8785.dumps(dict(one.body)),
    )


def decide(
    inbox: Inbox,
    target: str,
    *,
    accept: bool,
    by: str,
    why: str,
    now: datetime,
    despite: bool = False,
) -> tuple[Kept, ...]:
    """Accept or reject what waits of an object, a cluster or a peer.

    Args:
        inbox: Where.
        target: Id of an object, a cluster or an identity.
        accept: Or reject, which what was accepted can be too.
        by: Who decides.
        why: Why.
        now: When.
        despite: Accept values too that a warning list has.

    Raises:
        NotFoundError: Nothing of it waits.
    """
    state = State.ACCEPTED if accept else State.REJECTED
    done = inbox.objects.decide(target, state, at=now, by=by, why=why, despite=despite)
    if not done:
        hint = "`revenuer share inbox` shows what does; values on a warning list want --despite."
        raise NotFoundError(f"Nothing of {target!r} waits for that decision.", hint)
    told = {"target": target, "by": by, "why": why, "objects": [one.id for one in done]}
    inbox.state.record([(state.value, told)], now)
    _publish(inbox)
    return done


def _publish(inbox: Inbox) -> None:
    """Write what is accepted for scans to read."""
    accepted = inbox.objects.listed(State.ACCEPTED)
    rows = [
        (one.kind, one.value, one.cluster, one.creator, one.since, one.until)
        for one in accepted
        if one.type == "indicator"
    ]
    frame = pl.DataFrame(rows, schema=INDICATORS.to_polars(), orient="row")
    known = inbox.objects.names().items()
    names = pl.DataFrame(list(known), schema=NAMES, orient="row")
    put(inbox.state.folder / CLEAR, _parquet(frame))
    put(inbox.state.folder / SOURCES, _parquet(names))


def _parquet(frame: pl.DataFrame) -> bytes:
    from io import BytesIO

    data = BytesIO()
    frame.write_parquet(data)
    return data.getvalue()
