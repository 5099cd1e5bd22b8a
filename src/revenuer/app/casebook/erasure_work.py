"""An erasure that was agreed, done place by place, and gone on with after a crash.

What a crash leaves must say what was done: first it is written down where something will be done
and what only this account has, then each place is done and noted, then the rows. A place that is
found empty where something was to be done was emptied before the crash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from revenuer.app.casebook.erased_rows import erase_rows, personal_tables
from revenuer.app.casebook.erasure_plan import is_held
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.places import Around, alone_around, erase_around, places_around
from revenuer.app.casebook.subject_rows import keys_of
from revenuer.app.casebook.tombstones import bury, place_of
from revenuer.app.erasing.shares import Alone
from revenuer.casework.erasure import Answer, Outcome, Whom
from revenuer.casework.roles import Actor
from revenuer.errors import ConflictError
from revenuer.store.casebook import holds
from revenuer.store.casebook.holds import ErasureRow, PlaceRow

DONE = "done"
STOPPED = "done before the erasure was stopped: "
"""Before what a place had that is empty now, though nobody noted that it was emptied."""


class Remembered(msgspec.Struct, frozen=True):
    """What an erasure has to know until it is done, sealed with its own key.

    Attributes:
        account: The id.
        alone: What only the account has, or had when the erasure began.
    """

    account: str
    alone: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Erasure:
    """Where an erasure stands.

    Attributes:
        id: Its name.
        subject: Whom it is about.
        state: `asked`, `open` or `done`.
        asked_by: Who asked.
        agreed_by: Who agreed; empty where one person suffices.
        places: What each place answered the last time.
        held: Whether a hold stops it.
    """

    id: str
    subject: str
    state: str
    asked_by: str
    agreed_by: str
    places: tuple[Outcome, ...]
    held: bool = False

    @property
    def to_do(self) -> tuple[Outcome, ...]:
        """What a person has to see to."""
        return tuple(one for one in self.places if not one.is_settled)


def work_on(
    casebook: Casebook, around: Around, row: ErasureRow, actor: Actor, now: datetime
) -> Erasure:
    """Do what is left of an erasure that is open."""
    with casebook.reading() as connection:
        kept = casebook.vault.unseal(connection, row.erasure_id, row.name)
        held = is_held(connection, row.subject)
        places = places_around(connection, around)
        before = {
            (one.kind, one.place): outcome_of(one)
            for one in holds.answers_of(connection, row.erasure_id)
        }
    if held or kept is None:
        return replace(told(row, before.values()), held=held)
    known = msgspec.json.decode(kept, type=Remembered)
    alone = alone_around(places, known.account) | frozenset(known.alone)
    planned = tuple(erase_around(places, around, Whom(known.account), alone, now))
    with casebook.changing(actor, now) as change:
        row = _begin(casebook, change, row, Remembered(known.account, tuple(sorted(alone))))
        before = _plan(change, row, planned, before)
    done = _do(casebook, around, row, places, alone, before, actor, now, known.account)
    row = _finish(casebook, row, done, actor, now, known.account)
    casebook.database.overwrite_deleted(personal_tables())
    return told(row, done)


def remembered(account_id: str) -> bytes:
    """What is sealed of an erasure when it is asked for."""
    return msgspec.json.encode(Remembered(account_id))


def account_of(kept: bytes) -> str:
    """The account of an erasure, by what is sealed of it."""
    return msgspec.json.decode(kept, type=Remembered).account


def _begin(casebook: Casebook, change: Change, row: ErasureRow, known: Remembered) -> ErasureRow:
    """Keep what only the account has: once its scans are rewritten, nothing tells it."""
    sealed = casebook.vault.seal(change.connection, row.erasure_id, msgspec.json.encode(known))
    row = replace(row, name=sealed)
    change_row(change, row)
    return replace(row, version=row.version + 1)


def _plan(
    change: Change,
    row: ErasureRow,
    planned: Iterable[Outcome],
    before: Mapping[tuple[str, str], Outcome],
) -> dict[tuple[str, str], Outcome]:
    """Note where something will be done, before anything is."""
    told = dict(before)
    new = []
    for one in planned:
        key = (one.kind, one.where[:1024])
        if one.answer is Answer.WOULD and told.get(key, one).answer is not Answer.DONE:
            new.append(_row(row, one, change.now_us))
            told[key] = one
    holds.keep_answers(change.connection, new)
    if new:
        where = [[one.kind, one.place] for one in new]
        change.record("erasing", {"erasure": row.erasure_id, "places": where})
    return told


def _do(
    casebook: Casebook,
    around: Around,
    row: ErasureRow,
    places: list[tuple[str, Path]],
    alone: Alone,
    before: Mapping[tuple[str, str], Outcome],
    actor: Actor,
    now: datetime,
    account: str,
) -> list[Outcome]:
    """Place by place; each is noted before the next is begun."""
    done = []
    for found in erase_around(places, around, Whom(account, act=True), alone, now):
        earlier = before.get((found.kind, found.where[:1024]))
        outcome = _with(earlier, found)
        done.append(outcome)
        if outcome != earlier:
            with casebook.changing(actor, now) as change:
                _note(change, row, outcome)
    return done


def _with(earlier: Outcome | None, found: Outcome) -> Outcome:
    """What a place answers, with what is known of it from before a crash."""
    if earlier is None or found.answer is not Answer.NOTHING:
        return found
    if earlier.answer is Answer.DONE:
        return earlier
    if earlier.answer is Answer.WOULD:
        return replace(earlier, answer=Answer.DONE, said=f"{STOPPED}{earlier.said}")
    return found


def _note(change: Change, row: ErasureRow, outcome: Outcome) -> None:
    holds.keep_answers(change.connection, [_row(row, outcome, change.now_us)])
    if outcome.answer is not Answer.NOTHING:
        files = [[one.name, one.before, one.after] for one in outcome.files]
        change.record(
            "erased-place",
            {
                "erasure": row.erasure_id,
                "kind": outcome.kind,
                "place": outcome.where,
                "answer": outcome.answer.value,
                "files": files,
            },
        )


def _finish(
    casebook: Casebook,
    row: ErasureRow,
    done: list[Outcome],
    actor: Actor,
    now: datetime,
    account: str,
) -> ErasureRow:
    """Erase the rows and the key; with the last place the erasure's own key goes too."""
    settled = all(one.is_settled for one in done)
    buried = [row.subject]
    with casebook.changing(actor, now) as change:
        connection, vault = change.connection, casebook.vault
        touched = erase_rows(
            vault, connection, keys_of(connection, row.subject), account, change.now_us
        )
        vault.shred(connection, row.subject, change.now_us)
        tables = {one.table: one.rows for one in touched if one.rows and one.erased != "kept"}
        said = {"erasure": row.erasure_id, "subject": row.subject}
        change.record("erased-rows", {**said, "tables": tables})
        if settled:
            row = replace(row, state=DONE, name=b"", why=b"", finished_us=change.now_us)
            change_row(change, row)
            row = replace(row, version=row.version + 1)
            vault.shred(connection, row.erasure_id, change.now_us)
            buried.append(row.erasure_id)
            change.record("erased", said)
        place = place_of(casebook, connection)
    # After a crash before this, whoever opens the casebook next does it.
    bury(casebook, place, buried)
    return row


def change_row(change: Change, row: ErasureRow) -> None:
    """Note how far an erasure has got.

    Raises:
        ConflictError: Another noted something meanwhile.
    """
    if not holds.change_erasure(change.connection, row):
        raise ConflictError("Another goes on with this erasure.", "Wait for it, and try again.")


def outcome_of(row: PlaceRow) -> Outcome:
    """What a place answered, as it is kept."""
    return Outcome(row.kind, row.place, Answer(row.answer), row.said, row.to_do)


def told(row: ErasureRow, places: Iterable[Outcome]) -> Erasure:
    """Where an erasure stands."""
    return Erasure(
        row.erasure_id,
        row.subject,
        row.state,
        row.asked_by,
        row.agreed_by,
        tuple(places),
    )


def _row(row: ErasureRow, one: Outcome, now_us: int) -> PlaceRow:
    where = one.where[:1024]
    return PlaceRow(row.erasure_id, one.kind, where, one.answer.value, one.said, one.to_do, now_us)
