"""Who may come and what they find: tokens and collections, each change in the audit log."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from revenuer.app import access
from revenuer.app.sharing.state import ShareState
from revenuer.app.sharing.taxii_service import DEFAULT_ROOT, open_taxii
from revenuer.errors import ConfigError, NotFoundError
from revenuer.sharing.tlp import Tlp
from revenuer.store import taxii_collections
from revenuer.store.access_tokens import TokenRow
from revenuer.store.taxii_collections import EVERYBODY, Access, Collection

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
RESERVED = frozenset({"collections", "status"})


def add_token(
    state: ShareState,
    partner: str,
    *,
    scopes: Sequence[str],
    hours: float,
    certificate: Path | None = None,
    certificate_alone: bool = False,
    identity: str = "",
) -> tuple[TokenRow, str]:
    """Make a token; what is returned with it is the only time that it is shown.

    Raises:
        ConfigError: The name, a scope, the identity or the certificate is none.
    """
    access.open_access(state.database)
    now = datetime.now(UTC)
    row, token = access.add_token(
        state.database,
        partner,
        scopes=scopes,
        hours=hours,
        now=now,
        certificate=certificate_sha256(certificate) if certificate is not None else "",
        certificate_alone=certificate_alone,
        identity=identity,
    )
    body = {"partner": partner, "token": row.id, "scopes": list(row.scopes), "identity": identity}
    state.record([("token-added", {**body, "expires": access.shown_us(row.expires_us)})], now)
    return row, token


def list_tokens(state: ShareState) -> list[TokenRow]:
    """Every token that was made, oldest first."""
    access.open_access(state.database)
    return access.list_tokens(state.database)


def revoke_token(state: ShareState, id_: str) -> TokenRow:
    """Take a token back, from its next use on.

    Raises:
        NotFoundError: There is none of this id.
    """
    access.open_access(state.database)
    now = datetime.now(UTC)
    row = access.revoke_token(state.database, id_, now)
    state.record([("token-revoked", {"partner": row.partner, "token": row.id})], now)
    return row


def add_collection(
    state: ShareState,
    title: str,
    *,
    description: str = "",
    alias: str | None = None,
    root: str | None = None,
    up_to: Tlp = Tlp.AMBER_STRICT,
    readers: Sequence[str] = (),
    writers: Sequence[str] = (),
) -> Collection:
    """Make a collection.

    Args:
        state: Where.
        title: For people.
        description: For people.
        alias: Another name in its URL; None for none.
        root: Its API root; None for the default one.
        up_to: The strictest TLP label that it takes in: what is for named receivers alone does
            not belong where others read.
        readers: Partners who may read it.
        writers: Partners who may add to it.

    Raises:
        ConfigError: A name cannot be used, or is taken.
    """
    open_taxii(state)
    root = root or DEFAULT_ROOT
    for name in (root, alias):
        if name is not None and (not _NAME.fullmatch(name) or name in RESERVED):
            raise ConfigError(
                f"{name!r} cannot stand in a URL.", "Use small letters, digits and dashes."
            )
    now = datetime.now(UTC)
    made = Collection(
        id=str(uuid.uuid4()),
        root=root,
        alias=alias,
        title=title,
        description=description,
        up_to=up_to.value,
        created_us=int(now.timestamp() * 1_000_000),
        access=_given(readers, writers),
    )
    with state.database.writing() as connection:
        if alias is not None and taxii_collections.named(connection, alias, root) is not None:
            raise ConfigError(f"{alias!r} is a collection of {root!r} already.", "Name another.")
        taxii_collections.add(connection, made)
    body = {"collection": made.id, "root": root, "readers": sorted(readers)}
    state.record([("collection-added", {**body, "writers": sorted(writers)})], now)
    return made


def list_collections(state: ShareState) -> list[Collection]:
    """Every collection, oldest first."""
    open_taxii(state)
    with state.database.reading() as connection:
        return taxii_collections.listed(connection)


def allow(
    state: ShareState,
    name: str,
    *,
    readers: Sequence[str] = (),
    writers: Sequence[str] = (),
    strangers: Sequence[str] = (),
) -> Collection:
    """Say anew what some partners may do in a collection; the others keep what they have.

    Raises:
        NotFoundError: There is no such collection.
    """
    open_taxii(state)
    given = {**dict.fromkeys(strangers, Access()), **_given(readers, writers)}
    with state.database.writing() as connection:
        found = taxii_collections.named(connection, name)
        if found is None:
            raise NotFoundError(
                f"There is no collection {name!r}.", "`revenuer share collection list` shows them."
            )
        for partner, one in given.items():
            taxii_collections.allow(connection, found.id, partner, one)
    said = {partner: [one.can_read, one.can_write] for partner, one in sorted(given.items())}
    state.record(
        [("collection-allowed", {"collection": found.id, "given": said})], datetime.now(UTC)
    )
    return found


def certificate_sha256(file: Path) -> str:
    """The fingerprint of a certificate in a PEM file.

    Raises:
        ConfigError: It holds none.
    """
    try:
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except ValueError as problem:
        raise ConfigError(f"{file} holds no certificate.", "It is written as PEM.") from problem
    return sha256(found.public_bytes(Encoding.DER)).hexdigest()


def _given(readers: Sequence[str], writers: Sequence[str]) -> dict[str, Access]:
    for name in {*readers, *writers} - {EVERYBODY}:
        access.refuse_unless_partner(name)
    return {name: Access(name in readers, name in writers) for name in sorted({*readers, *writers})}
