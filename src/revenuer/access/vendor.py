"""Messages of a verification vendor: that they are genuine and fresh, and what they say.

Only what the rule names is read: papers, pictures and names that a message may hold are passed
over, and nothing of it is kept but the outcome and the vendor's reference.

Source:
    Standard Webhooks 1.0.0, "Signature scheme": `id.timestamp.payload`, base64. The other common
    scheme signs `timestamp.payload` and gives `t=...,v1=...` in hexadecimal in one header.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from revenuer.access.applications import Check, Outcome, Result, text
from revenuer.errors import NotAllowedError

STANDARD, TIMED = "standard", "t-v1"
TOLERANCE_S = 300
"""How old a message may be, and how far ahead the vendor's clock; as Standard Webhooks asks."""
MOST_BYTES = 1 << 20
"""A longer message is none of a decision. placeholder"""
MOST_SIGNATURES = 8
"""A header names one for each secret in use; more only cost time. placeholder"""


@dataclass(frozen=True, slots=True)
class VendorRule:
    """How a vendor's messages are read.

    Attributes:
        scheme: `standard` (Standard Webhooks), or `t-v1` for a header `t=SECONDS,v1=HEX`.
        header: Name of that header, for `t-v1`.
        application: Where the application's id stands, keys with dots between.
        check: Which check the vendor does, or, with a leading dot, where it stands.
        result: Where the result stands.
        reference: Where the vendor's own name of the decision stands.
        results: The vendor's words to `passed`, `failed` or `abandoned`; others are passed over.
    """

    scheme: str = STANDARD
    header: str = "x-signature"
    application: str = "data.application_id"
    check: str = "document"
    result: str = "data.result"
    reference: str = "data.reference"
    results: dict[str, str] = field(
        default_factory=lambda: {
            "passed": "passed",
            "approved": "passed",
            "failed": "failed",
            "declined": "failed",
            "abandoned": "abandoned",
            "expired": "abandoned",
        }
    )

    def problems(self) -> Iterator[str]:
        """What is well written and still cannot be meant."""
        if self.scheme not in (STANDARD, TIMED):
            yield f"vendor.scheme must be {STANDARD} or {TIMED}"
        if not self.check.startswith(".") and self.check not in set(Check):
            yield f"vendor.check must be one of {', '.join(Check)}, or begin with a dot"
        for word, result in self.results.items():
            if result not in set(Result):
                yield f"vendor.results.{word} must be one of {', '.join(Result)}"


def genuine(
    headers: Mapping[str, str],
    payload: bytes,
    *,
    rule: VendorRule,
    secrets: Sequence[bytes],
    now_s: float,
) -> str:
    """The name of a message, once it is sure that the vendor sent it just now.

    Args:
        headers: By their names in small letters.
        payload: Byte for byte as it came.
        rule: How the vendor signs.
        secrets: Shared with the vendor; several while one takes another's place.
        now_s: Seconds since 1970.

    Raises:
        NotAllowedError: It is not signed with a secret, too old, or from the future.
    """
    if not secrets or len(payload) > MOST_BYTES:
        raise _refused("is too long" if secrets else "cannot be checked without a secret")
    standard = rule.scheme == STANDARD
    stamp, given = _standard(headers) if standard else _timed(headers, rule.header)
    # The time is signed too, so that an old message cannot be given a new one.
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise _refused("names no time")
    if abs(now_s - int(stamp)) > TOLERANCE_S:
        raise _refused("is too old, or from the future")
    name = headers.get("webhook-id", "") if standard else ""
    signed = b".".join((*((name.encode(),) if standard else ()), stamp.encode(), payload))
    matches = False
    for secret in secrets:
        mac = hmac.digest(secret, signed, hashlib.sha256)
        for signature in given[:MOST_SIGNATURES]:
            # All are compared, each in constant time.
            matches |= hmac.compare_digest(mac, signature)
    if not matches:
        raise _refused("is not signed with a secret that we share")
    return hashlib.sha256(name.encode() if standard else signed).hexdigest()


def outcome(payload: bytes, *, rule: VendorRule, at_us: int) -> Outcome | None:
    """What a genuine message says; None where it says nothing of a check.

    Args:
        payload: JSON.
        rule: Where things stand in it.
        at_us: When it came.
    """
    try:
        said = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    application_id = text(_at(said, rule.application))
    named = _at(said, rule.check[1:]) if rule.check.startswith(".") else rule.check
    word = text(_at(said, rule.result))
    result = rule.results.get(word.lower()) if word else None
    if application_id is None or named not in set(Check) or result is None:
        return None
    reference = text(_at(said, rule.reference)) or ""
    return Outcome(application_id, Check(named), Result(result), at_us, reference)


def _standard(headers: Mapping[str, str]) -> tuple[str, list[bytes]]:
    found = []
    for each in headers.get("webhook-signature", "").split():
        version, _, text_ = each.partition(",")
        try:
            if version == "v1":
                found.append(base64.b64decode(text_, validate=True))
        except (binascii.Error, ValueError):
            continue
    return headers.get("webhook-timestamp", ""), found


def _timed(headers: Mapping[str, str], header: str) -> tuple[str, list[bytes]]:
    stamp, found = "", []
    for each in headers.get(header.lower(), "").replace(" ", ",").split(","):
        name, _, value = each.partition("=")
        if name == "t":
            stamp = value
        elif name == "v1":
            try:
                found.append(bytes.fromhex(value))
            except ValueError:
                continue
    return stamp, found


def _at(said: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(said, dict):
            return None
        said = said.get(key)
    return said


def _refused(why: str) -> NotAllowedError:
    return NotAllowedError(f"The message of the verification vendor {why}.")
