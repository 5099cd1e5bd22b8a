"""Keyed fingerprints: what the guard knows accounts, organizations and keys by."""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from hashlib import blake2b

SIZE = 16
"""Bytes of a fingerprint: among 2^32 ids two meet with a chance of 2^-65."""
KEY_BYTES = 32
SHOWN = "fp-"
"""Before a fingerprint in hex that stands for an id in a log."""


class Kind(StrEnum):
    """What a fingerprint is of; equal ids of two kinds have different fingerprints."""

    # An enum works its hash out in Python; these are looked up in the hottest path.
    __hash__ = str.__hash__

    ACCOUNT = "account"
    ORGANIZATION = "organization"
    API_KEY = "api-key"


class Fingerprinter:
    """Makes fingerprints under one secret key.

    Who has the key can test guesses of an id against a snapshot; who only has the snapshot
    cannot.

    Args:
        key: 32 secret bytes, the same where verdicts are published and where they are kept.

    Source:
        RFC 7693 (2015), BLAKE2, section 2.9 on keyed hashing; the personalisation parameter
        separates the kinds.

    Examples:
        >>> names = Fingerprinter(bytes(32))
        >>> names.of(Kind.ACCOUNT, "acct-1").hex()[:8] != names.of(Kind.API_KEY, "acct-1").hex()[:8]
        True
    """

    __slots__ = ("_keyed", "key_id")

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key must have {KEY_BYTES} bytes, not {len(key)}")
        self._keyed = {
            kind: blake2b(key=key, digest_size=SIZE, person=kind.encode()) for kind in Kind
        }
        self.key_id = key_id_of(key)

    def of(self, kind: Kind, name: str) -> bytes:
        """The fingerprint of an id, 16 bytes; of an id that is one already, that one."""
        if name.startswith(SHOWN) and len(name) == len(SHOWN) + 2 * SIZE:
            with suppress(ValueError):
                return bytes.fromhex(name[len(SHOWN) :])
        keyed = self._keyed[kind].copy()
        keyed.update(name.encode("utf-8", "surrogatepass"))
        return keyed.digest()


def key_id_of(key: bytes) -> bytes:
    """A name for a key, 8 bytes, which tells nothing of it and is the same each time."""
    return blake2b(key, digest_size=8, person=b"revenuer key id").digest()


def shown(fingerprint: bytes) -> str:
    """How a log names a caller whose id it may not have; `Fingerprinter.of` reads it back.

    Examples:
        >>> names = Fingerprinter(bytes(32))
        >>> mark = names.of(Kind.ACCOUNT, "acct-1")
        >>> names.of(Kind.ACCOUNT, shown(mark)) == mark
        True
    """
    return SHOWN + fingerprint.hex()
