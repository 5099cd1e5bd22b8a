"""What erasing an account would do, and what forbids it; nothing is changed here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from revenuer.app.casebook.erased_rows import Touched, rows_of
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.places import Around, alone_around, erase_around, places_around
from revenuer.app.casebook.subject_rows import keys_of
from revenuer.app.desk import open_desk
from revenuer.app.erasing.dockets import decisions_on
from revenuer.casework.erasure import Outcome, Whom
from revenuer.casework.roles import Actor, Right
from revenuer.store.casebook import holds


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """What an erasure would do.

    Attributes:
        subject: Whom, as the casebook writes the account.
        held: Whether a legal hold forbids it.
        decisions: Decisions in force that would end for the account.
        places: What each place outside the casebook says.
        tables: What becomes of the rows of each table.
    """

    subject: str
    held: bool
    decisions: tuple[str, ...]
    places: tuple[Outcome, ...]
    tables: tuple[Touched, ...]


def plan_erasure(
    casebook: Casebook, around: Around, account_id: str, *, actor: Actor, now: datetime
) -> ErasurePlan:
    """What erasing an account would do; nothing is changed."""
    actor.needs(Right.ERASE)
    subject = casebook.subject(account_id)
    with casebook.reading() as connection:
        places = places_around(connection, around)
        keys = keys_of(connection, subject)
        held = is_held(connection, subject)
        tables = tuple(rows_of(connection, keys))
    alone = alone_around(places, account_id)
    return ErasurePlan(
        subject,
        held,
        tuple(decisions_in_force(around, account_id, now)),
        tuple(erase_around(places, around, Whom(account_id), alone, now)),
        tables,
    )


def is_held(connection: Connection, subject: str) -> bool:
    """Whether an account is held, itself or with a case that it is in."""
    return bool(holds.held(connection, (subject, *keys_of(connection, subject).cases)))


def decisions_in_force(around: Around, account_id: str, now: datetime) -> Iterator[str]:
    """The decisions in force that cover an account, of all snapshots."""
    for snapshot in around.snapshots:
        desk = open_desk(snapshot, around.keys)
        yield from (one.id for one in decisions_on(desk, account_id, now))
