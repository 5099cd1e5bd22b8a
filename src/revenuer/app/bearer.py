"""Tokens as they are shown: `rvn_ID_SECRET`.

Of the secret only a hash is kept; it is 256 random bits, so that a plain SHA-256 of it tells
nothing.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256

SECRET_BYTES = 32
ID_BYTES = 6
_TOKEN = re.compile(r"rvn_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NOBODY = sha256(b"nobody has this secret").hexdigest()


def new_token() -> tuple[str, str, str]:
    """The id of a new token, the hash of its secret, and the token itself."""
    id_, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    return id_, sha256(secret.encode()).hexdigest(), f"rvn_{id_}_{secret}"


def parts_of(token: str) -> tuple[str, str]:
    """Id and secret of a token; both empty where it is none."""
    parts = _TOKEN.fullmatch(token)
    return (parts[1], parts[2]) if parts else ("", "")


def is_secret(secret: str, known_sha256: str) -> bool:
    """Whether a secret has a hash; an unknown one, an empty hash, takes as long."""
    kept = known_sha256 or _NOBODY
    return hmac.compare_digest(sha256(secret.encode()).hexdigest(), kept)


def id_of(name: str) -> str:
    """The id of a token that is named by it, or by all of it.

    Examples:
        >>> id_of("rvn_0123456789ab_x"), id_of("0123456789ab")
        ('0123456789ab', '0123456789ab')
    """
    return name.removeprefix("rvn_").split("_")[0]
