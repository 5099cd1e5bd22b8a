"""The keys of marks, one an account, and what can be said of a secret before it is told.

An owner who chooses the key after seeing the suspect's text can accuse anybody: among enough
keys one fits. So the master secret, from which every account's key follows, is bound by a
commitment before a marked answer is served; the key of each account is then no choice any more.

Source:
    Liu et al. (2024), "False claims against model ownership resolution", USENIX Security, show
    that most schemes fall to an accuser who chooses afterwards.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

KEY_DOMAIN = b"revenuer account mark 1\0"
COMMITMENT_DOMAIN = b"revenuer commitment 1\0"
SECRET_BYTES = 32
"""Of a master secret and of a salt: as many as SHA-256 gives."""


def pseudonym_of(master: bytes, account: str) -> str:
    """How an account is called by who keeps no raw ids.

    Args:
        master: The committed secret; without it nobody can tell whose pseudonym it is.
        account: As the operator calls it; empty where all answers share one key.

    Returns:
        32 hexadecimal digits; empty for an empty account.
    """
    return _derived(master, "pseudonym", account).hex()[:32] if account else ""


def mark_key(master: bytes, scheme: str, account: str = "") -> bytes:
    """The key that an account's answers are marked with.

    Args:
        master: The committed secret.
        scheme: Which mark, such as `green`; marks of different kinds share no key.
        account: As the operator calls it; empty for the one key of an owner who marks everything
            alike.

    Returns:
        32 bytes, from which nobody learns the master secret or another account's key.

    Source:
        RFC 2104 (1997), HMAC, with SHA-256.

    Examples:
        >>> mark_key(bytes(32), "green", "ann") == mark_key(bytes(32), "green", "bob")
        False
    """
    return key_of_pseudonym(master, scheme, pseudonym_of(master, account))


def key_of_pseudonym(master: bytes, scheme: str, pseudonym: str) -> bytes:
    """The key of an account that only its pseudonym is known of; `mark_key` gives the same."""
    return _derived(master, f"mark {scheme}", pseudonym)


def _derived(master: bytes, what: str, of: str) -> bytes:
    # Its length goes before the first text, so that no two pairs of texts read alike.
    named = what.encode()
    said = KEY_DOMAIN + len(named).to_bytes(4, "big") + named + of.encode()
    return hmac.digest(master, said, "sha256")


def commitment(kind: str, salt: bytes, secret: bytes) -> str:
    """What binds a secret without telling it.

    Args:
        kind: What the secret is, such as `key`, so that none can stand for another.
        salt: Random and as secret, so that a short secret cannot be guessed from it.
        secret: Whatever is to be bound.

    Returns:
        SHA-256 over all of them, hexadecimal.

    Raises:
        ValueError: The salt is shorter than 16 bytes, and could be guessed with the secret.

    Examples:
        By hand: the SHA-256 of the ASCII text "revenuer commitment 1", a zero byte, and each part
        after its length as 4 bytes.

        >>> commitment("key", bytes(32), b"secret")[:16]
        '649c8e314a3b1e72'
    """
    if len(salt) < 16:
        raise ValueError(f"a salt needs 16 bytes or more, got {len(salt)}")
    parts = (kind.encode(), salt, secret)
    return sha256(
        COMMITMENT_DOMAIN + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    ).hexdigest()


def opens(committed: str, kind: str, salt: bytes, secret: bytes) -> bool:
    """Whether a commitment was made of this secret."""
    return hmac.compare_digest(committed, commitment(kind, salt, secret))
