"""Codes of an authenticator app, and recovery codes for who has lost it."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime

ISSUER = "Revenuer"
STEP_S = 30
DRIFT_STEPS = 1
"""Steps by which a clock may be wrong, before and after: RFC 6238, section 5.2, asks for few."""
DIGITS = 6
CODES = 10
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without letters and digits that are taken for one another."""
_GROUPS, _GROUP_CHARS = 4, 4
"""80 random bits."""
_CODE = re.compile(rf"[0-9]{{{DIGITS}}}")


def fresh_secret() -> str:
    """A new secret of an authenticator, 160 bits, base32."""
    import pyotp

    return str(pyotp.random_base32(32))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is; None for none near now.

    Args:
        secret: Of the authenticator, base32; empty takes as long.
        code: As it was typed.
        now: When.

    Source:
        RFC 6238 (2011), sections 4 and 5.2, and its appendix B.

    Examples:
        Appendix B, SHA-1 at 59 seconds: 94287082, of which six digits are 287082.

        >>> from base64 import b32encode
        >>> at = datetime.fromisoformat("1970-01-01T00:00:59+00:00")
        >>> step_of(b32encode(b"12345678901234567890").decode(), "287082", at)
        1
    """
    import pyotp

    said = re.sub(r"\s", "", code)
    made = pyotp.TOTP(secret or "A" * 32, digits=DIGITS, interval=STEP_S)
    here = int(now.timestamp()) // STEP_S
    found = None
    for step in range(max(here - DRIFT_STEPS, 0), here + DRIFT_STEPS + 1):
        same = hmac.compare_digest(made.generate_otp(step).encode(), said.encode())
        if same and secret and _CODE.fullmatch(said):
            found = step
    return found


def address_of(secret: str, name: str) -> str:
    """What an authenticator app reads: `otpauth://…`."""
    import pyotp

    made = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    return str(made.provisioning_uri(name=name, issuer_name=ISSUER))


def picture_of(address: str) -> str:
    """The same as a QR code: an SVG in a `data:` URL."""
    import segno

    made = segno.make(address, error="m")
    return str(made.svg_data_uri(scale=5, border=3, light="#fff", dark="#000"))


def fresh_codes() -> list[str]:
    """New recovery codes, such as `k7dq-29xv-mmpr-aehj`."""
    return ["-".join(_group() for _ in range(_GROUPS)) for _ in range(CODES)]


def plain_code(code: str) -> str:
    """A recovery code as it is kept: letters and digits alone.

    Examples:
        >>> plain_code(" K7DQ-29xv mmpr-aehj")
        'k7dq29xvmmpraehj'
    """
    return re.sub(r"[^a-z0-9]", "", code.casefold())


def _group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARS))
