"""Appeals as people look at them: what is due, what speaks for and against, and how they went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import msgspec

from revenuer.app.casebook.appeal_grounds import Evidence
from revenuer.app.casebook.appeal_work import (
    Office,
    appeal_named,
    evidence_against,
    names_in,
    parts_of,
    subject_of,
    times_of,
)
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.casework.appeal_counts import Closed, Lengths, Rate, lengths, rates
from revenuer.casework.appeals import (
    OVER,
    Clock,
    Due,
    Part,
    Stage,
    Times,
    View,
    due_of,
    in_order,
    unfit,
)
from revenuer.casework.chain import canonical
from revenuer.casework.roles import Actor, Right
from revenuer.instants import micros, moment
from revenuer.reports import appeal_letters
from revenuer.store.casebook import appeal_words, appeals
from revenuer.store.casebook.appeal_words import LookRow
from revenuer.store.casebook.appeals import Appeal


@dataclass(frozen=True, slots=True)
class Waiting:
    """An appeal, and what is due of it.

    Attributes:
        appeal: It.
        due: What is due, and how late it is.
    """

    appeal: Appeal
    due: Due


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was said in an appeal.

    Attributes:
        kind: From whom to whom: `received`, `letter`, or `reason`, which stays inside.
        at_us: When, microseconds since the epoch.
        by: Who wrote it down.
        text: What; None if it was erased, or who asks may not read it.
    """

    kind: str
    at_us: int
    by: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """An appeal with all that is known of it.

    Attributes:
        appeal: It.
        due: What is due.
        parts: Who may not hear it, and why.
        said: What was said.
        looks: Who opened what, and when.
        evidence: What speaks for and against; None if who asks may not see it.
        names: Ids of whoever appeals; empty if who asks may not see them.
        reader: Why who asks may not hear it; None if they may.
    """

    appeal: Appeal
    due: Due
    parts: tuple[Part, ...]
    said: tuple[Said, ...]
    looks: tuple[LookRow, ...]
    evidence: Evidence | None
    names: tuple[str, ...]
    reader: str | None


@dataclass(frozen=True, slots=True)
class AppealCounts:
    """How appeals went in a span of time, without anything about anybody.

    Attributes:
        since: From when.
        until: Until when.
        opened: Appeals that came.
        open_now: Appeals that were open at the end.
        late_now: Those of them that were late.
        withdrawn: Appeals that were taken back by whoever made them.
        rates: How often decisions did not stand, by (what, name); see `appeal_counts.rates`.
        answers: How long first answers took, of appeals that were decided.
        decisions: How long decisions took.
    """

    since: datetime
    until: datetime
    opened: int
    open_now: int
    late_now: int
    withdrawn: int
    rates: Mapping[tuple[str, str], Rate]
    answers: Lengths
    decisions: Lengths


def list_appeals(
    office: Office, *, actor: Actor, now: datetime, open_only: bool = False
) -> list[Waiting]:
    """All appeals, or those that are not over: the latest first, those that are over last."""
    actor.needs(Right.READ)
    with office.casebook.reading() as connection:
        listed = appeals.listed(connection, open_only=open_only)
    found = {one.appeal_id: one for one in listed}
    dues = {name: due_of(times_of(one), office.clock, now) for name, one in found.items()}
    order = in_order((due, name) for name, due in dues.items())
    return [Waiting(found[name], dues[name]) for name in order]


def show_appeal(office: Office, name: str, *, actor: Actor, now: datetime) -> Opened:
    """An appeal; whoever may hear appeals sees all of it, and that they looked is written down.

    Others see where it stands, and no words, names or evidence.

    Args:
        office: Where.
        name: Its id, or how that begins.
        actor: Who looks.
        now: When.
    """
    actor.needs(Right.READ)
    if not actor.may(Right.HEAR):
        with office.casebook.reading() as connection:
            known = appeal_named(connection, name)
            said = tuple(
                Said(one.kind, one.at_us, one.by, None)
                for one in appeal_words.messages_of(connection, known.appeal_id)
            )
            due = due_of(times_of(known), office.clock, now)
            looks = tuple(appeal_words.looks_of(connection, known.appeal_id))
            return Opened(known, due, (), said, looks, None, (), "it takes the right to hear")
    with office.casebook.changing(actor, now) as change:
        return _opened(office, change, appeal_named(change.connection, name))


