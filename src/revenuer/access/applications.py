"""What an application for an account says, in the contract's names; the rest is unknown.

Every text comes from a stranger. What is of the wrong type, overlong or only a word for
"nothing" is unknown, never a value: two applicants whose device is `unknown` share nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

LONGEST_TEXT = 512
"""Characters of a value. A longer one is unknown: cut short, it would equal its neighbours."""
LONGEST_AGENT = 2_048
"""Characters of a user agent, which are longer among honest people."""
NOTHING = frozenset(
    ("null", "none", "nil", "nan", "n/a", "na", "unknown", "undefined", "-", "?", "0", "\\n")
)
"""What systems write where they know nothing."""
EARLIEST_US = 946_684_800_000_000
LATEST_US = 7_258_118_400_000_000
"""Years 2000 to 2200: a time outside is a slip of some clock, and unknown."""
LARGEST_ASN = 2**32 - 1
"""RFC 6793: numbers of autonomous systems have 32 bits."""


class Programme(StrEnum):
    """Programmes with terms of their own, the paths that are abused most."""

    EDUCATION = "education"
    SECURITY_RESEARCH = "security-research"
    STARTUP = "startup"


class Check(StrEnum):
    """What an applicant can be asked to do, from the lightest to the heaviest."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    INSTITUTION = "institution"
    ORGANIZATION = "organization"
    DOCUMENT = "document"


