"""Who is let in and what they may do: tokens and certificates of partners."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from revenuer.app.bearer import id_of, is_secret, new_token, parts_of
from revenuer.errors import ConfigError, NotAllowedError, NotFoundError
from revenuer.instants import micros, moment
from revenuer.store import access_tokens
from revenuer.store.access_tokens import TokenRow
from revenuer.store.database import Database

_PARTNER = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_IDENTITY = re.compile(r"identity--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Scope(StrEnum):
    """What a token may be used for; more than one each.

    Attributes:
        TAXII_READ: Read collections that are open to its partner.
        TAXII_WRITE: Add to collections that are open to its partner.
        TAXII_DELETE: Delete objects that its partner added.
        MATCHING: Ask and answer private matches.
    """

    TAXII_READ = "taxii:read"
    TAXII_WRITE = "taxii:write"
    TAXII_DELETE = "taxii:delete"
    MATCHING = "matching"


class NotAdmittedError(NotAllowedError):
    """Nobody is let in with what was shown."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner that was let in.

    Attributes:
        partner: Its name.
        token: Id of what let it in; no secret.
        scopes: What it may do.
    """

    partner: str
    token: str
    scopes: frozenset[str]

    def needs(self, scope: Scope) -> None:
        """Go on only where the token is for this.

        Raises:
            NotAllowedError: It is not.
        """
        if scope not in self.scopes:
            raise NotAllowedError(
                f"The token {self.token} is not for {scope.value}.",
                "Ask the operator of this server for one that is.",
            )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a caller shows.

    Attributes:
        token: The token; empty for none.
        partner: The name that it gives itself; empty for none.
        certificate: SHA-256 of its certificate in DER, hexadecimal; empty for none.
    """

    token: str = ""
    partner: str = ""
    certificate: str = ""


def open_access(database: Database) -> None:
    """Make the tables of tokens where they are missing."""
    database.make(access_tokens.TABLES, access_tokens.PART, access_tokens.VERSION)


def add_token(
    database: Database,
    partner: str,
    *,
    scopes: Sequence[str],
    hours: float,
    now: datetime,
    certificate: str = "",
    certificate_alone: bool = False,
    identity: str = "",
) -> tuple[TokenRow, str]:
    """Make a token; what is returned with it is the only time that it is shown.

    Args:
        database: Where tokens are kept.
        partner: Whom it lets in.
        scopes: What it may be used for.
        hours: How long.
        now: From when.
        certificate: SHA-256 of the certificate that must be shown with it; empty for none.
        certificate_alone: The certificate lets in without a token.
        identity: The STIX identity that the partner speaks for; empty for none.

    Raises:
        ConfigError: The name, a scope or the identity is none.
    """
    refuse_unless_partner(partner)
    if identity and not _IDENTITY.fullmatch(identity):
        raise ConfigError(f"{identity!r} is no STIX identity.", "It reads identity--UUID.")
    known = {scope.value for scope in Scope}
    if unknown := sorted(set(scopes) - known):
        raise ConfigError(f"No scope is called {unknown[0]!r}.", f"Known are {', '.join(known)}.")
    id_, secret_sha256, token = new_token()
    row = TokenRow(
        id=id_,
        partner=partner,
        secret_sha256="" if certificate_alone else secret_sha256,
        certificate_sha256=certificate,
        identity=identity,
        scopes=tuple(sorted(set(scopes))),
        created_us=micros(now),
        expires_us=micros(now + timedelta(hours=hours)),
    )
    with database.writing() as connection:
        access_tokens.keep(connection, row)
    return row, "" if certificate_alone else token


def refuse_unless_partner(name: str) -> None:
    """Go on only with the name of a partner.

    Raises:
        ConfigError: It is none.
    """
    if not _PARTNER.fullmatch(name):
        raise ConfigError(
            f"{name!r} is no name of a partner.",
            "Use small letters, digits, dots and dashes, 63 at most.",
        )


def list_tokens(database: Database) -> list[TokenRow]:
    """Every token that was made, oldest first."""
    with database.reading() as connection:
        return access_tokens.listed(connection)


def revoke_token(database: Database, id_: str, now: datetime) -> TokenRow:
    """Take a token back, from its next use on.

    Raises:
        NotFoundError: There is none of this id.
    """
    with database.writing() as connection:
        row = access_tokens.found(connection, id_of(id_))
        if row is None:
            raise NotFoundError(f"No token {id_!r}.", "`revenuer share token list` shows them.")
        if not row.revoked_us:
            access_tokens.take_back(connection, row.id, micros(now))
        return row


def admit(database: Database, shown: Shown, now: datetime) -> Caller:
    """Let a partner in.

    All that is wrong is told in the same words, and a token that is not there takes as long as
    one that is wrong.

    Raises:
        NotAdmittedError: Nobody is let in with that.
    """
    id_, secret = parts_of(shown.token)
    with database.reading() as connection:
        if shown.token:
            row = access_tokens.found(connection, id_) if id_ else None
            alone = []
        else:
            row = None
            alone = (
                access_tokens.of_certificate(connection, shown.certificate)
                if shown.certificate
                else []
            )
    if shown.token:
        same = is_secret(secret, row.secret_sha256 if row is not None else "")
        if row is not None and same and _fits(row, shown, now):
            return Caller(row.partner, row.id, frozenset(row.scopes))
    for one in reversed(alone):
        if _fits(one, shown, now):
            return Caller(one.partner, one.id, frozenset(one.scopes))
    raise nobody()


def nobody() -> NotAdmittedError:
    """What is told to whoever is not let in, whatever the reason."""
    return NotAdmittedError(
        "Nobody is let in with that.",
        "Show a token that is neither expired nor revoked, as Bearer or as the password of Basic.",
    )


def shown_us(us: int) -> str:
    """A time in microseconds as people and programs read it.

    Examples:
        >>> shown_us(1_700_000_000_000_001)
        '2023-11-14T22:13:20.000001Z'
    """
    return moment(us).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _fits(row: TokenRow, shown: Shown, now: datetime) -> bool:
    if row.revoked_us or row.expires_us <= micros(now):
        return False
    if shown.partner and shown.partner != row.partner:
        return False
    return not row.certificate_sha256 or hmac.compare_digest(
        row.certificate_sha256, shown.certificate
    )
