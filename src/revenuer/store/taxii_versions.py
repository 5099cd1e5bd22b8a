"""Versions of objects as rows: read, put in, and remembered once they are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    String,
    any_,
    cast,
    delete,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from revenuer.store.taxii_tables import gravestones, objects

_AT_ONCE = 500
"""Ids in one question: SQLite takes only so many."""


@dataclass(slots=True)
class Version:
    """A version that is there, or will be."""

    added_us: int
    version: str
    version_us: int
    revoked: bool
    partner: str
    body: bytes


def versions_of(
    connection: Connection, collection_id: str, ids: Sequence[str]
) -> dict[str, list[Version]]:
    """The versions of objects that are there, in the order in which they were added."""
    found: dict[str, list[Version]] = {id_: [] for id_ in ids}
    names = ("added_us", "version", "version_us", "revoked", "partner", "body")
    columns = [objects.c[name] for name in names]
    for among in _among(connection, objects.c.id, ids):
        asked = select(objects.c.id, *columns).where(
            objects.c.collection_id == collection_id, among
        )
        for row in connection.execute(asked.order_by(objects.c.added_us)):
            values = {name: getattr(row, name) for name in names}
            found[row.id].append(Version(**values | {"body": row.body.encode()}))
    return found


def put_in(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Put new rows in, many at once."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(objects), rows)
        return
    # Its driver would send them one by one: all go at once as one piece of JSON.
    names = ", ".join(objects.c.keys())
    shape = ", ".join(f"{each.name} {each.type.compile(connection.dialect)}" for each in objects.c)
    said = f"SELECT {names} FROM json_to_recordset(CAST(:rows AS json)) AS given({shape})"
    statement = text(f"INSERT INTO {objects.name} ({names}) {said}")
    connection.execute(statement, {"rows": msgspec.json.encode(rows).decode()})


def buried(connection: Connection, collection_id: str, ids: Sequence[str]) -> dict[str, int]:
    """Which of these objects were revoked and deleted, and which version revoked them."""
    found: dict[str, int] = {}
    for among in _among(connection, gravestones.c.id, ids):
        asked = select(gravestones.c.id, gravestones.c.version_us).where(
            gravestones.c.collection_id == collection_id, among
        )
        found.update((row.id, row.version_us) for row in connection.execute(asked))
    return found


def bury(connection: Connection, collection_id: str, id_: str, version_us: int) -> None:
    """Remember that an object was revoked, when it is deleted."""
    where = (gravestones.c.collection_id == collection_id, gravestones.c.id == id_)
    connection.execute(delete(gravestones).where(*where))
    connection.execute(
        insert(gravestones).values(collection_id=collection_id, id=id_, version_us=version_us)
    )


def _among(
    connection: Connection, column: Column[str], ids: Sequence[str]
) -> Iterable[ColumnElement[bool]]:
    """Conditions that together say that a column has one of these values."""
    if connection.dialect.name != "sqlite":
        return [column == any_(cast(list(ids), ARRAY(String)))]
    pieces = (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
    return [column.in_(some) for some in pieces]
