"""Collections, who may use them, and what became of posts, as they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from revenuer.store.taxii_tables import access, collections, statuses

EVERYBODY = "*"
"""In a list of access: any partner that was let in."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a partner may do in a collection."""

    can_read: bool = False
    can_write: bool = False

    def __or__(self, other: Access) -> Access:
        return Access(self.can_read or other.can_read, self.can_write or other.can_write)


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection of objects.

    Attributes:
        id: A UUID.
        root: The API root under which it is found.
        alias: Another name in its URL; None for none.
        title: For people.
        description: For people; may be empty.
        up_to: The strictest TLP label that is taken in.
        created_us: Microseconds since the epoch.
        access: By partner.
    """

    id: str
    root: str
    alias: str | None
    title: str
    description: str
    up_to: str
    created_us: int
    access: Mapping[str, Access] = field(default_factory=dict)

    def open_to(self, partner: str) -> Access:
        """What a partner may do in it."""
        return self.access.get(partner, Access()) | self.access.get(EVERYBODY, Access())


def add(connection: Connection, collection: Collection) -> None:
    """Keep a new collection, and who may use it."""
    names = ("id", "root", "alias", "title", "description", "up_to", "created_us")
    values = {name: getattr(collection, name) for name in names}
    connection.execute(insert(collections).values(**values, last_us=0))
    for partner, given in collection.access.items():
        allow(connection, collection.id, partner, given)


def allow(connection: Connection, collection_id: str, partner: str, given: Access) -> None:
    """Say what a partner may do from now on; nothing at all takes it off the list."""
    where = (access.c.collection_id == collection_id, access.c.partner == partner)
    connection.execute(delete(access).where(*where))
    if given.can_read or given.can_write:
        connection.execute(
            insert(access).values(
                collection_id=collection_id,
                partner=partner,
                can_read=given.can_read,
                can_write=given.can_write,
            )
        )


def listed(connection: Connection, root: str | None = None) -> list[Collection]:
    """The collections of an API root, or all; oldest first."""
    asked = select(collections).order_by(collections.c.created_us, collections.c.id)
    if root is not None:
        asked = asked.where(collections.c.root == root)
    return _with_access(connection, connection.execute(asked).all())


def named(connection: Connection, name: str, root: str | None = None) -> Collection | None:
    """The collection of an id or an alias, under an API root."""
    asked = select(collections).where(or_(collections.c.id == name, collections.c.alias == name))
    if root is not None:
        asked = asked.where(collections.c.root == root)
    found = _with_access(connection, connection.execute(asked).all())
    return found[0] if len(found) == 1 else None


def reserve(connection: Connection, collection_id: str, now_us: int, count: int) -> int:
    """The first of `count` times that follow one another by a microsecond, all of them new."""
    last = connection.execute(
        select(collections.c.last_us).where(collections.c.id == collection_id)
    ).scalar_one()
    first = max(now_us, int(last) + 1)
    if count:
        connection.execute(
            update(collections)
            .where(collections.c.id == collection_id)
            .values(last_us=first + count - 1)
        )
    return first


def keep_status(
    connection: Connection, id_: str, root: str, partner: str, now_us: int, body: bytes
) -> None:
    """Keep what became of a post."""
    connection.execute(
        insert(statuses).values(id=id_, root=root, partner=partner, created_us=now_us, body=body)
    )


def status(connection: Connection, id_: str, root: str, partner: str) -> bytes | None:
    """What became of a post of this partner."""
    asked = select(statuses.c.body).where(
        statuses.c.id == id_, statuses.c.root == root, statuses.c.partner == partner
    )
    return connection.execute(asked).scalar()


def forget_statuses(connection: Connection, before_us: int) -> None:
    """Forget what became of posts that are older than that."""
    connection.execute(delete(statuses).where(statuses.c.created_us < before_us))


def _with_access(connection: Connection, rows: Sequence[Any]) -> list[Collection]:
    if not rows:
        return []
    lists: dict[str, dict[str, Access]] = {row.id: {} for row in rows}
    asked = select(access).where(access.c.collection_id.in_(lists))
    for one in connection.execute(asked):
        lists[one.collection_id][one.partner] = Access(one.can_read, one.can_write)
    return [
        Collection(
            row.id,
            row.root,
            row.alias,
            row.title,
            row.description,
            row.up_to,
            row.created_us,
            lists[row.id],
        )
        for row in rows
    ]
