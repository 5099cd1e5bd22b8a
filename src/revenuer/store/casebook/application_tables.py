"""Applications for accounts as they are kept: what was judged, asked, decided and confirmed.

`access_steps` is what every process follows to hold the same index in memory: it only grows, its
numbers rise in the order of commits since writers are alone, and what a follower has read is
followed by nothing earlier. It holds opaque numbers, no address, name or card. The other tables
hold how things stand; what is personal in them is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from revenuer.store.casebook.schema import METADATA

NAME_CHARS = 64

steps = Table(
    "access_steps",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("name", String(NAME_CHARS), nullable=False, index=True),
    Column("subject", String(NAME_CHARS), nullable=False, index=True),
    Column("at_us", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
applications = Table(
    "access_applications",
    METADATA,
    Column("application", String(NAME_CHARS), primary_key=True),
    Column("subject", String(NAME_CHARS), nullable=False, index=True),
    Column("answer", String(16), nullable=False),
    Column("checks", String(128), nullable=False),
    Column("log_evidence", Float, nullable=False),
    Column("assessed_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("recheck_us", BigInteger, nullable=False),
    Column("decided", String(16), nullable=False),
    Column("decided_by", String(NAME_CHARS), nullable=False),
    Column("decided_us", BigInteger, nullable=False),
    Column("facts", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
)
Index(
    "ix_access_applications_answer_assessed_us",
    applications.c.answer,
    applications.c.assessed_us,
)
Index("ix_access_applications_recheck_us", applications.c.recheck_us)
outcomes = Table(
    "access_outcomes",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("application", String(NAME_CHARS), nullable=False, index=True),
    Column("subject", String(NAME_CHARS), nullable=False, index=True),
    Column("check", String(16), nullable=False),
    Column("result", String(16), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("reference", LargeBinary, nullable=False),
)
entitlements = Table(
    "access_entitlements",
    METADATA,
    Column("application", String(NAME_CHARS), primary_key=True),
    Column("subject", String(NAME_CHARS), nullable=False, index=True),
    Column("programme", String(32), nullable=False),
    Column("asks", String(128), nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("verified_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger, nullable=False),
    Column("misfits", String(512), nullable=False),
    Column("version", Integer, nullable=False),
)
deliveries = Table(
    "access_deliveries",
    METADATA,
    Column("message", String(NAME_CHARS), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of what every process follows.

    Attributes:
        number: Counts up from 1.
        kind: `applied`, `standing`, `convicted` or `acquitted`.
        name: Fingerprint of the application or account.
        subject: Fingerprint of the account, empty before there is one.
        at_us: When it was applied, or became known.
        body: JSON of opaque numbers and words.
    """

    number: int
    kind: str
    name: str
    subject: str
    at_us: int
    body: bytes


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """How an application stands; the fields are the columns.

    Attributes:
        application: Its fingerprint.
        subject: Fingerprint of the account, empty before there is one.
        answer: What was answered last.
        checks: What is asked for, with blanks between.
        log_evidence: Nats.
        assessed_us: When it was judged last.
        expires_us: When the answer lapses; 0 if it does not.
        recheck_us: When it is judged again; 0 if it is not.
        decided: What a person decided; empty before.
        decided_by: Who.
        decided_us: When.
        facts: Sealed.
        note: Sealed; what the person wrote.
        version: Counts up with each change.
    """

    application: str
    subject: str
    answer: str
    checks: str
    log_evidence: float
    assessed_us: int
    expires_us: int = 0
    recheck_us: int = 0
    decided: str = ""
    decided_by: str = ""
    decided_us: int = 0
    facts: bytes = b""
    note: bytes = b""
    version: int = 1


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How a check came out; the fields are the columns."""

    number: int
    application: str
    subject: str
    check: str
    result: str
    at_us: int
    reference: bytes


@dataclass(frozen=True, slots=True)
class EntitlementRow:
    """Membership of a programme; the fields are the columns."""

    application: str
    subject: str
    programme: str
    asks: str
    asked_us: int
    verified_us: int
    expires_us: int
    revoked_us: int
    misfits: str
    version: int = 1


ALL = (steps, applications, outcomes, entitlements, deliveries)
