"""Pages of a collection's objects: what a filter picks, in the order in which it was added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, or_, select

from revenuer.store.taxii_tables import objects

Which = Literal["all", "first", "last"] | int
"""Versions of an object: all, its first, its last, or that of a time (microseconds)."""
SPEC_VERSION = "2.1"
"""All that is kept is STIX of this version."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a collection is asked for.

    Attributes:
        after_us: Only what was added later; microseconds since the epoch.
        ids: Only these objects; empty for any.
        types: Only of these types; empty for any.
        versions: Only these versions of each object.
        spec_versions: Only objects of these versions of STIX; empty for the newest.
        most: Objects of a page at most.
    """

    after_us: int = 0
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[Which, ...] = ("last",)
    spec_versions: tuple[str, ...] = ()
    most: int = 100

    def of(self, id_: str) -> Filter:
        """The same of one object."""
        return replace(self, ids=(id_,))


@dataclass(frozen=True, slots=True)
class Line:
    """What is told of an object without showing it."""

    id: str
    version: str
    added_us: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some objects of a collection.

    Attributes:
        lines: In the order in which they were added.
        bodies: The objects themselves, as JSON; empty where they were not asked for.
        more: Whether more of them follow.
    """

    lines: tuple[Line, ...]
    bodies: tuple[bytes, ...]
    more: bool


def page(
    connection: Connection, collection_id: str, wanted: Filter, *, most_bytes: int, bodies: bool
) -> Page:
    """The first objects that a filter picks.

    Args:
        connection: To the database.
        collection_id: Of the collection.
        wanted: Which objects.
        most_bytes: Bytes of a page; one object is always on it.
        bodies: Whether the objects themselves are wanted.
    """
    if wanted.spec_versions and SPEC_VERSION not in wanted.spec_versions:
        return Page((), (), False)
    where = _where(collection_id, wanted)
    columns = (objects.c.id, objects.c.version, objects.c.added_us, objects.c.size)
    asked = select(*columns).where(*where).order_by(objects.c.added_us).limit(wanted.most + 1)
    rows = connection.execute(asked).all()
    kept = rows[: _fitting(rows, wanted.most, most_bytes if bodies else None)]
    lines = tuple(Line(row.id, row.version, row.added_us) for row in kept)
    if not bodies or not kept:
        return Page(lines, (), len(kept) < len(rows))
    shown = (
        select(objects.c.body)
        .where(*where, objects.c.added_us <= kept[-1].added_us)
        .order_by(objects.c.added_us)
    )
    found = tuple(body.encode() for body in connection.execute(shown).scalars())
    return Page(lines, found, len(kept) < len(rows))


def is_there(connection: Connection, collection_id: str, id_: str) -> bool:
    """Whether a collection has any version of an object."""
    asked = select(objects.c.added_us).where(
        objects.c.collection_id == collection_id, objects.c.id == id_
    )
    return connection.execute(asked.limit(1)).first() is not None


def picked(versions: Sequence[Which]) -> ColumnElement[bool] | None:
    """The condition that rows have one of these versions; None for all."""
    if "all" in versions:
        return None
    ways: list[ColumnElement[bool]] = []
    for which in versions:
        if which == "first":
            ways.append(objects.c.is_first.is_(True))
        elif which == "last":
            ways.append(objects.c.is_last.is_(True))
        else:
            ways.append(objects.c.version_us == which)
    return or_(*ways)


def _where(collection_id: str, wanted: Filter) -> list[Any]:
    where: list[Any] = [objects.c.collection_id == collection_id]
    if wanted.after_us:
        where.append(objects.c.added_us > wanted.after_us)
    if wanted.ids:
        where.append(objects.c.id.in_(wanted.ids))
    if wanted.types:
        where.append(objects.c.type.in_(wanted.types))
    if (versions := picked(wanted.versions)) is not None:
        where.append(versions)
    return where


def _fitting(rows: Sequence[Any], most: int, most_bytes: int | None) -> int:
    """How many of the first rows go on a page."""
    if most_bytes is None:
        return min(len(rows), most)
    total = 0
    for place, row in enumerate(rows[:most]):
        total += row.size
        if total > most_bytes:
            return max(place, 1)
    return min(len(rows), most)
