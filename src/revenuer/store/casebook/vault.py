"""Texts and names that can be made unreadable for ever by destroying a key.

Everything personal is sealed with a data key of its owner, a subject or a case, and data keys are
themselves sealed with the master key, which is not in the database. Erasing an owner destroys
their data key: what was sealed stays where it is, in backups too, and nobody reads it again.

Source:
    NIST SP 800-88 rev. 1 (2014), section 2.6, cryptographic erase. AES-256-GCM: NIST SP 800-38D,
    section 8.2.2, random nonces of 96 bits, at most 2^32 under one key.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import BigInteger, Column, Connection, LargeBinary, String, Table, insert, select
from sqlalchemy import update as update_of

from revenuer.errors import AuditError
from revenuer.store.casebook.many_rows import put_in
from revenuer.store.casebook.schema import METADATA

KEY_BITS = 256
NONCE_BYTES = 12
OWNER_CHARS = 96
NOTHING = b""
"""What is kept of an owner whose key is destroyed."""
AT_ONCE = 500
"""Owners that are asked for in one query: databases bound how many values one may have."""

data_keys = Table(
    "data_keys",
    METADATA,
    Column("owner", String(OWNER_CHARS), primary_key=True),
    Column("wrapped", LargeBinary, nullable=True),
    Column("made_us", BigInteger, nullable=False),
    Column("destroyed_us", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals and unseals.

    Attributes:
        master: The key that data keys are sealed with, 32 bytes.
    """

    master: bytes = field(repr=False)

    def seal(self, connection: Connection, owner: str, data: bytes, now_us: int = 0) -> bytes:
        """Seal something of an owner; nothing is kept of one whose key is destroyed."""
        return self.seal_all(connection, [(owner, data)], now_us)[0]

    def seal_all(
        self, connection: Connection, things: Sequence[tuple[str, bytes]], now_us: int = 0
    ) -> list[bytes]:
        """Seal many things at once, in their order.

        Args:
            connection: A transaction that writes.
            things: Owner and data of each.
            now_us: When keys are made that are missing.

        Returns:
            What `unseal` takes; empty for an owner whose key is destroyed.
        """
        keys = self._keys(connection, {owner for owner, _ in things}, now_us)
        return [_sealed(keys[owner], owner, data) for owner, data in things]

    def unseal(self, connection: Connection, owner: str, sealed: bytes) -> bytes | None:
        """What was sealed; None where the key is destroyed.

        Raises:
            AuditError: It was changed, or is another owner's.
        """
        return self.unseal_all(connection, [(owner, sealed)])[0]

    def unseal_all(
        self, connection: Connection, things: Sequence[tuple[str, bytes]]
    ) -> list[bytes | None]:
        """Unseal many things at once, in their order.

        Raises:
            AuditError: One was changed, or is another owner's.
        """
        keys = self._known(connection, {owner for owner, _ in things})
        return [_unsealed(keys.get(owner), owner, sealed) for owner, sealed in things]

    def shred(self, connection: Connection, owner: str, now_us: int) -> bool:
        """Destroy the key of an owner, for ever; False if it was destroyed before.

        An owner who had none gets a destroyed one, so that nothing of theirs is ever kept.
        """
        known = select(data_keys.c.destroyed_us).where(data_keys.c.owner == owner)
        destroyed = connection.execute(known).scalar()
        if destroyed:
            return False
        values = {"wrapped": None, "destroyed_us": now_us}
        if destroyed is None:
            connection.execute(insert(data_keys).values(owner=owner, made_us=now_us, **values))
        else:
            connection.execute(
                update_of(data_keys).where(data_keys.c.owner == owner).values(values)
            )
        return True

    def is_shredded(self, connection: Connection, owner: str) -> bool:
        """Whether the key of an owner was destroyed."""
        known = select(data_keys.c.destroyed_us).where(data_keys.c.owner == owner)
        return bool(connection.execute(known).scalar())

    def _keys(
        self, connection: Connection, owners: Iterable[str], now_us: int
    ) -> Mapping[str, AESGCM | None]:
        """The keys of owners; those that have none get one."""
        keys = self._known(connection, owners)
        rows = []
        for owner in sorted(set(owners) - keys.keys()):
            key = AESGCM.generate_key(KEY_BITS)
            keys[owner] = AESGCM(key)
            wrapped = _sealed(AESGCM(self.master), owner, key)
            rows.append({"owner": owner, "wrapped": wrapped, "made_us": now_us, "destroyed_us": 0})
        put_in(connection, data_keys, rows)
        return keys

    def _known(self, connection: Connection, owners: Iterable[str]) -> dict[str, AESGCM | None]:
        """The keys of those owners who have, or had, one; None for one that is destroyed."""
        master, names = AESGCM(self.master), sorted(set(owners))
        keys: dict[str, AESGCM | None] = {}
        for start in range(0, len(names), AT_ONCE):
            some = data_keys.c.owner.in_(names[start : start + AT_ONCE])
            rows = connection.execute(select(data_keys.c.owner, data_keys.c.wrapped).where(some))
            for owner, wrapped in rows:
                key = _unsealed(master, owner, wrapped) if wrapped else None
                keys[owner] = None if key is None else AESGCM(key)
        return keys


def _sealed(key: AESGCM | None, owner: str, data: bytes) -> bytes:
    if key is None:
        return NOTHING
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + key.encrypt(nonce, data, owner.encode())


def _unsealed(key: AESGCM | None, owner: str, sealed: bytes) -> bytes | None:
    if key is None or not sealed:
        return None
    try:
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner.encode())
    except (InvalidTag, ValueError) as problem:
        raise AuditError(
            "Something that was sealed in the casebook was changed, or the master key is another.",
            "Open it with the keys folder that it was made with, or put back what was there.",
        ) from problem