def _opened(office: Office, change: Change, known: Appeal) -> Opened:
    casebook, connection = office.casebook, change.connection
    kept = appeal_words.messages_of(connection, known.appeal_id)
    clear = casebook.vault.unseal_all(connection, [(one.appeal_id, one.sealed) for one in kept])
    said = tuple(
        Said(one.kind, one.at_us, one.by, None if text is None else text.decode())
        for one, text in zip(kept, clear, strict=True)
    )
    evidence = evidence_against(office, connection, known)
    parts = tuple(parts_of(office, connection, known))
    shown = {
        View.WORDS: [one.text for one in said],
        View.EVIDENCE: msgspec.to_builtins(evidence, str_keys=True),
    }
    for view, what in shown.items():
        if view is View.EVIDENCE:
            what.pop("secrets", None)
        digest = sha256(canonical({"shown": what})).hexdigest()
        look = LookRow(change.actor.name, view.value, change.now_us, digest)
        appeal_words.keep_look(connection, known.appeal_id, look)
        seen = {"appeal": known.appeal_id, "view": view.value, "sha256": digest}
        change.record("appeal-read", seen)
    return Opened(
        appeal=known,
        due=due_of(times_of(known), office.clock, change.now),
        parts=parts,
        said=said,
        looks=tuple(appeal_words.looks_of(connection, known.appeal_id)),
        evidence=evidence,
        names=tuple(names_in(office, connection, known)),
        reader=unfit(change.actor.name, parts),
    )


def receipt_of(office: Office, name: str, *, actor: Actor) -> str:
    """The receipt for whoever appeals: what happens next, and until when. No answer yet."""
    actor.needs(Right.WORK)
    with office.casebook.reading() as connection:
        known = appeal_named(connection, name)
        evidence = evidence_against(office, connection, known)
        return appeal_letters.receipt(subject_of(office, connection, known, evidence))


def count_appeals(
    casebook: Casebook, *, since: datetime, until: datetime, clock: Clock, actor: Actor
) -> AppealCounts:
    """How appeals went that came, or were decided, in a span of time.

    Args:
        casebook: Where.
        since: From when on.
        until: Until when, exclusive.
        clock: How long an appeal may take.
        actor: Who asks.
    """
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        every = [one for one in appeals.listed(connection) if one.opened_us < micros(until)]
    begins, ends = micros(since), micros(until)
    over = [one for one in every if one.stage in OVER and one.decided_us < ends]
    left = [one for one in every if one not in over]
    decided = [one for one in over if one.stage is Stage.DECIDED and one.decided_us >= begins]
    closed = [_closed(one) for one in decided]
    dues = [due_of(_times_at(one, ends), clock, until) for one in left]
    return AppealCounts(
        since=since,
        until=until,
        opened=sum(one.opened_us >= begins for one in every),
        open_now=len(left),
        late_now=sum(due.is_late for due in dues),
        withdrawn=sum(one.stage is Stage.WITHDRAWN and one.decided_us >= begins for one in over),
        rates=rates(closed),
        answers=lengths(
            one.times.answered - one.times.opened for one in closed if one.times.answered
        ),
        decisions=lengths(
            one.times.decided - one.times.opened for one in closed if one.times.decided
        ),
    )


def _closed(one: Appeal) -> Closed:
    return Closed(one.against, one.outcome, one.action, one.programme, one.rules, times_of(one))


def _times_at(one: Appeal, at_us: int) -> Times:
    """Its times as they were at a time."""
    answered = moment(one.answered_us) if 0 < one.answered_us < at_us else None
    return Times(moment(one.opened_us), answered)
