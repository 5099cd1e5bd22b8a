"""Requests that were carried out under a key, and what was answered.

A row is *begun* by whoever comes first, *committed* in the transaction of the change itself, and
*answered* afterwards. Wherever a server dies, the next request knows which of the three it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
)
from sqlalchemy import update as update_of

from revenuer.store.casebook.schema import METADATA

repeated_requests = Table(
    "repeated_requests",
    METADATA,
    Column("token", String(32), primary_key=True),
    Column("key_sha256", String(64), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("holder", String(32), nullable=False),
    Column("begun_us", BigInteger, nullable=False, index=True),
    Column("committed_us", BigInteger, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A request under a key.

    Attributes:
        token: Whose.
        key_sha256: Of the key.
        request_sha256: Of the request.
        holder: Who carries it out; drawn anew by each that tries.
        begun_us: When that began, microseconds since the epoch.
        committed_us: When something was changed for it, likewise; 0 for not yet.
        status: Of the answer; 0 while there is none.
        answer: As it was sealed.
    """

    token: str
    key_sha256: str
    request_sha256: str
    holder: str
    begun_us: int
    committed_us: int = 0
    status: int = 0
    answer: bytes = b""


def found(connection: Connection, token: str, key_sha256: str) -> Repeated | None:
    """The request of a token under a key."""
    row = connection.execute(select(repeated_requests).where(_named(token, key_sha256)))
    one = row.one_or_none()
    return None if one is None else Repeated(*one)


def begin(connection: Connection, request: Repeated) -> None:
    """Say that a request is being carried out; what an earlier one left under its key goes."""
    connection.execute(delete(repeated_requests).where(_named(request.token, request.key_sha256)))
    values = {name: getattr(request, name) for name in repeated_requests.c.keys()}  # noqa: SIM118
    connection.execute(insert(repeated_requests).values(values))


def commit(connection: Connection, request: Repeated, now_us: int) -> bool:
    """Say, in the transaction that does it, that something was changed.

    Returns:
        False where another has taken the request over: then nothing may be changed.
    """
    told = connection.execute(
        update_of(repeated_requests).where(_held(request)).values(committed_us=now_us)
    )
    return told.rowcount == 1


def answered(connection: Connection, request: Repeated, status: int, answer: bytes) -> None:
    """Keep the answer."""
    connection.execute(
        update_of(repeated_requests).where(_held(request)).values(status=status, answer=answer)
    )


def give_up(connection: Connection, request: Repeated) -> None:
    """Forget a request that changed nothing."""
    connection.execute(delete(repeated_requests).where(_held(request)))


def forget(connection: Connection, before_us: int) -> None:
    """Forget what began before a time."""
    connection.execute(delete(repeated_requests).where(repeated_requests.c.begun_us < before_us))


def _named(token: str, key_sha256: str) -> ColumnElement[bool]:
    return (repeated_requests.c.token == token) & (repeated_requests.c.key_sha256 == key_sha256)


def _held(request: Repeated) -> ColumnElement[bool]:
    """The row of a request, unless another has taken it over."""
    named = _named(request.token, request.key_sha256)
    return named & (repeated_requests.c.holder == request.holder)
