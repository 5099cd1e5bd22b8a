"""The tables of records: what is held, what is being erased, and where accounts may be named.

| table | a row is |
|---|---|
| `holds` | something that may be neither erased nor aged out |
| `erasures` | an account that is to be erased, and how far that has got |
| `erasure_places` | what one place answered |
| `known_places` | a folder or a file in which accounts may be named |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy import update as update_of

from revenuer.store.casebook.schema import METADATA
from revenuer.store.casebook.subjects import SUBJECT_CHARS

ACCOUNT, CASE = "account", "case"
holds = Table(
    "holds",
    METADATA,
    Column("hold_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("target", String(96), nullable=False, index=True),
    Column("why", LargeBinary, nullable=False),
    Column("placed_by", String(64), nullable=False),
    Column("placed_us", BigInteger, nullable=False),
    Column("released_us", BigInteger, nullable=False),
    Column("released_by", String(64), nullable=False),
    Column("released_why", LargeBinary, nullable=False),
)
erasures = Table(
    "erasures",
    METADATA,
    Column("erasure_id", String(64), primary_key=True),
    Column("subject", String(SUBJECT_CHARS), nullable=False, index=True),
    Column("name", LargeBinary, nullable=False),
    Column("why", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("lets_go", Boolean, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_us", BigInteger, nullable=False),
    Column("agreed_by", String(64), nullable=False),
    Column("finished_us", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
)
erasure_places = Table(
    "erasure_places",
    METADATA,
    Column("erasure_id", String(64), ForeignKey("erasures.erasure_id"), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("place", String(1024), primary_key=True),
    Column("answer", String(32), nullable=False),
    Column("said", Text, nullable=False),
    Column("to_do", Text, nullable=False),
    Column("at_us", BigInteger, nullable=False),
)
known_places = Table(
    "known_places",
    METADATA,
    Column("kind", String(32), primary_key=True),
    Column("place", String(1024), primary_key=True),
    Column("noted_us", BigInteger, nullable=False),
)
ALL = (holds, erasures, erasure_places, known_places)


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that is held.

    Attributes:
        hold_id: Its name.
        kind: `account` or `case`.
        target: The subject, or the case's id.
        why: Sealed with the hold's own key.
        placed_by: Who said so.
        placed_us: When, microseconds since the epoch.
        released_us: Since when no more; 0 while it holds.
        released_by: Who lifted it.
        released_why: Sealed likewise.
    """

    hold_id: str
    kind: str
    target: str
    why: bytes
    placed_by: str
    placed_us: int
    released_us: int = 0
    released_by: str = ""
    released_why: bytes = b""


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An account that is to be erased.

    Attributes:
        erasure_id: Its name, and the owner of what is sealed here.
        subject: Whom.
        name: The account's id, sealed; empty once all is done.
        why: Sealed likewise.
        state: `asked`, `open` or `done`.
        lets_go: Whether decisions in force end for it.
        asked_by: Who asked.
        asked_us: When, microseconds since the epoch.
        agreed_by: Who agreed; empty where one person suffices.
        finished_us: When all was done; 0 until then.
        version: Counts its changes.
    """

    erasure_id: str
    subject: str
    name: bytes
    why: bytes
    state: str
    lets_go: bool
    asked_by: str
    asked_us: int
    agreed_by: str = ""
    finished_us: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """What one place answered to an erasure."""

    erasure_id: str
    kind: str
    place: str
    answer: str
    said: str
    to_do: str
    at_us: int


def _values(row: object, table: Table) -> dict[str, object]:
    return {name: getattr(row, name) for name in table.columns.keys()}  # noqa: SIM118


def keep_hold(connection: Connection, hold: Hold) -> None:
    """Keep a hold."""
    connection.execute(insert(holds).values(_values(hold, holds)))


def lift(connection: Connection, hold: Hold) -> bool:
    """Note that a hold is lifted; False where it was before."""
    done = connection.execute(
        update_of(holds)
        .where(holds.c.hold_id == hold.hold_id, holds.c.released_us == 0)
        .values(
            released_us=hold.released_us,
            released_by=hold.released_by,
            released_why=hold.released_why,
        )
    )
    return bool(done.rowcount)


def held(connection: Connection, targets: Iterable[str]) -> frozenset[str]:
    """Which of these subjects and cases are held."""
    now = select(holds.c.target).where(holds.c.released_us == 0)
    return frozenset(connection.execute(now).scalars()) & frozenset(targets)


def all_held(connection: Connection) -> frozenset[str]:
    """Every subject and case that is held."""
    return frozenset(
        connection.execute(select(holds.c.target).where(holds.c.released_us == 0)).scalars()
    )


def holds_listed(connection: Connection, target: str = "") -> list[Hold]:
    """Holds, oldest first; of one target if one is named."""
    wanted = select(holds).order_by(holds.c.placed_us, holds.c.hold_id)
    if target:
        wanted = wanted.where(holds.c.target == target)
    return [Hold(*row) for row in connection.execute(wanted)]


def keep_erasure(connection: Connection, row: ErasureRow) -> None:
    """Keep an erasure."""
    connection.execute(insert(erasures).values(_values(row, erasures)))


def change_erasure(connection: Connection, row: ErasureRow) -> bool:
    """Change how far an erasure has got; False where another changed it meanwhile."""
    values = _values(row, erasures) | {"version": row.version + 1}
    mine = (erasures.c.erasure_id == row.erasure_id) & (erasures.c.version == row.version)
    return bool(connection.execute(update_of(erasures).where(mine).values(values)).rowcount)


def erasures_listed(connection: Connection, *states: str) -> list[ErasureRow]:
    """Erasures, oldest first; all without states."""
    wanted = select(erasures).order_by(erasures.c.asked_us, erasures.c.erasure_id)
    if states:
        wanted = wanted.where(erasures.c.state.in_(states))
    return [ErasureRow(*row) for row in connection.execute(wanted)]


def keep_answers(connection: Connection, rows: Sequence[PlaceRow]) -> None:
    """Keep what places answered, each in the stead of what it said before."""
    for row in rows:
        key = (
            (erasure_places.c.erasure_id == row.erasure_id)
            & (erasure_places.c.kind == row.kind)
            & (erasure_places.c.place == row.place)
        )
        connection.execute(delete(erasure_places).where(key))
        connection.execute(insert(erasure_places).values(_values(row, erasure_places)))


def answers_of(connection: Connection, erasure_id: str) -> list[PlaceRow]:
    """What places answered, in the order of their kinds."""
    wanted = select(erasure_places).where(erasure_places.c.erasure_id == erasure_id)
    ordered = wanted.order_by(erasure_places.c.kind, erasure_places.c.place)
    return [PlaceRow(*row) for row in connection.execute(ordered)]


def note_place(connection: Connection, kind: str, place: str, now_us: int) -> bool:
    """Note where accounts may be named; False where it was known."""
    known = select(known_places.c.noted_us).where(
        known_places.c.kind == kind, known_places.c.place == place
    )
    if connection.execute(known).scalar() is not None:
        return False
    values = {"kind": kind, "place": place, "noted_us": now_us}
    connection.execute(insert(known_places).values(values))
    return True


def places_of(connection: Connection) -> list[tuple[str, str]]:
    """Kind and place of all that is known."""
    rows = connection.execute(
        select(known_places.c.kind, known_places.c.place).order_by(
            known_places.c.kind, known_places.c.place
        )
    )
    return [(row.kind, row.place) for row in rows]


def places_of_kind(connection: Connection, kind: str) -> list[str]:
    """All that is known of one kind, in the order of their names."""
    places = select(known_places.c.place).where(known_places.c.kind == kind)
    return list(connection.execute(places.order_by(known_places.c.place)).scalars())
