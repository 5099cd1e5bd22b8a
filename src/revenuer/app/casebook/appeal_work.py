"""What every step of an appeal is made of: who may take it, and on which grounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from revenuer.app.casebook.appeal_grounds import (
    Evidence,
    Grounds,
    evidence_of,
    find_decision,
    grounds_of_permit,
)
from revenuer.app.casebook.appeal_signups import assessment_evidence, sign_up
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.permit_views import permit_named
from revenuer.app.desk import Desk
from revenuer.casework.appeals import (
    OVER,
    Against,
    Clock,
    Look,
    Outcome,
    Part,
    Times,
    View,
    may_hear,
)
from revenuer.casework.disclosure import SPEAKS, Disclosed, disclosed, leaks
from revenuer.casework.roles import RIGHTS, Actor, Right, Role
from revenuer.due_process import AppealSettings
from revenuer.errors import ConflictError, NotAllowedError, NotFoundError
from revenuer.instants import moment
from revenuer.reports.appeal_letters import Subject
from revenuer.store.casebook import appeal_words, appeals, people
from revenuer.store.casebook.appeals import Appeal

SHORTEST_NAME = 4
"""Letters of an appeal's id that are enough to name it. placeholder"""


@dataclass(frozen=True, slots=True)
class Office:
    """Where appeals are heard.

    Attributes:
        casebook: Where they are kept.
        desks: Where decisions are made that they may be against.
        settings: Their clock, and what an overturned decision means.
    """

    casebook: Casebook
    desks: tuple[Desk, ...]
    settings: AppealSettings

    @property
    def clock(self) -> Clock:
        """How long an appeal may take."""
        return Clock(
            timedelta(hours=self.settings.answer_hours),
            timedelta(hours=self.settings.decision_hours),
            timedelta(seconds=self.settings.least_look_s),
        )

    def desk(self, appeal: Appeal) -> Desk | None:
        """Where the decision was made that an appeal is against; None if it is not here."""
        mine = (one for one in self.desks if str(one.snapshot.resolve()) == appeal.snapshot)
        return next(mine, None)


def open_one(connection: Connection, name: str, expected_version: int | None) -> Appeal:
    """The appeal whose id this is, or begins, as long as it is open.

    Raises:
        NotFoundError: There is none, or there are several.
        ConflictError: It is over, or of another version than expected.
    """
    one = appeal_named(connection, name)
    if one.stage in OVER:
        raise ConflictError(
            f"{one.appeal_id} is {one.stage.value} already.",
            "Who does not agree can appeal once more; somebody else hears it.",
        )
    if expected_version is not None and one.version != expected_version:
        raise ConflictError(
            f"{one.appeal_id} is of version {one.version}, not {expected_version}: somebody "
            "changed it.",
            "Nothing was done. Look at it again.",
        )
    return one


def appeal_named(connection: Connection, name: str) -> Appeal:
    """The appeal whose id this is, or begins.

    Raises:
        NotFoundError: There is none, or there are several.
    """
    whole = name if name.startswith("appeal--") else f"appeal--{name}"
    long = len(whole.removeprefix("appeal--")) >= SHORTEST_NAME
    found = appeals.found(connection, whole) if long else []
    if len(found) != 1:
        what = "is no appeal" if not found else "could be any of several appeals"
        raise NotFoundError(f"{name!r} {what}.", "`revenuer appeal list` shows them.")
    return found[0]


def not_twice(connection: Connection, grounds: Grounds) -> None:
    """Go on only if nobody of them has an open appeal against the same.

    Raises:
        ConflictError: Somebody has.
    """
    for one in appeals.against_target(connection, grounds.target):
        if one.stage not in OVER and set(one.subjects) & set(grounds.subjects):
            raise ConflictError(
                f"{one.appeal_id} is an open appeal against it by the same.",
                "`revenuer appeal receive` adds what they write now.",
            )


def may_be_given(connection: Connection, name: str) -> None:
    """Let an appeal be given to those only who work here and may hear one.

    Raises:
        NotFoundError: Nobody of this name works here.
        NotAllowedError: They do not have the right.
    """
    person = people.found(connection, name)
    if person is None and not people.count(connection):
        return
    if person is None or person.disabled_us:
        raise NotFoundError(f"{name} does not work here.", "`revenuer casebook person list`.")
    if Role(person.role).rank < RIGHTS[Right.HEAR].rank:
        raise NotAllowedError(
            f"{name} does not have the right to hear appeals.",
            f"It takes the role {RIGHTS[Right.HEAR].value}; {name} is {person.role}.",
        )


def parts_of(office: Office, connection: Connection, appeal: Appeal) -> list[Part]:
    """Who had a part in what an appeal is against, and in earlier appeals against it."""
    if appeal.against is Against.DECISION:
        _, decision = find_decision(office.desks, appeal.target)
        parts = [Part(decision.by, "they proposed it")]
        parts += [Part(one, "they approved it") for one in decision.approvers]
    elif appeal.against is Against.ASSESSMENT:
        parts = sign_up(office.casebook, connection, appeal.target).parts
    else:
        permit = permit_named(connection, appeal.target, None)
        named = (
            (permit.decided_by, "they decided it"),
            (permit.revoked_by, "they took it back"),
        )
        parts = [Part(name, what) for name, what in named if name]
    for one in appeals.against_target(connection, appeal.target):
        # Who found an earlier appeal right has no decision of their own to defend.
        if one.appeal_id != appeal.appeal_id and one.outcome in (Outcome.UPHELD, Outcome.PARTLY):
            parts.append(Part(one.decided_by, "they let it stand in an earlier appeal"))
    return parts


