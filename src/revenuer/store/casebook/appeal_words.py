"""What was said in appeals, and who looked at what.

The column `sealed` holds what only the vault reads, with a key of the appeal's own: it is destroyed
with the last of the accounts that the appeal is about.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from revenuer.store.casebook.schema import METADATA

appeal_messages = Table(
    "appeal_messages",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("appeal_id", String(64), ForeignKey("appeals.appeal_id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("by", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
appeal_looks = Table(
    "appeal_looks",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("appeal_id", String(64), ForeignKey("appeals.appeal_id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("view", String(16), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
)
ALL = (appeal_messages, appeal_looks)

RECEIVED, LETTER, REASON = "received", "letter", "reason"
"""Kinds of messages: from whoever appeals, to them, and a reason that stays inside."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something that was said in an appeal, sealed."""

    number: int
    appeal_id: str
    kind: str
    at_us: int
    by: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class LookRow:
    """That somebody opened something of an appeal."""

    name: str
    view: str
    at_us: int
    sha256: str


def say(connection: Connection, message: Message) -> int:
    """Keep something that was said; its number."""
    newest = connection.execute(select(func.max(appeal_messages.c.number))).scalar() or 0
    values = {
        "number": newest + 1,
        "appeal_id": message.appeal_id,
        "kind": message.kind,
        "at_us": message.at_us,
        "by": message.by,
        "sealed": message.sealed,
    }
    connection.execute(insert(appeal_messages).values(**values))
    return newest + 1


def messages_of(connection: Connection, appeal_id: str) -> list[Message]:
    """What was said in an appeal, in its order."""
    wanted = select(appeal_messages).where(appeal_messages.c.appeal_id == appeal_id)
    return [Message(*row) for row in connection.execute(wanted.order_by(appeal_messages.c.number))]


def forget_received(connection: Connection, appeal_id: str) -> None:
    """Delete what whoever appealed said."""
    theirs = appeal_messages.c.appeal_id == appeal_id
    connection.execute(delete(appeal_messages).where(theirs, appeal_messages.c.kind == RECEIVED))


def keep_look(connection: Connection, appeal_id: str, look: LookRow) -> None:
    """Keep that somebody looked."""
    newest = connection.execute(select(func.max(appeal_looks.c.number))).scalar() or 0
    connection.execute(
        insert(appeal_looks).values(
            number=newest + 1,
            appeal_id=appeal_id,
            name=look.name,
            view=look.view,
            at_us=look.at_us,
            sha256=look.sha256,
        )
    )


def looks_of(connection: Connection, appeal_id: str) -> list[LookRow]:
    """Who looked at what, in its order."""
    wanted = select(appeal_looks).where(appeal_looks.c.appeal_id == appeal_id)
    rows = connection.execute(wanted.order_by(appeal_looks.c.number))
    return [LookRow(row.name, row.view, row.at_us, row.sha256) for row in rows]
