"""What partners show to be let in, as it is kept: hashes of tokens, fingerprints of certificates.

Nothing here lets anybody in: a token cannot be made from its hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, String, Table, insert, select
from sqlalchemy import update as update_of

TABLES = MetaData()
PART, VERSION = "access", 1
tokens = Table(
    "access_tokens",
    TABLES,
    Column("id", String(32), primary_key=True),
    Column("partner", String(64), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("certificate_sha256", String(64), nullable=False),
    Column("identity", String(64), nullable=False),
    Column("scopes", String(512), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One thing that lets a partner in.

    Attributes:
        id: Its name, which is no secret.
        partner: Whom it lets in.
        secret_sha256: Of the secret; empty where the certificate alone lets in.
        certificate_sha256: Of the certificate that must be shown; empty for none.
        identity: The STIX identity that the partner speaks for; empty for none.
        scopes: What it may do, in the order of the alphabet.
        created_us: Microseconds since the epoch.
        expires_us: When it ends, likewise.
        revoked_us: When it was taken back; 0 if it was not.
    """

    id: str
    partner: str
    secret_sha256: str
    certificate_sha256: str
    identity: str
    scopes: tuple[str, ...]
    created_us: int
    expires_us: int
    revoked_us: int = 0


def keep(connection: Connection, row: TokenRow) -> None:
    """Keep a new one."""
    values = {name: getattr(row, name) for name in tokens.c.keys() if name != "scopes"}  # noqa: SIM118
    connection.execute(insert(tokens).values(**values, scopes=" ".join(row.scopes)))


def found(connection: Connection, id_: str) -> TokenRow | None:
    """The token of a name."""
    row = connection.execute(select(tokens).where(tokens.c.id == id_)).first()
    return None if row is None else _row(row)


def of_certificate(connection: Connection, sha256: str) -> list[TokenRow]:
    """What a certificate alone lets in."""
    asked = select(tokens).where(
        tokens.c.certificate_sha256 == sha256, tokens.c.secret_sha256 == ""
    )
    return [_row(row) for row in connection.execute(asked)]


def listed(connection: Connection) -> list[TokenRow]:
    """All of them, oldest first."""
    return [_row(row) for row in connection.execute(select(tokens).order_by(tokens.c.created_us))]


def take_back(connection: Connection, id_: str, now_us: int) -> None:
    """Let one let nobody in any more."""
    connection.execute(update_of(tokens).where(tokens.c.id == id_).values(revoked_us=now_us))


def speakers(connection: Connection) -> dict[str, frozenset[str]]:
    """Which partners speak for which STIX identity, by tokens that were not taken back."""
    asked = select(tokens.c.identity, tokens.c.partner).where(
        tokens.c.identity != "", tokens.c.revoked_us == 0
    )
    told: dict[str, set[str]] = {}
    for identity, partner in connection.execute(asked):
        told.setdefault(identity, set()).add(partner)
    return {identity: frozenset(partners) for identity, partners in told.items()}


def _row(row: Any) -> TokenRow:
    values = dict(row._mapping)
    values["scopes"] = tuple(values["scopes"].split())
    return TokenRow(**values)
