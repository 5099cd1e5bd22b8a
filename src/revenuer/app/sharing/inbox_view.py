"""What waits in a folder of intelligence, and what of it would be our own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from revenuer.app.casebook.opening import Casebook
from revenuer.app.erasing.lists import INTEL
from revenuer.app.sharing.inbox import Inbox, open_inbox, read_file
from revenuer.app.sharing.steps import LOG
from revenuer.casework.roles import Actor, Right
from revenuer.sharing.echoes import Ours
from revenuer.sharing.terms import Producer
from revenuer.sharing.tlp import Tlp
from revenuer.store.casebook.holds import places_of_kind
from revenuer.store.intel_objects import Kept, State


@dataclass(frozen=True, slots=True)
class Heap:
    """What one peer says of one cluster, in one state.

    Attributes:
        state: What became of it.
        source: The peer.
        name: What it calls itself; empty if it does not say.
        cluster: Its name of the campaign; empty for what is of none.
        objects: How many.
        kinds: Of the values, with how many of each.
        tlp: The strictest label among them.
        until: When the last value ends; None if one has no end.
        warned: Values that a warning list has.
        imported: When the newest came.
    """

    state: State
    source: str
    name: str
    cluster: str
    objects: int
    kinds: dict[str, int]
    tlp: Tlp
    until: datetime | None
    warned: int
    imported: datetime


def summed_up(inbox: Inbox, *, every: bool) -> list[Heap]:
    """What waits, or everything, by peer and cluster; it says nothing of whom it meets."""
    heaps: dict[tuple[State, str, str], list[Kept]] = {}
    for one in inbox.objects.listed(*(() if every else (State.WAITING,))):
        heaps.setdefault((one.state, one.creator, one.cluster), []).append(one)
    names = inbox.objects.names()
    found = []
    for (state, source, cluster), rows in sorted(heaps.items()):
        ends = [one.until for one in rows if one.value]
        found.append(
            Heap(
                state=state,
                source=source,
                name=names.get(source, ""),
                cluster=cluster,
                objects=len(rows),
                kinds=dict(sorted(Counter(one.kind for one in rows if one.kind).items())),
                tlp=max((Tlp(one.tlp) for one in rows), key=list(Tlp).index),
                until=max((end for end in ends if end is not None), default=None),
                warned=sum(bool(one.warnings) for one in rows),
                imported=max(one.imported for one in rows),
            )
        )
    return found


def our_own(
    identities: Sequence[str], secret: bytes | None = None, exported: Sequence[Path] = ()
) -> Ours:
    """What must not come back as a witness.

    Args:
        identities: Of ours, as somebody says.
        secret: The key of our pseudonyms, which has an identity of its own.
        exported: Bundles that we shared: what refers to their objects rests on us.

    Raises:
        SourceError: A bundle cannot be read.
    """
    mine = set(identities)
    if secret is not None:
        mine.add(Producer("", secret).identity_id)
    objects, clusters = set(), set()
    for path in exported:
        read = read_file(path, Ours())
        held = [one for one in read.taken if one.creator in mine]
        objects |= {one.id for one in held}
        clusters |= {one.cluster for one in held if one.cluster}
    return Ours(frozenset(mine), frozenset(clusters), frozenset(objects))


def intel_folders(casebook: Casebook, *, actor: Actor) -> list[Path]:
    """The folders of intelligence that the casebook knows, in the order of their names."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return [Path(place) for place in places_of_kind(connection, INTEL)]


@contextmanager
def looking(folder: Path, keys: Path, database: str) -> Iterator[Inbox | None]:
    """A folder of intelligence as it is; None where nothing was ever imported.

    Args:
        folder: Where.
        keys: Folder of the key that signs its log.
        database: URL of a database elsewhere; empty for the one in the folder.
    """
    if not (folder / LOG).exists():
        yield None
        return
    inbox = open_inbox(folder, keys, database)
    try:
        yield inbox
    finally:
        inbox.state.database.close()


def told_of(inbox: Inbox, target: str) -> list[Kept]:
    """All that was imported of an object, a cluster or a peer, newest import first."""
    found = [one for one in inbox.objects.listed() if target in (one.id, one.cluster, one.creator)]
    return sorted(found, key=lambda one: (one.imported, one.id), reverse=True)
