"""Searches that people saved: a name, and the query that a table is shown with."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
)

from revenuer.store.casebook.schema import METADATA

saved_searches = Table(
    "saved_searches",
    METADATA,
    Column("search_id", String(64), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("is_shared", Boolean, nullable=False),
    Column("name", String(64), nullable=False),
    Column("query", Text, nullable=False),
    Column("saved_us", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that somebody saved.

    Attributes:
        search_id: Its name for programs.
        person: Who saved it.
        is_shared: Whether everybody sees it.
        name: What they call it.
        query: As it stands in a URL, without the question mark.
        saved_us: When, microseconds since the epoch.
    """

    search_id: str
    person: str
    is_shared: bool
    name: str
    query: str
    saved_us: int


def keep(connection: Connection, search: SavedSearch) -> None:
    """Keep one; what the same person called the same is replaced."""
    mine = saved_searches.c.person == search.person
    connection.execute(delete(saved_searches).where(mine, saved_searches.c.name == search.name))
    connection.execute(insert(saved_searches).values(asdict(search)))


def found(connection: Connection, search_id: str) -> SavedSearch | None:
    """The one of an id."""
    asked = select(saved_searches).where(saved_searches.c.search_id == search_id)
    row = connection.execute(asked).one_or_none()
    return None if row is None else SavedSearch(*row)


def forget(connection: Connection, search_id: str) -> None:
    """Keep one no more."""
    connection.execute(delete(saved_searches).where(saved_searches.c.search_id == search_id))


def count_of(connection: Connection, person: str) -> int:
    """How many somebody has saved."""
    mine = select(func.count()).select_from(saved_searches).filter_by(person=person)
    return connection.execute(mine).scalar_one()


def seen_by(connection: Connection, person: str) -> list[SavedSearch]:
    """Somebody's own and those that are everybody's, by name."""
    theirs = or_(saved_searches.c.person == person, saved_searches.c.is_shared)
    rows = connection.execute(select(saved_searches).where(theirs))
    return sorted((SavedSearch(*row) for row in rows), key=lambda one: (one.name, one.search_id))
