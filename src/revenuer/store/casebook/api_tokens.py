"""What people and services show to the HTTP API, as it is kept: hashes of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, String, Table, insert, select
from sqlalchemy import update as update_of

from revenuer.store.casebook.people import Person, people
from revenuer.store.casebook.schema import METADATA

api_tokens = Table(
    "api_tokens",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("secret_sha256", String(64), nullable=False),
    Column("scopes", String(512), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One thing that lets somebody in.

    Attributes:
        id: Its name, which is no secret.
        person: Whom it lets in, a person or a service.
        secret_sha256: Of the secret.
        scopes: Rights that it is for, in the order of the alphabet; empty for all of the role's.
        made_by: Who made it.
        created_us: Microseconds since the epoch.
        expires_us: When it ends, likewise.
        revoked_us: When it was taken back; 0 if it was not.
    """

    id: str
    person: str
    secret_sha256: str
    scopes: tuple[str, ...]
    made_by: str
    created_us: int
    expires_us: int
    revoked_us: int = 0


def keep(connection: Connection, token: ApiToken) -> None:
    """Keep a new one."""
    values = {name: getattr(token, name) for name in api_tokens.c.keys()}  # noqa: SIM118
    connection.execute(insert(api_tokens).values({**values, "scopes": " ".join(token.scopes)}))


def found(connection: Connection, id_: str) -> ApiToken | None:
    """The token of a name."""
    row = connection.execute(select(api_tokens).where(api_tokens.c.id == id_)).one_or_none()
    return None if row is None else _token(row)


def with_person(connection: Connection, id_: str) -> tuple[ApiToken, Person] | None:
    """The token of a name, and who it lets in, as they are now."""
    asked = select(api_tokens, people).join_from(
        api_tokens, people, api_tokens.c.person == people.c.name
    )
    row = connection.execute(asked.where(api_tokens.c.id == id_)).one_or_none()
    width = len(api_tokens.c)
    return None if row is None else (_token(row[:width]), Person(*row[width:]))


def listed(connection: Connection, person: str | None = None) -> list[ApiToken]:
    """All of them, or those of one person, oldest first."""
    asked = select(api_tokens).order_by(api_tokens.c.created_us, api_tokens.c.id)
    if person is not None:
        asked = asked.where(api_tokens.c.person == person)
    return [_token(row) for row in connection.execute(asked)]


def take_back(connection: Connection, id_: str, now_us: int) -> None:
    """Let one let nobody in any more."""
    connection.execute(
        update_of(api_tokens).where(api_tokens.c.id == id_).values(revoked_us=now_us)
    )


def _token(row: Any) -> ApiToken:
    id_, person, secret, scopes, *rest = row
    return ApiToken(id_, person, secret, tuple(scopes.split()), *rest)