class Result(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Application:
    """One sign-up; None is unknown.

    Attributes:
        application_id: Its name, given by the operator.
        applied_us: When, microseconds since 1970; column `applied_at`.
        account_id: The account, once there is one.
        organization_id: As in `accounts`.
        email: The address, if the operator gives it; it is looked at and not kept.
        email_domain: What follows the `@`; taken from `email` where it is missing.
        email_fingerprint: Keyed hash of the address, for operators who do not give it.
        payment_fingerprint: As in `accounts`; opaque.
        payment_kind: `credit`, `debit`, `prepaid`, `virtual`, `invoice`, ...
        phone_fingerprint: As in `accounts`; opaque.
        phone_kind: `mobile`, `voip` or `landline`.
        device_fingerprint: As in `accounts`; opaque.
        document_reference: The verification vendor's opaque name of a person; never a document.
        signup_ip: As in `accounts`.
        signup_asn: As in `accounts`.
        network_kind: What the operator's own feed says of the address: `hosting`, `vpn`, `proxy`,
            `tor`, `relay` or `residential`; it holds before the packaged tables.
        tls_fingerprint: JA4 of the client that signed up.
        user_agent: The client's own word.
        referral: The code or partner that sent the applicant.
        programme: `education`, `security-research`, `startup`, or None for none.
        claimed_domain: Of the institution or company that the applicant claims.
        plan: What is applied for.
        region: Meets only the operator's own rules of supply.
    """

    application_id: str
    applied_us: int | None = None
    account_id: str | None = None
    organization_id: str | None = None
    email: str | None = None
    email_domain: str | None = None
    email_fingerprint: str | None = None
    payment_fingerprint: str | None = None
    payment_kind: str | None = None
    phone_fingerprint: str | None = None
    phone_kind: str | None = None
    device_fingerprint: str | None = None
    document_reference: str | None = None
    signup_ip: str | None = None
    signup_asn: int | None = None
    network_kind: str | None = None
    tls_fingerprint: str | None = None
    user_agent: str | None = None
    referral: str | None = None
    programme: Programme | None = None
    claimed_domain: str | None = None
    plan: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one check of one application came out; a decision and a reference, no papers.

    Attributes:
        application_id: Which application.
        check: What was checked.
        result: How it came out.
        at_us: When, microseconds since 1970; column `at`.
        reference: The vendor's opaque name of the decision; may be empty.
    """

    application_id: str
    check: Check
    result: Result
    at_us: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One line of the table `owners`: who owns how much of whom.

    Attributes:
        owner: Opaque name of the owner.
        owned: Opaque name of what is owned, such as an organization_id.
        share: Between 0 and 1; None where it is not known.
        jurisdiction: Where the owner is seated, if the operator's rules ask.
    """

    owner: str
    owned: str
    share: float | None = None
    jurisdiction: str | None = None


COLUMNS: Mapping[str, str] = {
    "application_id": "string",
    "applied_at": "timestamp",
    **{
        field.name: "int64" if field.name == "signup_asn" else "string"
        for field in fields(Application)[2:]
    },
}
"""The table `applications`: name of each column and its type, times in UTC."""
LOWERED = frozenset(
    (
        "email_domain",
        "payment_kind",
        "phone_kind",
        "network_kind",
        "programme",
        "claimed_domain",
        "plan",
    )
)
"""Columns where capital letters mean nothing."""


def read(row: Mapping[str, Any]) -> Application | None:
    """Take an application from a row of a table or of JSON.

    Args:
        row: Column to value, of whatever type; columns that are not ours are left.

    Returns:
        The application; None where it has no usable `application_id`.

    Examples:
        >>> read({"application_id": "a-1", "device_fingerprint": "Unknown", "signup_asn": "64500"})
        Application(application_id='a-1', ..., device_fingerprint=None, ..., signup_asn=64500, ...)
    """
    application_id = text(row.get("application_id"))
    if application_id is None:
        return None
    found: dict[str, Any] = {"applied_us": moment(row.get("applied_at"))}
    for name in _TEXTS:
        raw = row.get(name)
        if raw is not None:
            value = text(raw, LONGEST_AGENT if name == "user_agent" else LONGEST_TEXT)
            found[name] = value.lower() if value and name in LOWERED else value
    found["signup_asn"] = network(row.get("signup_asn"))
    found["programme"] = _PROGRAMMES.get(found.get("programme") or "")
    return Application(application_id, **found)


def text(raw: object, longest: int = LONGEST_TEXT) -> str | None:
    r"""A text without blanks around it; None where it says nothing.

    Examples:
        >>> text(" Pay_7 "), text("N/A"), text(["a"]), text("a" * 600), text("a\x00b")
        ('Pay_7', None, None, None, None)
    """
    if isinstance(raw, int) and not isinstance(raw, bool):
        # A column of numbers is read as numbers by whoever guesses types.
        raw = str(raw) if abs(raw) < 10**40 else None
    if not isinstance(raw, str) or len(raw) > 4 * longest:
        return None
    value = raw.strip()
    if not value or len(value) > longest or value.lower() in NOTHING:
        return None
    # Control characters and lone surrogates are in no honest value, and spoil logs and tables.
    return value if value.isprintable() else None


def moment(raw: object) -> int | None:
    """A time as microseconds since 1970; None where it is none, or has no offset.

    Examples:
        >>> moment("2026-02-05T18:00:00Z"), moment("yesterday"), moment("2026-02-05T18:00:00")
        (1770314400000000, None, None)
    """
    if isinstance(raw, str) and len(raw) <= 40:
        try:
            raw = datetime.fromisoformat(raw.strip())
        except ValueError:
            return None
    if not isinstance(raw, datetime) or raw.tzinfo is None:
        return None
    try:
        since = raw.astimezone(UTC) - _EPOCH
    except OverflowError:
        return None
    found = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return found if EARLIEST_US <= found <= LATEST_US else None


def network(raw: object) -> int | None:
    """The number of an autonomous system; None where it is none.

    Examples:
        >>> network(64500), network("AS64500"), network(-1), network(True), network(64500.0)
        (64500, 64500, None, None, 64500)
    """
    if isinstance(raw, str):
        digits = raw.strip().upper().removeprefix("AS")
        raw = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 11 else None
    if isinstance(raw, float):
        raw = int(raw) if raw.is_integer() else None
    if not isinstance(raw, int) or isinstance(raw, bool):
        return None
    return raw if 0 < raw <= LARGEST_ASN else None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = tuple(
    name for name, kind in COLUMNS.items() if kind == "string" and name != "application_id"
)
_PROGRAMMES = {programme.value: programme for programme in Programme}
