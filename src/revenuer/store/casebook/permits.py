"""Permits, and what was written about them.

Columns named `sealed` hold what only the vault reads, with the key of the permit's subject.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    insert,
    select,
)
from sqlalchemy import update as update_of

from revenuer.casework.permits import Permit, Purpose, State, Terms
from revenuer.instants import micros, moment
from revenuer.store.casebook.schema import METADATA
from revenuer.store.casebook.subjects import SUBJECT_CHARS

permits = Table(
    "permits",
    METADATA,
    Column("permit_id", String(64), primary_key=True),
    Column("purpose", String(32), nullable=False),
    Column("subject", String(SUBJECT_CHARS), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("valid_from_us", BigInteger, nullable=False),
    Column("valid_until_us", BigInteger, nullable=False),
    Column("max_exchanges", BigInteger, nullable=True),
    Column("max_tokens", BigInteger, nullable=True),
    Column("models", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("requested_by", String(64), nullable=False),
    Column("requested_us", BigInteger, nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_us", BigInteger, nullable=False),
    Column("revoked_by", String(64), nullable=False),
    Column("revoked_us", BigInteger, nullable=False),
    # Terms that somebody asks for, as JSON; empty for none.
    Column("asked", Text, nullable=False),
    Column("asked_by", String(64), nullable=False),
    # When the audit log was told that it is over; 0 before.
    Column("expiry_told_us", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
)
permit_texts = Table(
    "permit_texts",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("permit_id", String(64), ForeignKey("permits.permit_id"), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("owner", String(SUBJECT_CHARS), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
ALL = (permits, permit_texts)


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote about a permit, sealed."""

    number: int
    permit_id: str
    kind: str
    at_us: int
    by: str
    owner: str
    sealed: bytes


def keep(connection: Connection, permit: Permit) -> None:
    """Keep a new one."""
    connection.execute(insert(permits).values(expiry_told_us=0, **_values(permit)))


def change(connection: Connection, permit: Permit) -> None:
    """Keep what became of one; its version counts up."""
    values = _values(permit) | {"version": permit.version + 1}
    connection.execute(update_of(permits).where(permits.c.permit_id == permit.id).values(**values))


def found(connection: Connection, start: str) -> list[Permit]:
    """The permits whose id this is, or begins."""
    alike = permits.c.permit_id.startswith(start, autoescape=True)
    rows = connection.execute(select(permits).where(alike).limit(2)).all()
    exact = [row for row in rows if row.permit_id == start]
    return [_permit(row) for row in exact or rows]


def listed(connection: Connection, subjects: Sequence[str] | None = None) -> list[Permit]:
    """All permits, or those of some subjects; the newest first."""
    wanted = select(permits)
    if subjects is not None:
        wanted = wanted.where(permits.c.subject.in_(list(subjects)))
    wanted = wanted.order_by(permits.c.requested_us.desc(), permits.c.permit_id)
    return [_permit(row) for row in connection.execute(wanted)]


def asked_for(connection: Connection) -> list[Permit]:
    """Permits that, or other terms of which, wait for a yes or no; the oldest first."""
    waits = (permits.c.state == State.REQUESTED.value) | (permits.c.asked != "")
    wanted = select(permits).where(waits).order_by(permits.c.requested_us, permits.c.permit_id)
    return [_permit(row) for row in connection.execute(wanted)]


def expiry_untold(connection: Connection, now_us: int) -> list[str]:
    """Ids of granted permits whose time is over and of which nobody said so yet."""
    over = (
        (permits.c.state == State.GRANTED.value)
        & (permits.c.valid_until_us <= now_us)
        & (permits.c.expiry_told_us < permits.c.valid_until_us)
    )
    return list(connection.execute(select(permits.c.permit_id).where(over)).scalars())


def tell_expiry(connection: Connection, names: Iterable[str], now_us: int) -> None:
    """Note that it was said of permits that their time is over."""
    for name in names:
        connection.execute(
            update_of(permits).where(permits.c.permit_id == name).values(expiry_told_us=now_us)
        )


def keep_words(connection: Connection, words: Words) -> None:
    """Keep what somebody wrote."""
    values = {name: getattr(words, name) for name in permit_texts.c.keys()}  # noqa: SIM118
    connection.execute(insert(permit_texts).values(values))


def words_of(connection: Connection, permit_id: str) -> list[Words]:
    """What was written about a permit, in its order."""
    wanted = select(permit_texts).where(permit_texts.c.permit_id == permit_id)
    return [Words(*row) for row in connection.execute(wanted.order_by(permit_texts.c.number))]


def next_words(connection: Connection) -> int:
    """The number of the next text."""
    newest = select(permit_texts.c.number).order_by(permit_texts.c.number.desc()).limit(1)
    return (connection.execute(newest).scalar() or 0) + 1


def _values(permit: Permit) -> dict[str, object]:
    terms = permit.terms
    return {
        "permit_id": permit.id,
        "purpose": permit.purpose.value,
        "subject": permit.subject,
        "kind": permit.kind,
        "valid_from_us": _us(terms.valid_from),
        "valid_until_us": _us(terms.valid_until),
        "max_exchanges": terms.max_exchanges,
        "max_tokens": terms.max_tokens,
        "models": json.dumps(terms.models),
        "state": permit.state.value,
        "requested_by": permit.requested_by,
        "requested_us": _us(permit.requested_at),
        "decided_by": permit.decided_by,
        "decided_us": _us(permit.decided_at),
        "revoked_by": permit.revoked_by,
        "revoked_us": _us(permit.revoked_at),
        "asked": "" if permit.asked is None else _terms_text(permit.asked),
        "asked_by": permit.asked_by,
        "version": permit.version,
    }


def _terms_text(terms: Terms) -> str:
    return json.dumps(
        {
            "valid_from_us": _us(terms.valid_from),
            "valid_until_us": _us(terms.valid_until),
            "max_exchanges": terms.max_exchanges,
            "max_tokens": terms.max_tokens,
            "models": list(terms.models),
        }
    )


def _permit(row: Row[tuple[object, ...]]) -> Permit:
    asked = None
    if row.asked:
        kept = json.loads(row.asked)
        asked = Terms(
            moment(kept["valid_from_us"]),
            moment(kept["valid_until_us"]),
            kept["max_exchanges"],
            kept["max_tokens"],
            tuple(kept["models"]),
        )
    return Permit(
        id=row.permit_id,
        purpose=Purpose(row.purpose),
        subject=row.subject,
        kind=row.kind,
        terms=Terms(
            moment(row.valid_from_us),
            moment(row.valid_until_us),
            row.max_exchanges,
            row.max_tokens,
            tuple(json.loads(row.models)),
        ),
        state=State(row.state),
        requested_by=row.requested_by,
        requested_at=moment(row.requested_us),
        decided_by=row.decided_by,
        decided_at=moment(row.decided_us) if row.decided_us else None,
        revoked_by=row.revoked_by,
        revoked_at=moment(row.revoked_us) if row.revoked_us else None,
        asked=asked,
        asked_by=row.asked_by,
        version=row.version,
    )


def _us(at: datetime | None) -> int:
    return 0 if at is None else micros(at)
