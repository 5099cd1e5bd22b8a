"""What people show to sign in: sealed where it must be read again, hashed where it need not be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy import update as update_of

from revenuer.store.casebook.schema import METADATA

sign_in_people = Table(
    "sign_in_people",
    METADATA,
    Column("person", String(64), primary_key=True),
    Column("owner", String(96), nullable=False),
    Column("handle", String(64), nullable=False, index=True),
    Column("password", LargeBinary, nullable=False),
    Column("password_us", BigInteger, nullable=False),
    Column("totp", LargeBinary, nullable=False),
    Column("totp_us", BigInteger, nullable=False),
    Column("totp_step", BigInteger, nullable=False),
)
passkeys = Table(
    "passkeys",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("credential_sha256", String(64), nullable=False, unique=True),
    Column("credential", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("transports", String(128), nullable=False),
    Column("is_synced", Integer, nullable=False),
    Column("label", String(64), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=False),
)
recovery_codes = Table(
    "recovery_codes",
    METADATA,
    Column("code_sha256", String(64), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("made_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=False),
)
oidc_identities = Table(
    "oidc_identities",
    METADATA,
    Column("identity_sha256", String(64), primary_key=True),
    Column("person", String(64), nullable=False, index=True),
    Column("issuer", String(256), nullable=False),
    Column("bound_us", BigInteger, nullable=False),
    Column("used_us", BigInteger, nullable=False),
)
ALL = (sign_in_people, passkeys, recovery_codes, oidc_identities)


@dataclass(frozen=True, slots=True)
class SignInPerson:
    """A person's password and authenticator.

    Attributes:
        person: Whose.
        owner: Whose key they are sealed with.
        handle: What authenticators know the person by: random, and no name.
        password: Its hash, sealed; empty for none.
        password_us: When it was set, microseconds since the epoch.
        totp: Secret of the authenticator, sealed; empty for none.
        totp_us: When it was set up.
        totp_step: Step of the newest code that was taken: none is taken twice.
    """

    person: str
    owner: str
    handle: str
    password: bytes = b""
    password_us: int = 0
    totp: bytes = b""
    totp_us: int = 0
    totp_step: int = 0


@dataclass(frozen=True, slots=True)
class Passkey:
    """A public key of a person.

    Attributes:
        id: Its name here.
        person: Whose.
        credential_sha256: Of the id that the authenticator gave it.
        credential: That id.
        public_key: COSE.
        sign_count: How often it was used, as the authenticator says; 0 where it does not count.
        transports: How the authenticator is reached, with blanks between.
        is_synced: 1 where it may be on other devices of the person too.
        label: What the person calls it.
        created_us: When it was registered, microseconds since the epoch.
        used_us: When it was last used; 0 for never.
    """

    id: str
    person: str
    credential_sha256: str
    credential: bytes
    public_key: bytes
    sign_count: int
    transports: str
    is_synced: int
    label: str
    created_us: int
    used_us: int = 0


def person_of(connection: Connection, name: str) -> SignInPerson | None:
    """What a person signs in with, beside passkeys."""
    row = connection.execute(
        select(sign_in_people).where(sign_in_people.c.person == name)
    ).one_or_none()
    return None if row is None else SignInPerson(*row)


def person_of_handle(connection: Connection, handle: str) -> str | None:
    """Who an authenticator means."""
    return connection.execute(
        select(sign_in_people.c.person).where(sign_in_people.c.handle == handle)
    ).scalar()


def keep_person(connection: Connection, row: SignInPerson) -> None:
    """Keep a new one."""
    values = {name: getattr(row, name) for name in sign_in_people.c.keys()}  # noqa: SIM118
    connection.execute(insert(sign_in_people).values(values))


def change_person(connection: Connection, name: str, **values: Any) -> None:
    """Change some of it."""
    connection.execute(
        update_of(sign_in_people).where(sign_in_people.c.person == name).values(values)
    )


def take_step(connection: Connection, name: str, step: int) -> bool:
    """Take the code of a step; False where it, or a later one, was taken before."""
    later = (sign_in_people.c.person == name) & (sign_in_people.c.totp_step < step)
    told = connection.execute(update_of(sign_in_people).where(later).values(totp_step=step))
    return told.rowcount == 1


def keep_passkey(connection: Connection, row: Passkey) -> None:
    """Keep a new one."""
    values = {name: getattr(row, name) for name in passkeys.c.keys()}  # noqa: SIM118
    connection.execute(insert(passkeys).values(values))


def passkey_of(connection: Connection, credential_sha256: str) -> Passkey | None:
    """The key of an authenticator's id."""
    asked = select(passkeys).where(passkeys.c.credential_sha256 == credential_sha256)
    row = connection.execute(asked).one_or_none()
    return None if row is None else Passkey(*row)


