"""Objects added to a collection and deleted from it, version by version.

What a partner sends changes nothing that is there: an object of the same id and version stays as
it is. Only who added an object, or speaks for who made it, adds a version of it. A revocation is
for good (STIX 2.1, section 3.6): nothing newer follows it, and deleting cannot undo it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select, update

from revenuer.store.taxii_collections import reserve
from revenuer.store.taxii_pages import Which
from revenuer.store.taxii_tables import objects
from revenuer.store.taxii_versions import Version, buried, bury, put_in, versions_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that a partner wants added.

    Attributes:
        id: Its STIX id.
        type: Its STIX type.
        version: Its time of change as it says it; empty where it has none.
        version_us: The same, microseconds since the epoch; None where it has none.
        revoked: Whether this version revokes it.
        maker: The identity that it says made it; empty for none.
        markings: The markings that it names, of it or of parts of it.
        body: All of it, as JSON.
    """

    id: str
    type: str
    version: str
    version_us: int | None
    revoked: bool
    maker: str
    markings: tuple[str, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a candidate.

    Attributes:
        version: Under which it is kept.
        problem: Why it is not; empty if it is.
        is_new: Whether it was added just now.
    """

    version: str
    problem: str = ""
    is_new: bool = False


def add_objects(
    connection: Connection,
    collection_id: str,
    candidates: Sequence[Candidate],
    *,
    partner: str,
    speakers: Mapping[str, frozenset[str]],
    now_us: int,
    shown: Any,
) -> list[Outcome]:
    """Add objects; the outcome of each, in their order.

    Args:
        connection: A transaction that nobody writes beside.
        collection_id: Where.
        candidates: What.
        partner: Who.
        speakers: Which partners speak for which STIX identity.
        now_us: When, microseconds since the epoch.
        shown: Writes a time as versions are written.
    """
    ids = sorted({one.id for one in candidates})
    there = versions_of(connection, collection_id, ids)
    dead = buried(connection, collection_id, ids)
    at = first = reserve(connection, collection_id, now_us, len(candidates))
    rows: list[dict[str, Any]] = []
    outcomes = []
    for one in candidates:
        versions = there.setdefault(one.id, [])
        told = _judged(one, versions, dead.get(one.id), partner, speakers)
        if told is None:
            version = one.version or shown(at)
            version_us = at if one.version_us is None else one.version_us
            versions.append(Version(at, version, version_us, one.revoked, partner, one.body))
            rows.append(_row(collection_id, one, versions[-1]))
            told = Outcome(version, is_new=True)
            at += 1
        outcomes.append(told)
    if rows:
        _mark(connection, collection_id, rows, there, first)
        put_in(connection, rows)
    return outcomes


def delete_object(
    connection: Connection, collection_id: str, id_: str, versions: Sequence[Which]
) -> int:
    """Delete versions of an object, and remember it if it was revoked.

    Returns:
        How many there were of these.

    Raises:
        ValueError: It would leave an older version of a revoked object, as if it had not been.
    """
    kept = versions_of(connection, collection_id, [id_])[id_]
    if not kept:
        return 0
    newest = max(kept, key=lambda one: one.version_us)
    oldest = min(kept, key=lambda one: one.version_us)
    gone = [
        one
        for one in kept
        if "all" in versions
        or one.version_us in versions
        or ("last" in versions and one is newest)
        or ("first" in versions and one is oldest)
    ]
    left = [one for one in kept if one not in gone]
    if newest.revoked and newest in gone:
        if left:
            raise ValueError("it would leave an older version of an object that was revoked")
        bury(connection, collection_id, id_, newest.version_us)
    where = (objects.c.collection_id == collection_id, objects.c.id == id_)
    for one in gone:
        connection.execute(delete(objects).where(*where, objects.c.added_us == one.added_us))
    _mark(connection, collection_id, [{"id": id_}], {id_: left}, 0)
    return len(gone)


def owners(connection: Connection, collection_id: str, id_: str) -> frozenset[str]:
    """Who added the versions of an object that are there."""
    asked = select(objects.c.partner).where(
        objects.c.collection_id == collection_id, objects.c.id == id_
    )
    return frozenset(connection.execute(asked).scalars())


def _judged(
    one: Candidate,
    versions: Sequence[Version],
    dead_us: int | None,
    partner: str,
    speakers: Mapping[str, frozenset[str]],
) -> Outcome | None:
    """What becomes of a candidate; None if it is to be added."""
    own = speakers.get(one.maker, frozenset()) if one.maker else frozenset()
    for kept in versions:
        if one.version_us is None or one.version_us == kept.version_us:
            if kept.body == one.body:
                return Outcome(kept.version)
            return Outcome(kept.version, "another object of this id and version is there")
    problem = ""
    revoked_us = [kept.version_us for kept in versions if kept.revoked]
    if own and partner not in own:
        problem = "it says that it is made by an identity that another partner speaks for"
    elif versions and partner not in own and versions[0].partner != partner:
        problem = "only who added an object, or speaks for who made it, adds versions of it"
    elif dead_us is not None and not (one.revoked and one.version_us == dead_us):
        problem = "it was revoked, and then deleted"
    elif revoked_us and one.version_us is not None and one.version_us > min(revoked_us):
        problem = "it was revoked: nothing follows that"
    return Outcome(one.version, problem) if problem else None


def _mark(
    connection: Connection,
    collection_id: str,
    rows: Sequence[dict[str, Any]],
    there: Mapping[str, Sequence[Version]],
    new_from: int,
) -> None:
    """Say anew which version of each object is the first and which the last.

    Args:
        connection: A transaction.
        collection_id: Where.
        rows: New rows, which get their marks, or the id alone.
        there: All versions of each object, the new ones too.
        new_from: Versions added from then on are not in the database yet.
    """
    for id_ in {row["id"] for row in rows}:
        versions = sorted(there[id_], key=lambda one: one.version_us)
        old = [one for one in versions if not new_from or one.added_us < new_from]
        if not old:
            continue
        where = (objects.c.collection_id == collection_id, objects.c.id == id_)
        connection.execute(update(objects).where(*where).values(is_first=False, is_last=False))
        for one, mark in ((versions[0], "is_first"), (versions[-1], "is_last")) if versions else ():
            if one in old:
                there_now = objects.c.added_us == one.added_us
                connection.execute(update(objects).where(*where, there_now).values({mark: True}))
    ends = {id_: _ends(there[id_]) for id_ in {row["id"] for row in rows} if there[id_]}
    for row in rows:
        if "added_us" in row:
            first, last = ends[row["id"]]
            row |= {"is_first": row["added_us"] == first, "is_last": row["added_us"] == last}


def _ends(versions: Sequence[Version]) -> tuple[int, int]:
    oldest = min(versions, key=lambda one: one.version_us)
    newest = max(versions, key=lambda one: one.version_us)
    return oldest.added_us, newest.added_us


def _row(collection_id: str, one: Candidate, kept: Version) -> dict[str, Any]:
    return {
        "collection_id": collection_id,
        "added_us": kept.added_us,
        "id": one.id,
        "type": one.type,
        "version": kept.version,
        "version_us": kept.version_us,
        "revoked": one.revoked,
        "partner": kept.partner,
        "size": len(one.body),
        "body": one.body.decode(),
    }
