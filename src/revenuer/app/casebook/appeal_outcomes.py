"""An appeal is decided: by a person who looked, with reasons; what was wrong is undone at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from revenuer.app.casebook.appeal_signups import accept, acquit_subjects
from revenuer.app.casebook.appeal_telling import announce, say, tell_case
from revenuer.app.casebook.appeal_work import (
    Office,
    evidence_against,
    harmless,
    hears,
    looks_of,
    newest_words,
    open_one,
    subject_of,
)
from revenuer.app.casebook.opening import Change
from revenuer.app.casebook.permits import reinstate_permit
from revenuer.app.desk import Desk
from revenuer.app.letting_go import held_by, overturn
from revenuer.casework.appeals import Against, Outcome, Stage, may_decide
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotAllowedError, NotFoundError
from revenuer.guard.webhook import Event
from revenuer.instants import micros
from revenuer.reports import appeal_letters
from revenuer.store.casebook import appeals
from revenuer.store.casebook.appeal_words import LETTER, REASON
from revenuer.store.casebook.appeals import Appeal


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody wants to decide.

    Attributes:
        outcome: What becomes of the decision.
        why: The reason, for those who read the casebook later; sealed.
        words: The reason as whoever appeals reads it; a decision that stands needs one.
        whole: Take the decision back for everybody whom it covers.
        accounts: Of whom it is taken back; all who appeal, without any.
    """

    outcome: Outcome
    why: str
    words: str = ""
    whole: bool = False
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of an appeal.

    Attributes:
        appeal: As it is now.
        letter: What whoever appeals is told.
        lifted: Ids of the accounts on which nothing of the decision rests any more.
        innocent_until: Until when they count as innocent; None if they do not.
        held_by: Other decisions that still act on some of them.
        sequence: Number of the snapshot that was made; None for none.
    """

    appeal: Appeal
    letter: str
    lifted: tuple[str, ...]
    innocent_until: datetime | None
    held_by: tuple[str, ...]
    sequence: int | None


def decide_appeal(
    office: Office,
    name: str,
    ruling: Ruling,
    *,
    actor: Actor,
    now: datetime,
    preview: bool = False,
    expected_version: int | None = None,
) -> Decided:
    """Decide an appeal.

    The docket is changed before the casebook is, and safely so twice: if the casebook cannot be
    written after it, deciding again finishes what was begun.

    Args:
        office: Where.
        name: Id of the appeal, or how it begins.
        ruling: What is decided, and why.
        actor: Who decides: the person to whom it was given.
        now: When.
        preview: Make the letter alone, and decide nothing.
        expected_version: The version that was looked at; None for any.

    Raises:
        NotFoundError: There is no such appeal.
        NotAllowedError: The actor may not decide it, has not looked, or gives no reasons; or the
            letter gives away what must not leave.
        ConflictError: It is over, or somebody changed it meanwhile.
    """
    actor.needs(Right.HEAR)
    with office.casebook.changing(actor, now) as change:
        known = open_one(change.connection, name, expected_version)
        hears(office, change.connection, known, actor)
        may_decide(
            actor.name,
            ruling.outcome,
            looks_of(change.connection, known),
            since=newest_words(change.connection, known),
            clock=office.clock,
            now=now,
        )
        _reasoned(ruling)
        lifted = _lifted(office, change, known, ruling)
        until = None
        if ruling.outcome is Outcome.OVERTURNED and known.against is Against.DECISION:
            until = now + timedelta(days=office.settings.innocent_days)
        evidence = evidence_against(office, change.connection, known)
        subject = subject_of(office, change.connection, known, evidence)
        held = _held(office, known, lifted, until, now)
        letter = appeal_letters.outcome(
            subject,
            ruling.outcome,
            ruling.words,
            lifted=lifted.values(),
            innocent=until is not None,
            held_still=bool(held),
            further=office.settings.further,
        )
        harmless(letter, evidence)
        if preview:
            return Decided(known, letter, tuple(lifted.values()), until, held, None)
        new = _close(office, change, known, ruling, letter)
        if lifted:
            appeals.lift(change.connection, known.appeal_id, lifted, micros(until) if until else 0)
        sequence = _undo(office, change, known, ruling, tuple(lifted.values()), until)
    return Decided(new, letter, tuple(lifted.values()), until, held, sequence)


def _reasoned(ruling: Ruling) -> None:
    if not ruling.why.strip():
        raise NotAllowedError("No appeal is decided without a reason.", "Give --why TEXT.")
    if ruling.outcome is not Outcome.OVERTURNED and not ruling.words.strip():
        raise NotAllowedError(
            "Whoever appeals is told why, in words for them.",
            "Give --text or --file: a decision that stands needs more than a template.",
        )


def _lifted(office: Office, change: Change, appeal: Appeal, ruling: Ruling) -> dict[str, str]:
    """Whose measure is lifted: ids by fingerprint.

    Raises:
        NotFoundError: Somebody is named who does not appeal, or nobody's id is known any more.
        NotAllowedError: It makes no sense.
    """
    if ruling.outcome is Outcome.UPHELD or appeal.against is not Against.DECISION:
        if ruling.outcome is Outcome.PARTLY:
            if appeal.against is Against.ASSESSMENT:
                raise NotAllowedError(
                    "A sign-up is accepted or it is not.",
                    "`revenuer access outcome` enters a check that was passed.",
                )
            raise NotAllowedError(
                "A permit is taken back or it is not.", "`revenuer permit extend` changes terms."
            )
        if ruling.whole or ruling.accounts:
            raise NotAllowedError(
                "Nobody's measure is lifted by that.", "Leave out --account and --whole-decision."
            )
        return {}
    if ruling.whole and ruling.accounts:
        raise NotAllowedError("It is all of it or some accounts.", "Give one of the two.")
    names = office.casebook.names_of(change.connection, appeal.subjects)
    wanted = set(ruling.accounts) or set(names.values())
    strange = sorted(wanted - set(names.values()))
    if strange or not wanted:
        raise NotFoundError(
            f"{', '.join(strange) or 'Nobody who is left'} appeals there.",
            "`revenuer appeal show --show-ids` names who does.",
        )
    return {subject: one for subject, one in names.items() if one in wanted}


def _held(
    office: Office,
    appeal: Appeal,
    lifted: dict[str, str],
    until: datetime | None,
    now: datetime,
) -> tuple[str, ...]:
    """Other decisions that go on acting on those who are let go."""
    if until is not None or not lifted:
        return ()
    found = {
        one.id
        for desk in office.desks
        for subject in lifted
        for one in held_by(desk.ledger(), subject, now)
    }
    return tuple(sorted(found - {appeal.target}))


def _close(office: Office, change: Change, appeal: Appeal, ruling: Ruling, letter: str) -> Appeal:
    reason = say(office, change, appeal, REASON, ruling.why)
    sent = say(office, change, appeal, LETTER, letter)
    new = appeals.change(
        change.connection,
        replace(
            appeal,
            stage=Stage.DECIDED,
            outcome=ruling.outcome,
            decided_by=change.actor.name,
            decided_us=change.now_us,
            answered_us=appeal.answered_us or change.now_us,
        ),
    )
    said = {
        "appeal": appeal.appeal_id,
        "target": appeal.target,
        "outcome": ruling.outcome.value,
        "whole": ruling.whole,
        "reason": reason,
        "letter": sent,
    }
    change.record("appeal-decided", said)
    about = {"outcome": ruling.outcome.value, "target": appeal.target, "whole": ruling.whole}
    tell_case(office.casebook, change, appeal, "appeal-decided", about)
    announce(office, change, new, Event.APPEAL_DECIDED)
    announce(office, change, new, Event.NOTICE, letter)
    return new


def _undo(
    office: Office,
    change: Change,
    appeal: Appeal,
    ruling: Ruling,
    accounts: Sequence[str],
    until: datetime | None,
) -> int | None:
    """Take back what was wrong; the number of the snapshot that was made."""
    if ruling.outcome is Outcome.UPHELD:
        return None
    if appeal.against is Against.PERMIT:
        reinstate_permit(office.casebook, change, appeal.target, appeal.appeal_id)
        return None
    if appeal.against is Against.ASSESSMENT:
        accept(office.casebook, change, appeal.target, appeal.appeal_id)
        return None
    if until is not None:
        acquit_subjects(change, [office.casebook.subject(one) for one in accounts])
    _, settled = overturn(
        _desk(office, appeal),
        appeal.target,
        accounts=accounts,
        whole=ruling.whole,
        cleared_until=until,
        by=change.actor.name,
        why=f"{appeal.appeal_id}: {ruling.outcome.value}",
        now=change.now,
    )
    return settled.sequence


def _desk(office: Office, appeal: Appeal) -> Desk:
    if (desk := office.desk(appeal)) is None:
        raise NotFoundError(
            f"{appeal.snapshot} is not there, in whose docket the decision is.",
            "Name the snapshot with --snapshot, or in the setting casebook.snapshots.",
        )
    return desk