def passkeys_of(connection: Connection, person: str) -> list[Passkey]:
    """Those of a person, oldest first."""
    asked = select(passkeys).where(passkeys.c.person == person).order_by(passkeys.c.created_us)
    return [Passkey(*row) for row in connection.execute(asked)]


def used_passkey(connection: Connection, id_: str, sign_count: int, now_us: int) -> None:
    """Say that one was used."""
    used = update_of(passkeys).where(passkeys.c.id == id_)
    connection.execute(used.values(sign_count=sign_count, used_us=now_us))


def remove_passkey(connection: Connection, person: str, id_: str) -> bool:
    """Let one of a person's sign in no more; False if there was none."""
    mine = (passkeys.c.person == person) & (passkeys.c.id == id_)
    return connection.execute(delete(passkeys).where(mine)).rowcount == 1


def replace_codes(connection: Connection, person: str, hashes: list[str], now_us: int) -> None:
    """Keep new recovery codes of a person in the place of all they had."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person))
    rows = [
        {"code_sha256": one, "person": person, "made_us": now_us, "used_us": 0} for one in hashes
    ]
    if rows:
        connection.execute(insert(recovery_codes), rows)


def use_code(connection: Connection, person: str, code_sha256: str, now_us: int) -> bool:
    """Use up a recovery code; False where it is none of theirs, or was used."""
    one = (
        (recovery_codes.c.person == person)
        & (recovery_codes.c.code_sha256 == code_sha256)
        & (recovery_codes.c.used_us == 0)
    )
    told = connection.execute(update_of(recovery_codes).where(one).values(used_us=now_us))
    return told.rowcount == 1


def codes_left(connection: Connection, person: str) -> int:
    """How many recovery codes a person has not used."""
    mine = (recovery_codes.c.person == person) & (recovery_codes.c.used_us == 0)
    counted = select(func.count()).select_from(recovery_codes).where(mine)
    return connection.execute(counted).scalar_one()


def person_of_identity(connection: Connection, identity_sha256: str) -> str | None:
    """Who somebody at an OpenID provider is here."""
    asked = select(oidc_identities.c.person)
    return connection.execute(
        asked.where(oidc_identities.c.identity_sha256 == identity_sha256)
    ).scalar()


def identities_of(connection: Connection, person: str, issuer: str) -> list[str]:
    """What an OpenID provider knows a person by."""
    mine = (oidc_identities.c.person == person) & (oidc_identities.c.issuer == issuer)
    asked = select(oidc_identities.c.identity_sha256).where(mine)
    return list(connection.execute(asked).scalars())


def bind_identity(
    connection: Connection, identity_sha256: str, person: str, issuer: str, now_us: int
) -> None:
    """Say who somebody at an OpenID provider is here."""
    values = {"identity_sha256": identity_sha256, "person": person, "issuer": issuer}
    connection.execute(insert(oidc_identities).values(**values, bound_us=now_us, used_us=now_us))


def used_identity(connection: Connection, identity_sha256: str, now_us: int) -> None:
    """Say that one was used."""
    one = oidc_identities.c.identity_sha256 == identity_sha256
    connection.execute(update_of(oidc_identities).where(one).values(used_us=now_us))


def forget_all(connection: Connection, person: str) -> None:
    """Take away everything that a person signs in with."""
    for table in ALL:
        connection.execute(delete(table).where(table.c.person == person))


def has_any(connection: Connection, person: str) -> bool:
    """Whether a person has anything to sign in with."""
    row = person_of(connection, person)
    bound = select(func.count()).select_from(oidc_identities)
    mine = bound.where(oidc_identities.c.person == person)
    return bool(
        (row is not None and row.password)
        or passkeys_of(connection, person)
        or connection.execute(mine).scalar_one()
    )
