"""Applications are kept with what is personal sealed, and every process judges by all of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rows import application
from sqlalchemy import text

from revenuer.access.answers import Answer
from revenuer.access.applications import Application, Check, Outcome, Programme, Result
from revenuer.access.history import Standing
from revenuer.app.admission.answering import decide, record_outcome, revoke
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.keeping import assess
from revenuer.app.admission.rechecking import acquit
from revenuer.app.admission.showing import held, show, statement
from revenuer.casework.roles import Actor, Role
from revenuer.errors import ConflictError, NotAllowedError, NotFoundError
from revenuer.instants import micros

NOW = datetime(2026, 2, 5, 18, tzinfo=UTC)
ANA = Actor("ana", Role.ANALYST)
VIEWER = Actor("vic", Role.VIEWER)
ADMIN = Actor("ada", Role.ADMIN)


def pool(many: int, **said: object) -> list[Application]:
    return [application(payment_fingerprint="pay-pool", device_fingerprint="dev-pool", **said)
            for _ in range(many)]  # fmt: skip


def kinds(desk: Desk) -> list[str]:
    with desk.casebook.reading() as connection:
        return [entry.kind for entry in desk.casebook.audit(connection).entries()]


def test_a_batch_is_judged_in_its_order_and_kept(desk: Desk) -> None:
    made = assess(desk, pool(40), actor=ANA, now=NOW)
    assert made[0].answer is Answer.ACCEPT
    assert made[-1].answer is Answer.HOLD
    assert kinds(desk)[-1] == "applications-assessed"
    waiting = held(desk, actor=VIEWER)
    assert waiting
    assert waiting[0].reasons


def test_nothing_in_the_clear_is_on_the_disk(desk: Desk) -> None:
    one = application(
        email="jane.roe@secret.example", signup_ip="9.8.7.6", account_id="acct-77",
        payment_fingerprint="pay-secret", organization_id="org-secret",
    )  # fmt: skip
    assess(desk, [one], actor=ANA, now=NOW)
    words = (b"jane", b"secret", b"9.8.7.6", b"acct-77", one.application_id.encode())
    with desk.casebook.reading() as connection:
        for table in ("access_steps", "access_applications", "audit_entries"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                kept = b" ".join(
                    each if isinstance(each, bytes) else str(each).encode() for each in row
                )
                assert not [word for word in words if word in kept], table


def test_another_process_knows_what_this_one_took_in(
    desk: Desk, another: Callable[[], Desk]
) -> None:
    other = another()
    (first,) = assess(other, pool(1), actor=ANA, now=NOW)
    assert first.log_evidence < 1
    assess(desk, pool(30), actor=ANA, now=NOW)
    (after,) = assess(other, pool(1), actor=ANA, now=NOW)
    (here,) = assess(desk, pool(1), actor=ANA, now=NOW)
    assert after.answer is here.answer is Answer.HOLD
    assert abs(after.log_evidence - here.log_evidence) < 0.2


def test_many_who_write_at_once_judge_as_one_would(desk: Desk, another: Callable[[], Desk]) -> None:
    desks = [desk, *(another() for _ in range(3))]
    mine = pool(48)

    def work(number: int) -> list[float]:
        return [
            assess(desks[number], [each], actor=ANA, now=NOW)[0].log_evidence
            for each in mine[number::4]
        ]

    with ThreadPoolExecutor(4) as threads:
        found = sorted(each for some in threads.map(work, range(4)) for each in some)
    alone = another()
    fresh = [
        replace(
            each,
            payment_fingerprint="pay-2",
            device_fingerprint="dev-2",
            application_id=f"again-{each.application_id}",
            email=None,
        )
        for each in mine
    ]
    expected = sorted(each.log_evidence for each in assess(alone, fresh, actor=ANA, now=NOW))
    # Whatever the order of the writers: the n-th of the pool has n-1 before it.
    assert found == pytest.approx(expected, abs=0.8)
    assert kinds(desk).count("applications-assessed") == 49


def test_a_change_that_fails_is_not_remembered(desk: Desk) -> None:
    assess(desk, pool(1), actor=ANA, now=NOW)
    with pytest.raises(RuntimeError):
        _take_in_and_fail(desk)
    (after,) = assess(desk, pool(1), actor=ANA, now=NOW)
    assert after.answer is Answer.ACCEPT


def _take_in_and_fail(desk: Desk) -> None:
    with desk.changing(ANA, NOW):
        for each in pool(30):
            name, seen = desk.name(each.application_id), desk.judge.seen(each)
            desk.applied(name, seen, Standing.GOOD, micros(NOW))
        raise RuntimeError("the disk is full")


def test_only_who_may_assess_does(desk: Desk) -> None:
    with pytest.raises(NotAllowedError):
        assess(desk, pool(1), actor=VIEWER, now=NOW)
    with pytest.raises(NotAllowedError):
        decide(desk, "app", accept=True, note="", actor=VIEWER, now=NOW)


def test_a_passed_check_is_judged_with(desk: Desk) -> None:
    mine = pool(40)
    assess(desk, mine, actor=ANA, now=NOW)
    last = mine[-1].application_id
    before = show(desk, last, actor=VIEWER, now=NOW)
    said = Outcome(last, Check.DOCUMENT, Result.PASSED, micros(NOW), "vendor-1")
    after = record_outcome(desk, said, actor=ANA, now=NOW)
    assert after.log_evidence < before["log_evidence"]
    told = show(desk, last, actor=VIEWER, now=NOW)
    assert told["outcomes"] == [
        {"check": "document", "result": "passed", "at": "2026-02-05T18:00:00Z"}
    ]
    assert kinds(desk)[-1] == "check-came-out"


def test_a_person_decides_and_it_stands(desk: Desk) -> None:
    mine = pool(40)
    assess(desk, mine, actor=ANA, now=NOW)
    last = mine[-1]
    seen = show(desk, last.application_id, actor=VIEWER, now=NOW)
    decide(desk, last.application_id, accept=True, note="Ms Roe's lab, I called.", actor=ANA,
           now=NOW, expected_version=seen["version"])  # fmt: skip
    with pytest.raises(ConflictError):
        decide(desk, last.application_id, accept=False, note="", actor=ADMIN, now=NOW,
               expected_version=seen["version"])  # fmt: skip
    assert last.application_id not in {each.application_id for each in held(desk, actor=VIEWER)}
    assess(desk, [last], actor=ANA, now=NOW)
    told = show(desk, last.application_id, actor=VIEWER, now=NOW)
    assert told["decided"] == "accept"
    assert told["note"] == "Ms Roe's lab, I called."
    assert statement(desk, last.application_id, actor=VIEWER)["answer"] == "accept"


def test_what_the_applicant_is_told_has_no_evidence(desk: Desk) -> None:
    mine = pool(40)
    assess(desk, mine, actor=ANA, now=NOW)
    told = str(statement(desk, mine[-1].application_id, actor=VIEWER))
    assert "parties" not in told
    assert "log_evidence" not in told


def test_an_unknown_application_is_named_as_such(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        show(desk, "nobody", actor=VIEWER, now=NOW)


def test_a_programme_is_confirmed_and_ends(desk: Desk) -> None:
    one = application(programme=Programme.EDUCATION, email="kim@uni.example",
                      claimed_domain="uni.example")  # fmt: skip
    assess(desk, [one], actor=ANA, now=NOW)

    def state(days: int) -> str:
        told = show(desk, one.application_id, actor=VIEWER, now=NOW + timedelta(days=days))
        return str(told["programme"]["state"])

    assert state(0) == "pending"
    said = Outcome(one.application_id, Check.EMAIL, Result.PASSED, micros(NOW))
    record_outcome(desk, said, actor=ANA, now=NOW)
    assert [state(days) for days in (1, 340, 366)] == ["verified", "expiring", "expired"]
    revoke(desk, one.application_id, actor=ANA, now=NOW)
    assert state(1) == "revoked"


def test_an_erased_account_is_judged_with_no_more(desk: Desk, another: Callable[[], Desk]) -> None:
    mine = pool(40, organization_id=None)
    mine = [replace(each, account_id=f"acct-{number}") for number, each in enumerate(mine)]
    assess(desk, mine, actor=ANA, now=NOW)
    subjects = [desk.subject(each.account_id) for each in mine]
    with desk.casebook.changing(ADMIN, NOW) as change:
        for table in ("access_steps", "access_applications", "access_outcomes"):
            for subject in subjects:
                gone = text(f"DELETE FROM {table} WHERE subject = :subject")
                change.connection.execute(gone, {"subject": subject})
    (after,) = assess(another(), pool(1), actor=ANA, now=NOW)
    assert after.log_evidence == 0
    # This process forgets with the next day's reading.
    (here,) = assess(desk, pool(1), actor=ANA, now=NOW + timedelta(days=2))
    assert here.log_evidence == 0


def test_an_acquittal_needs_an_approver_and_frees(desk: Desk) -> None:
    with pytest.raises(NotAllowedError):
        acquit(desk, ["acct"], actor=ANA, now=NOW)
    one = application(account_id="acct-1", payment_fingerprint="pay-x")
    assess(desk, [one], actor=ANA, now=NOW)
    with desk.changing(ANA, NOW) as change:
        desk.step("convicted", desk.name(one.application_id), micros(NOW),
                  {"campaign": "campaign--1"}, desk.subject("acct-1"))  # fmt: skip
        change.record("test", {})
    heir = application(payment_fingerprint="pay-x")
    assert assess(desk, [heir], actor=ANA, now=NOW)[0].campaigns == ("campaign--1",)
    assert acquit(desk, ["acct-1"], actor=ADMIN, now=NOW) == 1
    again = application(payment_fingerprint="pay-x")
    assert assess(desk, [again], actor=ANA, now=NOW)[0].campaigns == ()
