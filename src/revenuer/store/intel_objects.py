"""What peers sent, kept: it waits until a person decides, and every version stays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from revenuer.store.database import Database
from revenuer.store.intel_tables import PART, TABLES, VERSION, names, objects


class State(StrEnum):
    """What became of a version of an object."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"


class ConflictError(ValueError):
    """A version cannot be what it says; the text is a sentence without a subject."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A version of an object as it is kept; the columns of the table."""

    id: str
    modified: datetime
    type: str
    creator: str
    tlp: str
    cluster: str
    kind: str
    value: str
    since: datetime | None
    until: datetime | None
    revoked: bool
    warnings: tuple[str, ...]
    origin: str
    imported: datetime
    body: bytes
    state: State = State.WAITING
    decided: datetime | None = None
    decided_by: str = ""
    why: str = ""


class IntelObjects:
    """The objects in a database.

    Args:
        database: Where; its tables are made.
    """

    def __init__(self, database: Database) -> None:
        database.make(TABLES, PART, VERSION)
        self._database = database

    def take(
        self,
        every: Iterable[Kept],
        known: Mapping[str, str],
        told: Callable[[Sequence[Kept], Sequence[tuple[Kept, str]]], None],
    ) -> tuple[list[Kept], list[tuple[Kept, str]]]:
        """Keep what an import brings, all of it or nothing.

        Args:
            every: Versions, older ones of an object first.
            known: What peers call themselves; who has a name keeps it.
            told: Called with what is returned before any of it is kept; where it fails nothing is.

        Returns:
            What is new, and what is refused with why.
        """
        new, refused = [], []
        with self._database.writing() as connection:
            for one in every:
                try:
                    if _add(connection, one):
                        new.append(one)
                except ConflictError as problem:
                    refused.append((one, str(problem)))
            _name(connection, known)
            told(new, refused)
        return new, refused

    def decide(
        self, target: str, state: State, *, at: datetime, by: str, why: str, despite: bool
    ) -> tuple[Kept, ...]:
        """Decide about all that waits of an object, a cluster or a peer.

        Accepting a new version takes the place of the one before.

        Args:
            target: Id of an object, a cluster or an identity.
            state: Accepted or rejected; what was accepted may be rejected later.
            at: When.
            by: Who.
            why: Why.
            despite: Accept values too that a warning list has.

        Returns:
            What was decided about.
        """
        open_ = [State.WAITING] if state is State.ACCEPTED else [State.WAITING, State.ACCEPTED]
        named = or_(
            objects.c.id == target, objects.c.cluster == target, objects.c.creator == target
        )
        chosen = and_(named, objects.c.state.in_([one.value for one in open_]))
        if state is State.ACCEPTED and not despite:
            chosen = and_(chosen, objects.c.warnings == "")
        with self._database.writing() as connection:
            rows = connection.execute(select(objects).where(chosen)).all()
            for row in rows:
                this = and_(objects.c.id == row.id, objects.c.modified_us == row.modified_us)
                connection.execute(
                    update(objects)
                    .where(this)
                    .values(state=state.value, decided_us=_us(at), decided_by=by, why=why)
                )
        return tuple(_kept(row) for row in rows)

    def listed(self, *states: State) -> list[Kept]:
        """The newest version of each object in one of some states, or any, oldest first."""
        newest = (
            select(objects.c.id, func.max(objects.c.modified_us).label("modified_us"))
            .where(objects.c.state.in_([one.value for one in states or State]))
            .group_by(objects.c.id)
            .subquery()
        )
        wanted = select(objects).join(
            newest,
            and_(objects.c.id == newest.c.id, objects.c.modified_us == newest.c.modified_us),
        )
        with self._database.reading() as connection:
            rows = connection.execute(wanted.order_by(objects.c.imported_us, objects.c.id)).all()
        return [_kept(row) for row in rows]

    def names(self) -> dict[str, str]:
        """What peers call themselves, by identity."""
        with self._database.reading() as connection:
            rows = connection.execute(select(names.c.identity, names.c.name)).all()
        return {row.identity: row.name for row in rows}


def _add(connection: Connection, one: Kept) -> bool:
    """Keep a version; False if it is there already, or older than one that is.

    What its maker took back is taken back at once, in every version.

    Raises:
        ConflictError: Another made the object, or this version had another content.
    """
    rows = connection.execute(
        select(objects.c.modified_us, objects.c.creator, objects.c.body).where(
            objects.c.id == one.id
        )
    ).all()
    if any(row.creator != one.creator for row in rows):
        raise ConflictError("was made by somebody else")
    at = _us(one.modified)
    same = [row for row in rows if row.modified_us == at]
    if same and same[0].body != one.body:
        raise ConflictError("changed without a new version")
    if same or any(row.modified_us > at for row in rows):
        return False
    state = State.REVOKED if one.revoked else one.state
    connection.execute(insert(objects).values(**_columns(one), state=state.value))
    if one.revoked:
        every = update(objects).where(objects.c.id == one.id)
        connection.execute(every.values(state=State.REVOKED.value))
    return True


def _name(connection: Connection, known: Mapping[str, str]) -> None:
    before = set(connection.execute(select(names.c.identity)).scalars())
    new = [
        {"identity": identity, "name": name}
        for identity, name in sorted(known.items())
        if identity not in before
    ]
    if new:
        connection.execute(insert(names), new)


def _us(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def _at(us: int | None) -> datetime | None:
    return None if us is None else datetime.fromtimestamp(us / 1_000_000, UTC)


def _columns(one: Kept) -> dict[str, Any]:
    return {
        "id": one.id,
        "modified_us": _us(one.modified),
        "type": one.type,
        "creator": one.creator,
        "tlp": one.tlp,
        "cluster": one.cluster,
        "kind": one.kind,
        "value": one.value,
        "since_us": None if one.since is None else _us(one.since),
        "until_us": None if one.until is None else _us(one.until),
        "revoked": one.revoked,
        "warnings": "\n".join(one.warnings),
        "origin": one.origin,
        "imported_us": _us(one.imported),
        "decided_us": None,
        "decided_by": one.decided_by,
        "why": one.why,
        "body": one.body,
    }


def _kept(row: Row[Any]) -> Kept:
    modified, imported = _at(row.modified_us), _at(row.imported_us)
    assert modified is not None
    assert imported is not None
    return Kept(
        id=row.id,
        modified=modified,
        type=row.type,
        creator=row.creator,
        tlp=row.tlp,
        cluster=row.cluster,
        kind=row.kind,
        value=row.value,
        since=_at(row.since_us),
        until=_at(row.until_us),
        revoked=row.revoked,
        warnings=tuple(row.warnings.split("\n")) if row.warnings else (),
        origin=row.origin,
        imported=imported,
        body=row.body,
        state=State(row.state),
        decided=_at(row.decided_us),
        decided_by=row.decided_by,
        why=row.why,
    )
