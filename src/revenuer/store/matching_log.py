"""Every question that a peer asked of ours, and what a person approved; never a value.

| table | a row is |
|---|---|
| `matching_questions` | a question that was answered: who, when, how many, which buckets |
| `matching_approvals` | an intersection whose elements a peer may learn, by whom and until when |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

TABLES = MetaData()
PART, VERSION = "matching", 1
questions = Table(
    "matching_questions",
    TABLES,
    Column("id", String(32), primary_key=True),
    Column("partner", String(64), nullable=False),
    Column("token", String(32), nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("form", String(16), nullable=False),
    Column("edition", String(32), nullable=False),
    Column("elements", Integer, nullable=False),
    Column("nonce", String(64), nullable=False, unique=True),
    Column("buckets", Text, nullable=False),
    Index("matching_questions_whose", "partner", "kind", "asked_us"),
)
approvals = Table(
    "matching_approvals",
    TABLES,
    Column("id", String(32), primary_key=True),
    Column("partner", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("by", String(128), nullable=False),
    Column("why", Text, nullable=False),
    Column("approved_us", BigInteger, nullable=False),
    Column("ends_us", BigInteger, nullable=False),
    Column("withdrawn_us", BigInteger, nullable=False),
)


class AskedBeforeError(Exception):
    """A question came a second time."""


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question that was answered.

    Attributes:
        id: Its name in the audit log.
        partner: Who asked.
        token: What let it in.
        asked_us: When, microseconds since the epoch.
        kind: What was asked for.
        form: `membership`, `count` or `elements`.
        edition: Of the tables, hexadecimal.
        elements: How many, decoys among them.
        nonce: Of the question.
        buckets: Their names, in order; empty for an intersection.
    """

    id: str
    partner: str
    token: str
    asked_us: int
    kind: str
    form: str
    edition: str
    elements: int
    nonce: str
    buckets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """That a peer may learn elements.

    Attributes:
        id: Its name.
        partner: Who may.
        kind: Of which values.
        by: Who approved it.
        why: In that person's words.
        approved_us: When.
        ends_us: Until when.
        withdrawn_us: When it was taken back; 0 if it was not.
    """

    id: str
    partner: str
    kind: str
    by: str
    why: str
    approved_us: int
    ends_us: int
    withdrawn_us: int = 0


def keep_question(connection: Connection, row: QuestionRow) -> None:
    """Keep a question.

    Raises:
        AskedBeforeError: One with its nonce was answered already.
    """
    values = {name: getattr(row, name) for name in row.__slots__ if name != "buckets"}
    told = " ".join(map(str, row.buckets))
    try:
        with connection.begin_nested():
            connection.execute(insert(questions).values(**values, buckets=told))
    except IntegrityError:
        raise AskedBeforeError from None


def recent(
    connection: Connection, partner: str, kind: str, since_us: int
) -> list[tuple[int, int, str]]:
    """When a peer asked for a kind, for how many and in which form, oldest first."""
    asked = (
        select(questions.c.asked_us, questions.c.elements, questions.c.form)
        .where(
            questions.c.partner == partner,
            questions.c.kind == kind,
            questions.c.asked_us > since_us,
        )
        .order_by(questions.c.asked_us)
    )
    return [(row.asked_us, row.elements, row.form) for row in connection.execute(asked)]


def ever(connection: Connection, partner: str, kind: str) -> int:
    """How many elements of a kind a peer ever asked for."""
    asked = select(func.coalesce(func.sum(questions.c.elements), 0)).where(
        questions.c.partner == partner, questions.c.kind == kind
    )
    return int(connection.execute(asked).scalar_one())


def questions_of(connection: Connection, partner: str | None, most: int) -> list[QuestionRow]:
    """The newest questions, newest first."""
    asked = select(questions).order_by(questions.c.asked_us.desc()).limit(most)
    if partner is not None:
        asked = asked.where(questions.c.partner == partner)
    return [_question(row) for row in connection.execute(asked)]


def keep_approval(connection: Connection, row: ApprovalRow) -> None:
    """Keep an approval."""
    connection.execute(
        insert(approvals).values(**{name: getattr(row, name) for name in row.__slots__})
    )


def approval_of(connection: Connection, partner: str, kind: str, now_us: int) -> ApprovalRow | None:
    """The approval that holds for a peer and a kind now."""
    asked = select(approvals).where(
        approvals.c.partner == partner,
        approvals.c.kind == kind,
        approvals.c.approved_us <= now_us,
        approvals.c.ends_us > now_us,
        approvals.c.withdrawn_us == 0,
    )
    row = connection.execute(asked.order_by(approvals.c.ends_us.desc())).first()
    return None if row is None else ApprovalRow(**row._mapping)


def approvals_of(connection: Connection) -> list[ApprovalRow]:
    """All approvals, oldest first."""
    asked = select(approvals).order_by(approvals.c.approved_us)
    return [ApprovalRow(**row._mapping) for row in connection.execute(asked)]


def withdraw(connection: Connection, id_: str, now_us: int) -> bool:
    """Take an approval back; False where there is none of that name that holds."""
    done = connection.execute(
        update(approvals)
        .where(approvals.c.id == id_, approvals.c.withdrawn_us == 0)
        .values(withdrawn_us=now_us)
    )
    return bool(done.rowcount)


def _question(row: Any) -> QuestionRow:
    values = dict(row._mapping)
    values["buckets"] = tuple(int(bucket) for bucket in values["buckets"].split())
    return QuestionRow(**values)