def hears(office: Office, connection: Connection, appeal: Appeal, actor: Actor) -> None:
    """Go on only as the person to whom an appeal was given, who still may hear it.

    Raises:
        NotAllowedError: They are not, or had a part in what it is against.
    """
    if appeal.assigned_to != actor.name:
        whose = f"is given to {appeal.assigned_to}" if appeal.assigned_to else "is nobody's yet"
        raise NotAllowedError(
            f"{appeal.appeal_id} {whose}, not to {actor.name}.",
            "`revenuer appeal assign` gives it.",
        )
    may_be_given(connection, actor.name)
    may_hear(actor.name, parts_of(office, connection, appeal))


def evidence_against(office: Office, connection: Connection, appeal: Appeal) -> Evidence:
    """What speaks for and against, as the person who decides sees it."""
    if appeal.against is Against.ASSESSMENT:
        return assessment_evidence(office.casebook, connection, appeal.target)
    if appeal.against is not Against.DECISION:
        return Evidence()
    desk, decision = find_decision(office.desks, appeal.target)
    names = office.casebook.names_of(connection, appeal.subjects)
    return evidence_of(office.casebook, connection, desk, decision, set(names.values()))


def names_in(office: Office, connection: Connection, appeal: Appeal) -> list[str]:
    """The ids of whoever appeals: of accounts, or of the application that was not accepted."""
    if appeal.against is Against.ASSESSMENT:
        return list(
            filter(None, [sign_up(office.casebook, connection, appeal.target).application_id])
        )
    return sorted(office.casebook.names_of(connection, appeal.subjects).values())


def rules_of(office: Office, connection: Connection, appeal: Appeal) -> tuple[str, ...]:
    """Kinds of evidence that what is appealed against rests on."""
    pieces = evidence_against(office, connection, appeal).pieces
    return tuple(dict.fromkeys(one.kind for one in pieces if one.log_e_value >= SPEAKS))


def subject_of(
    office: Office, connection: Connection, appeal: Appeal, evidence: Evidence
) -> Subject:
    """What letters are about."""
    opened, clock = moment(appeal.opened_us), office.clock
    names, target = tuple(names_in(office, connection, appeal)), appeal.target
    shown = disclosed((one.kind, one.log_e_value) for one in evidence.pieces)
    until: datetime | None = None
    if appeal.against is Against.DECISION:
        _, decision = find_decision(office.desks, appeal.target)
        made_at, until, by_people = decision.made_at, decision.until, bool(decision.approvers)
    elif appeal.against is Against.ASSESSMENT:
        found = sign_up(office.casebook, connection, appeal.target)
        made_at, by_people = found.made_at, bool(found.row.decided)
        target, shown = f"application {found.application_id}", Disclosed(found.statements, 0)
    else:
        grounds = grounds_of_permit(connection, appeal.target)
        made_at, by_people = grounds.made_at, grounds.by_people
    return Subject(
        appeal=appeal.appeal_id,
        against=appeal.against,
        target=target,
        action=appeal.action,
        made_at=made_at,
        until=until,
        by_people=by_people,
        accounts=names,
        shown=shown,
        own_exchanges=evidence.own_exchanges,
        answer_by=opened + clock.answer,
        decide_by=opened + clock.decision,
    )


def harmless(letter: str, evidence: Evidence) -> None:
    """Let only letters leave that give nothing away.

    Raises:
        NotAllowedError: It names others' accounts, exchanges, evidence, or a detector.
    """
    found = leaks(letter, evidence.secrets, [one.kind for one in evidence.pieces])
    if found:
        raise NotAllowedError(
            f"The letter gives away what must not leave: {', '.join(sorted(found)[:5])}.",
            "Say it in other words: what kind of thing it is, without others' data and numbers.",
        )


def times_of(appeal: Appeal) -> Times:
    """When what happened."""
    return Times(
        moment(appeal.opened_us),
        moment(appeal.answered_us) if appeal.answered_us else None,
        moment(appeal.decided_us) if appeal.decided_us else None,
    )


def looks_of(connection: Connection, appeal: Appeal) -> list[Look]:
    """Who opened what."""
    rows = appeal_words.looks_of(connection, appeal.appeal_id)
    return [Look(row.name, View(row.view), moment(row.at_us)) for row in rows]


def newest_words(connection: Connection, appeal: Appeal) -> datetime:
    """When whoever appeals said something last."""
    said: Iterable[int] = (
        one.at_us
        for one in appeal_words.messages_of(connection, appeal.appeal_id)
        if one.kind == appeal_words.RECEIVED
    )
    return moment(max(said, default=appeal.opened_us))
