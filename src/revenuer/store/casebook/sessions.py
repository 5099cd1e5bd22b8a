"""Who is signed in to the console: hashes of what their browsers show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    delete,
    insert,
    select,
)
from sqlalchemy import update as update_of

from revenuer.store.casebook.people import Person, people
from revenuer.store.casebook.schema import METADATA

console_sessions = Table(
    "console_sessions",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("means", String(16), nullable=False),
    Column("client", String(128), nullable=False),
    Column("address", String(64), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("previous_sha256", String(64), nullable=False),
    Column("is_taken_up", Integer, nullable=False),
    Column("begun_us", BigInteger, nullable=False),
    Column("seen_us", BigInteger, nullable=False),
    Column("renewed_us", BigInteger, nullable=False),
    Column("renew_us", BigInteger, nullable=False),
    Column("idle_us", BigInteger, nullable=False),
    Column("ends_us", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session.

    Attributes:
        id: Its name, which is no secret.
        person: Who is signed in.
        role: What they were when they were last seen.
        means: How they signed in.
        client: What they signed in with, in words.
        address: Keyed fingerprint of where from.
        secret_sha256: Of the secret that the browser shows.
        previous_sha256: Of the one before it; empty for none.
        is_taken_up: 1 once the browser has shown the newer of the two.
        begun_us: When they signed in, microseconds since the epoch.
        seen_us: When they were last seen, to within half a minute.
        renewed_us: When the secret was made.
        renew_us: How long a secret is used.
        idle_us: How long it lasts unused.
        ends_us: When it ends in any case.
    """

    id: str
    person: str
    role: str
    means: str
    client: str
    address: str
    secret_sha256: str
    previous_sha256: str
    is_taken_up: int
    begun_us: int
    seen_us: int
    renewed_us: int
    renew_us: int
    idle_us: int
    ends_us: int

    def is_over(self, now_us: int) -> bool:
        """Whether it ended by itself."""
        return now_us >= min(self.ends_us, self.seen_us + self.idle_us)


def keep(connection: Connection, row: SessionRow) -> None:
    """Keep a new one."""
    values = {name: getattr(row, name) for name in console_sessions.c.keys()}  # noqa: SIM118
    connection.execute(insert(console_sessions).values(values))


def with_person(connection: Connection, id_: str) -> tuple[SessionRow, Person] | None:
    """The session of a name, and who it is of, as they are now."""
    asked = select(console_sessions, people).join_from(
        console_sessions, people, console_sessions.c.person == people.c.name
    )
    row = connection.execute(asked.where(console_sessions.c.id == id_)).one_or_none()
    width = len(console_sessions.c)
    return None if row is None else (SessionRow(*row[:width]), Person(*row[width:]))


def of_person(connection: Connection, person: str) -> list[SessionRow]:
    """Those of one person, newest first."""
    asked = select(console_sessions).where(console_sessions.c.person == person)
    rows = connection.execute(asked.order_by(console_sessions.c.begun_us.desc()))
    return [SessionRow(*row) for row in rows]


def change(connection: Connection, row: SessionRow, **values: Any) -> bool:
    """Change one that still shows the secret which it showed when it was read; False if not."""
    same = (console_sessions.c.id == row.id) & (
        console_sessions.c.secret_sha256 == row.secret_sha256
    )
    return connection.execute(update_of(console_sessions).where(same).values(values)).rowcount == 1


def take_out(connection: Connection, *ids: str) -> int:
    """Let some be no more; how many there were."""
    return connection.execute(
        delete(console_sessions).where(console_sessions.c.id.in_(ids))
    ).rowcount


def over(connection: Connection, now_us: int) -> list[SessionRow]:
    """Those that ended by themselves."""
    table = console_sessions.c
    ended: ColumnElement[bool] = (table.ends_us <= now_us) | (
        table.seen_us + table.idle_us <= now_us
    )
    return [SessionRow(*row) for row in connection.execute(select(console_sessions).where(ended))]


def listed(connection: Connection) -> list[SessionRow]:
    """All of them."""
    return [SessionRow(*row) for row in connection.execute(select(console_sessions))]
