"""What is between wanting to sign in and being signed in: invitations, steps begun, and waits."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
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

invitations = Table(
    "invitations",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=False),
)
sign_in_begun = Table(
    "sign_in_begun",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("owner", String(96), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_us", BigInteger, nullable=False, index=True),
)
sign_in_waits = Table(
    "sign_in_waits",
    METADATA,
    Column("who", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_us", BigInteger, nullable=False, index=True),
    Column("until_us", BigInteger, nullable=False),
)
ALL = (invitations, sign_in_begun, sign_in_waits)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link with which somebody chooses what they sign in with.

    Attributes:
        id: Its name, which is no secret.
        person: Whom it is for; empty for the first admin of a casebook.
        kind: `invite`, `reset` or `first`.
        secret_sha256: Of the secret.
        made_by: Who made it.
        created_us: Microseconds since the epoch.
        expires_us: When it ends.
        used_us: When it was taken up; 0 if it was not.
    """

    id: str
    person: str
    kind: str
    secret_sha256: str
    made_by: str
    created_us: int
    expires_us: int
    used_us: int = 0


@dataclass(frozen=True, slots=True)
class Begun:
    """A step that somebody has begun and must end in the same browser.

    Attributes:
        id: Its name.
        kind: Of what.
        secret_sha256: Of what the browser shows.
        owner: Whose key the rest is sealed with.
        sealed: What was asked.
        expires_us: Until when it can be ended.
    """

    id: str
    kind: str
    secret_sha256: str
    owner: str
    sealed: bytes
    expires_us: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Failures of a name or from an address.

    Attributes:
        who: Keyed fingerprint of it.
        failures: In a row.
        last_us: When the last was, microseconds since the epoch.
        until_us: Before when nothing is tried again.
    """

    who: str
    failures: int
    last_us: int
    until_us: int


def keep_invitation(connection: Connection, row: Invitation) -> None:
    """Keep a new one; those of the same person that were not used are void."""
    connection.execute(delete(invitations).where(invitations.c.person == row.person))
    values = {name: getattr(row, name) for name in invitations.c.keys()}  # noqa: SIM118
    connection.execute(insert(invitations).values(values))


def invitation_of(connection: Connection, id_: str) -> Invitation | None:
    """The invitation of a name."""
    row = connection.execute(select(invitations).where(invitations.c.id == id_)).one_or_none()
    return None if row is None else Invitation(*row)


def open_invitations(connection: Connection, now_us: int) -> list[Invitation]:
    """Those that can still be taken up."""
    still = (invitations.c.used_us == 0) & (invitations.c.expires_us > now_us)
    asked = select(invitations).where(still).order_by(invitations.c.created_us)
    return [Invitation(*row) for row in connection.execute(asked)]


def use_invitation(connection: Connection, id_: str, now_us: int) -> bool:
    """Use one up; False where another did before."""
    one = (invitations.c.id == id_) & (invitations.c.used_us == 0)
    told = connection.execute(update_of(invitations).where(one).values(used_us=now_us))
    return told.rowcount == 1


def void_invitations(connection: Connection, person: str) -> None:
    """Let those of a person be taken up no more."""
    connection.execute(delete(invitations).where(invitations.c.person == person))


def keep_begun(connection: Connection, row: Begun, now_us: int) -> None:
    """Keep a new one, and forget those that nobody ended in time."""
    connection.execute(delete(sign_in_begun).where(sign_in_begun.c.expires_us <= now_us))
    values = {name: getattr(row, name) for name in sign_in_begun.c.keys()}  # noqa: SIM118
    connection.execute(insert(sign_in_begun).values(values))


def begun_of(connection: Connection, id_: str) -> Begun | None:
    """The step of a name."""
    row = connection.execute(select(sign_in_begun).where(sign_in_begun.c.id == id_)).one_or_none()
    return None if row is None else Begun(*row)


def take_begun(connection: Connection, id_: str) -> bool:
    """End a step; False where another did before."""
    return connection.execute(delete(sign_in_begun).where(sign_in_begun.c.id == id_)).rowcount == 1


def wait_of(connection: Connection, who: str) -> Wait | None:
    """How often somebody failed."""
    row = connection.execute(select(sign_in_waits).where(sign_in_waits.c.who == who)).one_or_none()
    return None if row is None else Wait(*row)


def keep_wait(connection: Connection, row: Wait, *, forget_before_us: int) -> None:
    """Say how often somebody failed, and forget those who did long ago."""
    gone = (sign_in_waits.c.last_us < forget_before_us) | (sign_in_waits.c.who == row.who)
    connection.execute(delete(sign_in_waits).where(gone))
    values = {name: getattr(row, name) for name in sign_in_waits.c.keys()}  # noqa: SIM118
    connection.execute(insert(sign_in_waits).values(values))


def forget_wait(connection: Connection, who: str) -> None:
    """Forget that somebody failed."""
    connection.execute(delete(sign_in_waits).where(sign_in_waits.c.who == who))
