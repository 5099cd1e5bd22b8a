"""What holders of permits used, day by day, and how permits were outgrown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy import update as update_of

from revenuer.casework.permit_growth import Growth, Use
from revenuer.store.casebook.schema import METADATA
from revenuer.store.casebook.subjects import SUBJECT_CHARS

DAY_ZERO = date(1970, 1, 1)
MODEL_CHARS = 256

permit_use = Table(
    "permit_use",
    METADATA,
    Column("permit_id", String(64), ForeignKey("permits.permit_id"), primary_key=True),
    Column("subject", String(SUBJECT_CHARS), primary_key=True),
    Column("model", String(MODEL_CHARS), primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("exchanges", BigInteger, nullable=False),
    Column("tokens", BigInteger, nullable=False),
)
permit_growth = Table(
    "permit_growth",
    METADATA,
    Column("permit_id", String(64), ForeignKey("permits.permit_id"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("statement", Text, nullable=False),
    Column("campaign", String(96), nullable=False),
    Column("first_us", BigInteger, nullable=False),
    Column("last_us", BigInteger, nullable=False),
    # When it no longer was so; 0 as long as it is.
    Column("settled_us", BigInteger, nullable=False),
)
ALL = (permit_use, permit_growth)


@dataclass(frozen=True, slots=True)
class Told:
    """One way in which a permit was outgrown, as it was told.

    Attributes:
        permit_id: Which permit.
        kind: How.
        statement: One sentence with its numbers, the newest.
        campaign: Where it shows; empty where no campaign shows it.
        first_us: When it was told.
        last_us: When it was seen last.
        settled_us: When it no longer was so; 0 as long as it is.
    """

    permit_id: str
    kind: Growth
    statement: str
    campaign: str
    first_us: int
    last_us: int
    settled_us: int


def keep_use(connection: Connection, permit_id: str, use: Iterable[Use]) -> int:
    """Keep what was used; of a day that is known already, what is more.

    A log that is counted again, and a log that begins in the middle of a day, count no day twice.

    Returns:
        How many rows are new or more.
    """
    known = {
        (row.subject, row.model, row.day): (row.exchanges, row.tokens)
        for row in connection.execute(select(permit_use).where(permit_use.c.permit_id == permit_id))
    }
    new: list[dict[str, object]] = []
    changed = 0
    for one in use:
        key = (one.subject, one.model[:MODEL_CHARS], (one.day - DAY_ZERO).days)
        before = known.get(key)
        now = {"exchanges": one.exchanges, "tokens": one.tokens}
        if before is None:
            names = dict(zip(("subject", "model", "day"), key, strict=True))
            new.append({"permit_id": permit_id, **names, **now})
        elif one.exchanges > before[0] or one.tokens > before[1]:
            most = {
                "exchanges": max(one.exchanges, before[0]),
                "tokens": max(one.tokens, before[1]),
            }
            connection.execute(update_of(permit_use).where(_is(permit_id, key)).values(**most))
            changed += 1
    if new:
        connection.execute(insert(permit_use), new)
    return len(new) + changed


def _is(permit_id: str, key: tuple[str, str, int]) -> ColumnElement[bool]:
    subject, model, day = key
    return and_(
        permit_use.c.permit_id == permit_id,
        permit_use.c.subject == subject,
        permit_use.c.model == model,
        permit_use.c.day == day,
    )


def use_of(connection: Connection, permit_id: str) -> list[Use]:
    """What was used under a permit, and beside it."""
    rows = connection.execute(select(permit_use).where(permit_use.c.permit_id == permit_id))
    return [
        Use(row.subject, row.model, DAY_ZERO + timedelta(days=row.day), row.exchanges, row.tokens)
        for row in rows
    ]


def growth_of(connection: Connection, permit_ids: Sequence[str] | None = None) -> list[Told]:
    """How permits were outgrown, as it was told; of all permits without ids."""
    wanted = select(permit_growth).order_by(permit_growth.c.first_us, permit_growth.c.kind)
    if permit_ids is not None:
        wanted = wanted.where(permit_growth.c.permit_id.in_(list(permit_ids)))
    return [
        Told(
            row.permit_id,
            Growth(row.kind),
            row.statement,
            row.campaign,
            row.first_us,
            row.last_us,
            row.settled_us,
        )
        for row in connection.execute(wanted)
    ]


def outgrown(connection: Connection) -> tuple[int, int]:
    """How many permits are outgrown, and when the first of them was; zeros for none."""
    wanted = select(
        func.count(permit_growth.c.permit_id.distinct()), func.min(permit_growth.c.first_us)
    ).where(permit_growth.c.settled_us == 0)
    many, first_us = connection.execute(wanted).one()
    return many, first_us or 0


def keep_growth(connection: Connection, told: Told) -> None:
    """Keep how a permit was outgrown, in place of what was known of that."""
    same = (permit_growth.c.permit_id == told.permit_id) & (permit_growth.c.kind == told.kind.value)
    connection.execute(delete(permit_growth).where(same))
    connection.execute(
        insert(permit_growth).values(
            permit_id=told.permit_id,
            kind=told.kind.value,
            statement=told.statement,
            campaign=told.campaign,
            first_us=told.first_us,
            last_us=told.last_us,
            settled_us=told.settled_us,
        )
    )
