"""Appeals against what was answered to a sign-up, until the next sign-up is judged by it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "access"))

from rows import application

from revenuer.access.answers import Answer
from revenuer.access.applications import Application
from revenuer.access.catalogue import BY_CODE
from revenuer.access.domains import DomainTables
from revenuer.access.history import Standing
from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Tables
from revenuer.app.admission.answering import decide as decide_application
from revenuer.app.admission.desk import CONVICTED, Desk
from revenuer.app.admission.keeping import assess
from revenuer.app.admission.showing import show, statement
from revenuer.app.casebook.appeal_outcomes import Decided, Ruling, decide_appeal
from revenuer.app.casebook.appeal_signups import acquit_subjects
from revenuer.app.casebook.appeal_views import receipt_of, show_appeal
from revenuer.app.casebook.appeal_work import Office
from revenuer.app.casebook.appeals import answer_appeal, assign_appeal, open_appeal
from revenuer.app.casebook.opening import Casebook
from revenuer.casework.appeals import Against, Outcome
from revenuer.casework.disclosure import leaks
from revenuer.casework.roles import Actor, Role
from revenuer.due_process import AppealSettings
from revenuer.errors import ConflictError, NotAllowedError, NotFoundError
from revenuer.store.casebook import appeals

NOW = datetime(2026, 2, 5, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANA = Actor("ana", Role.ANALYST)
CAROL = Actor("carol", Role.APPROVER)
DAN = Actor("dan", Role.APPROVER)
SHARED = {"payment_fingerprint": "pay-pool", "device_fingerprint": "dev-pool"}


@pytest.fixture
def desk(casebook: Casebook) -> Desk:
    return Desk(casebook, Tables(DomainTables(free={"gmail.com"})), AccessPolicy())


@pytest.fixture
def office(casebook: Casebook) -> Office:
    return Office(casebook, (), AppealSettings())


def held(desk: Desk, **said: Any) -> Application:
    """The last of a pool that shares a card and a device: held for a person."""
    pool = [application(**SHARED) for _ in range(30)] + [application(**SHARED, **said)]
    made = assess(desk, pool, actor=ANA, now=NOW)
    assert made[-1].answer is Answer.HOLD
    return pool[-1]


def appealed(office: Office, one: Application, now: datetime = NOW + HOUR) -> str:
    text = "We are a lab with one card and one machine for all."
    made = open_appeal(office, "", application=one.application_id, text=text, actor=ANA, now=now)
    return made.appeal_id


def heard(office: Office, name: str, by: Actor = CAROL) -> None:
    assign_appeal(office, name, to=by.name, actor=ANA, now=NOW + HOUR)
    show_appeal(office, name, actor=by, now=NOW + HOUR)


def ruled(office: Office, name: str, outcome: Outcome, **more: Any) -> Decided:
    ruling = Ruling(outcome, why="called the lab", words="We called your lab.", **more)
    return decide_appeal(office, name, ruling, actor=CAROL, now=NOW + 2 * HOUR)


def test_an_overturned_one_accepts_the_application_as_honest_company(
    office: Office, desk: Desk
) -> None:
    one = held(desk)
    name = appealed(office, one)
    heard(office, name)
    done = ruled(office, name, Outcome.OVERTURNED)
    assert done.appeal.against is Against.ASSESSMENT
    assert f"application {one.application_id}" in done.letter
    assert "We called your lab." in done.letter
    # As any process that goes on sees it: its index follows what the appeal wrote.
    told = statement(desk, one.application_id, actor=ANA)
    assert (told["answer"], told["reasons"]) == ("accept", [])
    seen = show(desk, one.application_id, actor=ANA, now=NOW)
    assert (seen["decided"], seen["decided_by"]) == ("accept", "carol")
    assert name in seen["note"]
    assess(desk, [application()], actor=ANA, now=NOW + 3 * HOUR)
    found = desk.judge.history.find(desk.name(one.application_id))
    assert found is not None
    assert (found.standing, found.counted) == (Standing.GOOD, True)


def test_whoever_shares_with_them_is_less_suspect_afterwards(office: Office, desk: Desk) -> None:
    one = held(desk)
    (before,) = assess(desk, [application(**SHARED)], actor=ANA, now=NOW + HOUR)
    name = appealed(office, one)
    heard(office, name)
    ruled(office, name, Outcome.OVERTURNED)
    (after,) = assess(desk, [application(**SHARED)], actor=ANA, now=NOW + 3 * HOUR)
    assert after.log_evidence < before.log_evidence


def test_one_that_stands_changes_nothing(office: Office, desk: Desk) -> None:
    one = held(desk)
    name = appealed(office, one)
    heard(office, name)
    done = ruled(office, name, Outcome.UPHELD)
    assert "The decision stands." in done.letter
    assert statement(desk, one.application_id, actor=ANA)["answer"] == "hold"


def test_it_shows_the_applicants_reasons_and_not_the_analysts(office: Office, desk: Desk) -> None:
    one = held(desk)
    name = appealed(office, one)
    heard(office, name)
    _, letter = answer_appeal(
        office, name, words="I am looking at it.", actor=CAROL, now=NOW + HOUR, preview=True
    )
    kept = show(desk, one.application_id, actor=ANA, now=NOW)["reasons"]
    assert kept
    for reason in kept:
        assert reason["applicant"] in letter
        assert reason["analyst"] not in letter
    assert "waits until a person has looked" in letter
    seen = show_appeal(office, name, actor=CAROL, now=NOW + HOUR)
    assert seen.evidence is not None
    assert {piece.statement for piece in seen.evidence.pieces} == {
        reason["analyst"] for reason in kept
    }
    # What is said to the analyst alone does not leave by a slip.
    with pytest.raises(NotAllowedError, match="gives away"):
        answer_appeal(
            office, name, words=kept[0]["analyst"], actor=CAROL, now=NOW + HOUR, preview=True
        )


def test_who_decided_about_it_does_not_hear_it(office: Office, desk: Desk) -> None:
    one = held(desk)
    decide_application(
        desk, one.application_id, accept=False, note="a pool", actor=DAN, now=NOW + HOUR
    )
    name = appealed(office, one)
    with pytest.raises(NotAllowedError, match="they decided it"):
        assign_appeal(office, name, to="dan", actor=ANA, now=NOW + HOUR)
    heard(office, name)
    assert "your application for an account is refused" in receipt_of(office, name, actor=ANA)
    ruled(office, name, Outcome.OVERTURNED)
    assert statement(desk, one.application_id, actor=ANA)["answer"] == "accept"


def test_who_let_it_stand_before_does_not_hear_it_again(office: Office, desk: Desk) -> None:
    one = held(desk)
    name = appealed(office, one)
    heard(office, name)
    ruled(office, name, Outcome.UPHELD)
    again = appealed(office, one, NOW + 3 * HOUR)
    with pytest.raises(NotAllowedError, match="let it stand"):
        assign_appeal(office, again, to="carol", actor=ANA, now=NOW + 3 * HOUR)


def test_nobody_appeals_twice_or_against_an_acceptance(office: Office, desk: Desk) -> None:
    one, fine = held(desk), application()
    assess(desk, [fine], actor=ANA, now=NOW)
    appealed(office, one)
    with pytest.raises(ConflictError, match="open appeal"):
        appealed(office, one)
    with pytest.raises(NotAllowedError, match="nothing was decided against"):
        appealed(office, fine)
    with pytest.raises(NotFoundError, match="No such application"):
        appealed(office, application())
    with pytest.raises(NotAllowedError, match="against one thing"):
        open_appeal(office, "", text="words", actor=ANA, now=NOW)


def test_a_sign_up_is_not_taken_back_in_part(office: Office, desk: Desk) -> None:
    name = appealed(office, held(desk))
    heard(office, name)
    with pytest.raises(NotAllowedError, match="accepted or it is not"):
        ruled(office, name, Outcome.PARTLY)


def test_it_is_found_by_the_account_once_there_is_one(office: Office, desk: Desk) -> None:
    one = held(desk)
    name = appealed(office, one)
    with office.casebook.reading() as connection:
        (kept,) = appeals.found(connection, name)
        assert kept.subjects == (desk.name(one.application_id),)
    later = application(**SHARED, application_id=one.application_id, account_id="acct-9")
    assess(desk, [later], actor=ANA, now=NOW + 2 * HOUR)
    with office.casebook.reading() as connection:
        subject = office.casebook.subject("acct-9")
        assert appeals.of_subjects(connection, [subject]) == [name]


def test_a_conviction_goes_with_it_and_the_hearer_saw_it(office: Office, desk: Desk) -> None:
    one = held(desk, account_id="acct-7")
    known = desk.name(one.application_id)
    with desk.changing(ANA, NOW) as change:
        desk.step(CONVICTED, known, change.now_us, {"campaign": "campaign--77"}, "")
    name = appealed(office, one)
    heard(office, name)
    seen = show_appeal(office, name, actor=CAROL, now=NOW + HOUR)
    assert seen.evidence is not None
    assert any("campaign--77" in piece.statement for piece in seen.evidence.pieces)
    ruled(office, name, Outcome.OVERTURNED)
    assess(desk, [application()], actor=ANA, now=NOW + 3 * HOUR)
    found = desk.judge.history.find(known)
    assert found is not None
    assert found.standing is Standing.GOOD


def test_whom_an_appeal_cleared_is_acquitted_in_every_process(office: Office, desk: Desk) -> None:
    one = held(desk, account_id="acct-8")
    known, subject = desk.name(one.application_id), desk.subject("acct-8")
    with desk.changing(ANA, NOW) as change:
        desk.step(CONVICTED, known, change.now_us, {"campaign": "campaign--77"}, subject)
    with office.casebook.changing(CAROL, NOW + HOUR) as change:
        assert acquit_subjects(change, [subject]) == 1
    with office.casebook.changing(CAROL, NOW + HOUR) as change:
        assert acquit_subjects(change, [subject]) == 0
    assess(desk, [application()], actor=ANA, now=NOW + 3 * HOUR)
    found = desk.judge.history.find(known)
    assert found is not None
    assert found.standing is Standing.GOOD


def test_no_sentence_for_applicants_names_its_signal() -> None:
    for code, signal in BY_CODE.items():
        assert leaks(signal.applicant, [], [code]) == []
