"""Who works with the casebook, people and services, and as what."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, Integer, String, Table, func, insert, select
from sqlalchemy import update as update_of

from revenuer.store.casebook.schema import METADATA

people = Table(
    "people",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("role", String(16), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("disabled_us", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, or something, that works with the casebook.

    Attributes:
        name: In small letters, as the audit log has it.
        kind: `person` or `service`.
        role: What they are.
        created_us: Since when, microseconds since the epoch.
        disabled_us: Since when no more; 0 if they still are.
        version: Counts their changes.
    """

    name: str
    kind: str
    role: str
    created_us: int
    disabled_us: int = 0
    version: int = 1


def keep(connection: Connection, person: Person) -> None:
    """Keep a new one."""
    values = {name: getattr(person, name) for name in people.c.keys()}  # noqa: SIM118
    connection.execute(insert(people).values(values))


def change(connection: Connection, person: Person) -> None:
    """Change role and whether they still are; counts their version up."""
    connection.execute(
        update_of(people)
        .where(people.c.name == person.name)
        .values(role=person.role, disabled_us=person.disabled_us, version=person.version + 1)
    )


def found(connection: Connection, name: str) -> Person | None:
    """The one of a name."""
    row = connection.execute(select(people).where(people.c.name == name)).one_or_none()
    return None if row is None else Person(*row)


def listed(connection: Connection) -> list[Person]:
    """All, in the order of their names."""
    return [Person(*row) for row in connection.execute(select(people).order_by(people.c.name))]


def count(connection: Connection) -> int:
    """How many there are, those included who are no more."""
    return connection.execute(select(func.count()).select_from(people)).scalar_one()
