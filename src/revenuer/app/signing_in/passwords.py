"""Passwords: which are taken, how they are kept, and whether one is right.

A password alone signs nobody in; see `by_password`.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from revenuer.errors import ConfigError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST_CHARS = 12
MOST_CHARS = 256
LEAST_GUESSES_LOG10 = 9.0
"""A password that is guessed sooner is not taken. placeholder"""
LOOKED_AT_CHARS = 72
"""The estimate takes time that grows with the square of the length."""
_AT_ONCE = BoundedSemaphore(2)
"""A hash takes 64 MiB: strangers do not have many made at once. placeholder"""


def plain_password(password: str) -> str:
    """A password as it is hashed: what looks the same is the same.

    Source:
        NIST SP 800-63B-4 (2025), section 3.1.1.2: normalise with NFKC or NFKD.
    """
    return unicodedata.normalize("NFKC", password)


def check_new(password: str, *, about: tuple[str, ...]) -> None:
    """Refuse a new password that is guessed too soon.

    No kinds of letters are asked for and none runs out: both make people choose worse.

    Args:
        password: As it was typed.
        about: Words that an attacker would try for this person: their name and ours.

    Raises:
        ConfigError: It is too short, too long, or among the first that are tried.

    Source:
        NIST SP 800-63B-4 (2025), section 3.1.1.2. Wheeler (2016), "zxcvbn: low-budget password
        strength estimation", USENIX Security.
    """
    from zxcvbn import zxcvbn

    plain = plain_password(password)
    if not LEAST_CHARS <= len(plain) <= MOST_CHARS:
        raise ConfigError(
            f"A password has {LEAST_CHARS} to {MOST_CHARS} characters.",
            "Take a few words that have nothing to do with each other, or let a password "
            "manager make one.",
        )
    found = zxcvbn(plain[:LOOKED_AT_CHARS], user_inputs=[*about, "revenuer", "console"])
    if float(found["guesses_log10"]) < LEAST_GUESSES_LOG10:
        raise ConfigError(
            "This password is among the first that are tried.",
            "Take a few words that have nothing to do with each other, or let a password "
            "manager make one.",
        )


def hash_of(password: str) -> str:
    """What is kept of a password.

    Source:
        RFC 9106 (2021), section 4: Argon2id, the second recommended option (64 MiB, 3 passes).
    """
    with _AT_ONCE:
        return str(_hasher().hash(plain_password(password)))


def is_right(kept: str, password: str) -> bool:
    """Whether a password is the one; where none is kept, an empty hash, it takes as long."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    if len(password) > MOST_CHARS * 4:
        password = ""
    with _AT_ONCE:
        try:
            return _hasher().verify(kept or _decoy(), plain_password(password)) and bool(kept)
        except (Argon2Error, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether it was hashed with less work than is done today."""
    return bool(_hasher().check_needs_rehash(kept))


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


@cache
def _decoy() -> str:
    return str(_hasher().hash("nobody has this password"))
