"""Appeals, from the first word to what a real guard does afterwards."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from docket_builders import CAMPAIGN, HOUR, NAMES, NOW, POLICY, Place

from revenuer.app.casebook.appeal_outcomes import Decided, Ruling, decide_appeal
from revenuer.app.casebook.appeal_views import count_appeals, list_appeals, receipt_of, show_appeal
from revenuer.app.casebook.appeal_work import Office
from revenuer.app.casebook.appeals import (
    answer_appeal,
    assign_appeal,
    open_appeal,
    receive,
    remind,
    withdraw_appeal,
)
from revenuer.app.casebook.erasure import erase
from revenuer.app.casebook.innocents import known_innocents
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import add_person
from revenuer.app.casebook.permits import grant_permit, refuse_permit, request_permit, revoke_permit
from revenuer.app.casebook.places import Around
from revenuer.app.letting_go import overturn
from revenuer.casework.appeals import Outcome, Stage
from revenuer.casework.permits import Purpose, State, Terms
from revenuer.casework.roles import Actor, Role
from revenuer.due_process import AppealSettings
from revenuer.errors import AuditError, ConflictError, NotAllowedError, NotFoundError
from revenuer.guard.webhook import Webhook
from revenuer.store.casebook import appeal_words
from revenuer.store.casebook.appeals import Appeal

ANA = Actor("ana", Role.ANALYST)
CAROL = Actor("carol", Role.APPROVER)
DAN = Actor("dan", Role.APPROVER)
MINUTE = timedelta(minutes=1)
WORDS = "Our key was stolen on Friday; see our ticket of that day."


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path).scanned(CAMPAIGN)
    made.published()
    return made


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    opened = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    yield opened
    opened.database.close()


@pytest.fixture
def office(casebook: Casebook, place: Place) -> Office:
    return Office(casebook, (place.desk,), AppealSettings())


def blocked(place: Place) -> str:
    """A decision of alice that bob approved."""
    return place.decided().decision


def appealed(office: Office, decision: str, *accounts: str, **more: Any) -> Appeal:
    wanted = {"text": WORDS, "actor": ANA, "now": NOW + HOUR} | more
    return open_appeal(office, decision, accounts=accounts or ("b",), **wanted)


def heard(office: Office, appeal: Appeal, by: Actor = CAROL, now: Any = NOW + HOUR) -> Appeal:
    """Given to somebody who opens it."""
    assign_appeal(office, appeal.appeal_id, to=by.name, actor=ANA, now=now)
    show_appeal(office, appeal.appeal_id, actor=by, now=now)
    return appeal


def decided(
    office: Office, appeal: Appeal, outcome: Outcome, by: Actor = CAROL, **more: Any
) -> Decided:
    asked = {"now": NOW + 2 * HOUR, "preview": False} | {
        key: more.pop(key) for key in ("now", "preview") if key in more
    }
    ruling = Ruling(outcome, **({"why": "seen", "words": "We looked at your ticket."} | more))
    return decide_appeal(office, appeal.appeal_id, ruling, actor=by, **asked)


def kinds(casebook: Casebook) -> list[str]:
    with casebook.reading() as connection:
        log = casebook.audit(connection)
        assert log.flaws() == []
        return [entry.kind for entry in log.entries()][1:]


def test_an_overturned_decision_is_undone_for_the_account_alone(
    office: Office, place: Place
) -> None:
    appeal = heard(office, appealed(office, blocked(place)))
    done = decided(office, appeal, Outcome.OVERTURNED)
    assert done.lifted == ("b",)
    assert place.holds(NOW + 2 * HOUR) == dict.fromkeys(("a", "c", "d"), "block")
    assert done.innocent_until == NOW + 2 * HOUR + timedelta(days=180)
    assert "taken back as of now" in done.letter
    assert known_innocents(office.casebook, actor=ANA, now=NOW + 3 * HOUR) == ["b"]
    # The same scan, published again, does not reach them.
    place.published(NOW + 3 * HOUR)
    assert "b" not in place.holds(NOW + 3 * HOUR)
    assert known_innocents(office.casebook, actor=ANA, now=NOW + timedelta(days=181)) == []
    assert kinds(office.casebook)[:6] == [
        "appeal-opened", "appeal-assigned", "appeal-read", "appeal-read", "appeal-decided",
        "innocents-listed",
    ]  # fmt: skip
    assert place.desk.audit.flaws() == []


def test_a_decision_can_be_overturned_for_everybody(office: Office, place: Place) -> None:
    appeal = heard(office, appealed(office, blocked(place)))
    decided(office, appeal, Outcome.OVERTURNED, whole=True)
    assert place.holds(NOW + 2 * HOUR) == {}
    # Only who appealed was found innocent.
    assert known_innocents(office.casebook, actor=ANA, now=NOW + 3 * HOUR) == ["b"]


def test_partly_lets_some_go_and_finds_nobody_innocent(office: Office, place: Place) -> None:
    appeal = heard(office, appealed(office, blocked(place), "a", "b"))
    done = decided(office, appeal, Outcome.PARTLY, accounts=("a",))
    assert place.holds(NOW + 2 * HOUR) == dict.fromkeys(("b", "c", "d"), "block")
    assert (done.innocent_until, done.lifted) == (None, ("a",))
    assert known_innocents(office.casebook, actor=ANA, now=NOW + 3 * HOUR) == []


def test_a_decision_that_stands_changes_nothing_and_says_why(office: Office, place: Place) -> None:
    appeal = heard(office, appealed(office, blocked(place)))
    done = decided(office, appeal, Outcome.UPHELD)
    assert place.holds(NOW + 2 * HOUR) == dict.fromkeys(NAMES, "block")
    assert "The decision stands." in done.letter
    assert "We looked at your ticket." in done.letter
    assert done.appeal.stage is Stage.DECIDED


@pytest.mark.parametrize("name", ["alice", "bob", " Alice", "BOB"])
def test_who_proposed_or_approved_it_does_not_hear_it(
    office: Office, place: Place, name: str
) -> None:
    appeal = appealed(office, blocked(place))
    with pytest.raises(NotAllowedError, match="may not hear this appeal"):
        assign_appeal(office, appeal.appeal_id, to=name, actor=ANA, now=NOW + HOUR)


def test_who_decided_an_earlier_appeal_does_not_hear_the_next(office: Office, place: Place) -> None:
    decision = blocked(place)
    decided(office, heard(office, appealed(office, decision)), Outcome.UPHELD)
    again = appealed(office, decision, now=NOW + 3 * HOUR)
    with pytest.raises(NotAllowedError, match="let it stand in an earlier appeal"):
        assign_appeal(office, again.appeal_id, to="carol", actor=ANA, now=NOW + 3 * HOUR)
    heard(office, again, DAN, NOW + 3 * HOUR)
    done = decided(office, again, Outcome.OVERTURNED, DAN, now=NOW + 4 * HOUR)
    assert done.lifted == ("b",)


def test_nobody_decides_what_was_not_given_to_them(office: Office, place: Place) -> None:
    appeal = appealed(office, blocked(place))
    with pytest.raises(NotAllowedError, match="nobody's yet"):
        decided(office, appeal, Outcome.OVERTURNED)
    heard(office, appeal)
    with pytest.raises(NotAllowedError, match="given to carol"):
        decided(office, appeal, Outcome.OVERTURNED, DAN)
    with pytest.raises(NotAllowedError, match="right to hear"):
        decided(office, appeal, Outcome.OVERTURNED, replace(CAROL, role=Role.ANALYST))


def test_nobody_decides_without_a_look_at_all_that_came_in(office: Office, place: Place) -> None:
    appeal = appealed(office, blocked(place))
    assign_appeal(office, appeal.appeal_id, to="carol", actor=ANA, now=NOW + HOUR)
    with pytest.raises(NotAllowedError, match="has not opened the words"):
        decided(office, appeal, Outcome.OVERTURNED)
    # An analyst's look is not hers.
    show_appeal(office, appeal.appeal_id, actor=ANA, now=NOW + HOUR)
    with pytest.raises(NotAllowedError, match="has not opened"):
        decided(office, appeal, Outcome.OVERTURNED)
    show_appeal(office, appeal.appeal_id, actor=CAROL, now=NOW + HOUR)
    receive(office, appeal.appeal_id, text="One more thing.", actor=ANA, now=NOW + HOUR + MINUTE)
    with pytest.raises(NotAllowedError, match="has not opened the words since"):
        decided(office, appeal, Outcome.OVERTURNED)
    seen = show_appeal(office, appeal.appeal_id, actor=CAROL, now=NOW + HOUR + 2 * MINUTE)
    assert [one.text for one in seen.said] == [WORDS, "One more thing."]
    assert decided(office, appeal, Outcome.OVERTURNED).lifted == ("b",)


def test_no_appeal_fails_within_seconds_and_one_may_succeed_so(
    office: Office, place: Place
) -> None:
    decision = blocked(place)
    appeal = heard(office, appealed(office, decision))
    soon = NOW + HOUR + timedelta(seconds=59)
    with pytest.raises(NotAllowedError, match="less than 60 seconds ago"):
        decided(office, appeal, Outcome.UPHELD, now=soon)
    assert decided(office, appeal, Outcome.OVERTURNED, now=soon).lifted == ("b",)


def test_reasons_are_needed(office: Office, place: Place) -> None:
    appeal = heard(office, appealed(office, blocked(place)))
    with pytest.raises(NotAllowedError, match="without a reason"):
        decided(office, appeal, Outcome.OVERTURNED, why=" ")
    with pytest.raises(NotAllowedError, match="in words for them"):
        decided(office, appeal, Outcome.UPHELD, words=" ")
    with pytest.raises(NotAllowedError, match="somebody's words"):
        appealed(office, blocked(place), "a", text=" ")


def test_a_service_hears_nothing(office: Office, place: Place) -> None:
    admin = Actor("ada", Role.ADMIN)
    add_person(office.casebook, "ada", Role.ADMIN, actor=admin, now=NOW)
    add_person(office.casebook, "bot", Role.ANALYST, actor=admin, now=NOW, kind="service")
    appeal = appealed(office, blocked(place))
    with pytest.raises(NotAllowedError, match="right to hear"):
        assign_appeal(office, appeal.appeal_id, to="bot", actor=ANA, now=NOW + HOUR)
    with pytest.raises(NotFoundError, match="does not work here"):
        assign_appeal(office, appeal.appeal_id, to="nobody", actor=ANA, now=NOW + HOUR)


def test_a_letter_that_gives_others_away_does_not_leave(office: Office, place: Place) -> None:
    place.scanned(replace(CAMPAIGN, account_ids=("b", "acct-other", "c", "d")))
    appeal = heard(office, appealed(office, place.decided().decision))
    (statement,) = [one.statement for one in CAMPAIGN.evidence]
    for words in ("It was acct-other.", f"We know: {statement}", "See shared-device."):
        with pytest.raises(NotAllowedError, match="gives away"):
            decided(office, appeal, Outcome.UPHELD, words=words)
    assert decided(office, appeal, Outcome.UPHELD, preview=True).letter
    assert "appeal-decided" not in kinds(office.casebook)


def test_a_preview_changes_nothing(office: Office, place: Place) -> None:
    appeal = heard(office, appealed(office, blocked(place)))
    before = kinds(office.casebook), place.holds(NOW + 2 * HOUR), place.kinds()
    done = decided(office, appeal, Outcome.OVERTURNED, preview=True)
    assert "taken back" in done.letter
    _, letter = answer_appeal(
        office, appeal.appeal_id, words="We are on it.", actor=CAROL, now=NOW + HOUR, preview=True
    )
    assert "We are on it." in letter
    assert (kinds(office.casebook), place.holds(NOW + 2 * HOUR), place.kinds()) == before


def test_the_latest_are_on_top_and_told_of_once(office: Office, place: Place) -> None:
    decision = blocked(place)
    first = appealed(office, decision, "a", now=NOW)
    second = appealed(office, decision, "b", now=NOW + HOUR)
    over = heard(office, appealed(office, decision, "c", now=NOW))
    decided(office, over, Outcome.OVERTURNED)
    late = NOW + 50 * HOUR
    rows = list_appeals(office, actor=ANA, now=late)
    assert [one.appeal.appeal_id for one in rows] == [
        one.appeal_id for one in (first, second, over)
    ]
    assert [one.due.is_late for one in rows] == [True, True, False]
    assert rows[0].due.late == timedelta(hours=2)
    assert len(remind(office, actor=ANA, now=late)) == 2
    assert remind(office, actor=ANA, now=late + HOUR) == []
    heard(office, first, now=late)
    answer_appeal(office, first.appeal_id, words="Soon.", actor=CAROL, now=late)
    assert not list_appeals(office, actor=ANA, now=late)[1].due.is_late
    # What is late next is another thing.
    assert len(remind(office, actor=ANA, now=NOW + 250 * HOUR)) == 2
    assert kinds(office.casebook).count("appeal-late") == 4


def test_nothing_closes_by_itself(office: Office, place: Place) -> None:
    appeal = appealed(office, blocked(place))
    then = NOW + timedelta(days=400)
    remind(office, actor=ANA, now=then)
    place.published(then)
    (row,) = list_appeals(office, actor=ANA, now=then)
    assert (row.appeal.stage, row.due.is_late) == (Stage.OPEN, True)
    # Even a decision that is over meanwhile can still be found wrong.
    heard(office, appeal, now=then)
    decided(office, appeal, Outcome.OVERTURNED, now=then)
    assert known_innocents(office.casebook, actor=ANA, now=then) == ["b"]


def test_who_may_not_hear_sees_no_words_and_no_evidence(office: Office, place: Place) -> None:
    appeal = appealed(office, blocked(place))
    seen = show_appeal(office, appeal.appeal_id, actor=ANA, now=NOW + HOUR)
    assert ([one.text for one in seen.said], seen.evidence, seen.names) == ([None], None, ())
    seen = show_appeal(office, appeal.appeal_id, actor=CAROL, now=NOW + HOUR)
    assert seen.names == ("b",)
    assert seen.evidence is not None
    assert [one.kind for one in seen.evidence.pieces] == ["shared-device"]
    assert seen.evidence.pieces[0].names_them


def test_the_log_holds_neither_words_nor_ids(office: Office, place: Place) -> None:
    place.scanned(replace(CAMPAIGN, account_ids=("acct-mine", "acct-other", "c", "d")))
    appeal = heard(office, appealed(office, place.decided().decision, "acct-mine"))
    decided(office, appeal, Outcome.OVERTURNED)
    with office.casebook.reading() as connection:
        log = b"".join(office.casebook.audit(connection).lines())
    for secret in (b"stolen", b"acct-mine", b"acct-other", b"looked at your ticket"):
        assert secret not in log


def test_only_those_concerned_appeal_and_once_at_a_time(office: Office, place: Place) -> None:
    decision = blocked(place)
    with pytest.raises(NotFoundError, match="does not cover x"):
        appealed(office, decision, "x")
    with pytest.raises(NotFoundError, match="no decision"):
        appealed(office, "decision--00000000")
    first = appealed(office, decision, "b")
    with pytest.raises(ConflictError, match="open appeal"):
        appealed(office, decision, "a", "b")
    withdraw_appeal(office, first.appeal_id, why="They found it.", actor=ANA, now=NOW + HOUR)
    with pytest.raises(ConflictError, match="withdrawn already"):
        receive(office, first.appeal_id, text="x", actor=ANA, now=NOW + HOUR)
    assert appealed(office, decision, "b").stage is Stage.OPEN


def test_two_who_act_at_once_lose_nothing(office: Office, place: Place) -> None:
    appeal = heard(office, appealed(office, blocked(place)))
    seen = show_appeal(office, appeal.appeal_id, actor=CAROL, now=NOW + HOUR).appeal
    receive(office, appeal.appeal_id, text="More.", actor=ANA, now=NOW + HOUR)
    show_appeal(office, appeal.appeal_id, actor=CAROL, now=NOW + HOUR)
    with pytest.raises(ConflictError, match="somebody changed it"):
        decide_appeal(
            office, appeal.appeal_id, Ruling(Outcome.OVERTURNED, "x"), actor=CAROL,
            now=NOW + 2 * HOUR, expected_version=seen.version,
        )  # fmt: skip
    decided(office, appeal, Outcome.OVERTURNED)
    with pytest.raises(ConflictError, match="decided already"):
        decided(office, appeal, Outcome.UPHELD)


def test_a_permit_that_was_taken_back_is_put_back(office: Office) -> None:
    book = office.casebook
    terms = Terms(NOW, NOW + timedelta(days=30))
    made = request_permit(
        book, holder="acct-1", kind="account", purpose=Purpose.EVALUATION, terms=terms, text="",
        actor=ANA, now=NOW,
    )  # fmt: skip
    with pytest.raises(NotAllowedError, match="nothing was decided"):
        appealed(office, made.id)
    grant_permit(book, made.id, four_eyes=True, text="", actor=CAROL, now=NOW)
    revoke_permit(book, made.id, text="too much", actor=CAROL, now=NOW + HOUR)
    appeal = appealed(office, made.id)
    with pytest.raises(NotAllowedError, match="may not hear"):
        assign_appeal(office, appeal.appeal_id, to="carol", actor=ANA, now=NOW + HOUR)
    done = decided(office, heard(office, appeal, DAN), Outcome.OVERTURNED, DAN)
    assert "your permit is taken back" in done.letter
    from revenuer.app.casebook.permit_views import show_permit

    seen, _ = show_permit(book, made.id, actor=ANA, now=NOW + 3 * HOUR)
    assert (seen.said, seen.permit.state) == ("active", State.GRANTED)
    other = request_permit(
        book, holder="acct-2", kind="account", purpose=Purpose.RED_TEAM, terms=terms, text="",
        actor=ANA, now=NOW,
    )  # fmt: skip
    refuse_permit(book, other.id, text="no", actor=CAROL, now=NOW)
    stands = heard(office, appealed(office, other.id), DAN)
    assert "refused" in decided(office, stands, Outcome.UPHELD, DAN).letter


def test_how_appeals_went_is_counted(office: Office, place: Place) -> None:
    decision = blocked(place)
    for hours, (name, outcome) in enumerate(
        [("a", Outcome.OVERTURNED), ("b", Outcome.UPHELD), ("c", Outcome.PARTLY)], start=2
    ):
        by = (CAROL, DAN, Actor("eve", Role.APPROVER))[hours - 2]
        appeal = heard(office, appealed(office, decision, name, now=NOW), by)
        decided(office, appeal, outcome, by, now=NOW + hours * HOUR)
    appealed(office, decision, "d", now=NOW)
    counts = count_appeals(
        office.casebook, since=NOW, until=NOW + 60 * HOUR, clock=office.clock, actor=ANA
    )
    assert (counts.opened, counts.open_now, counts.late_now) == (4, 1, 1)
    block = counts.rates["action", "block"]
    assert (block.decided, block.overturned, block.partly) == (3, 1, 1)
    assert counts.rates["rule", "shared-device"] == block
    assert counts.rates["programme", "none"].share == pytest.approx(2 / 3)
    assert (counts.decisions.median, counts.decisions.ninety) == (3.0, 4.0)


def test_a_crash_between_docket_and_casebook_is_made_good_by_deciding_again(
    office: Office, place: Place
) -> None:
    decision = blocked(place)
    appeal = heard(office, appealed(office, decision))
    # What a crash after the docket and before the casebook leaves behind.
    overturn(
        place.desk, decision, accounts=["b"], whole=False, cleared_until=NOW + 900 * HOUR,
        by="carol", why="appeal", now=NOW + HOUR,
    )  # fmt: skip
    assert "b" not in place.holds(NOW + HOUR)
    assert list_appeals(office, actor=ANA, now=NOW)[0].appeal.stage is Stage.ASSIGNED
    assert decided(office, appeal, Outcome.OVERTURNED).lifted == ("b",)
    assert place.kinds().count("released") == place.kinds().count("cleared") == 1
    assert known_innocents(office.casebook, actor=ANA, now=NOW + 3 * HOUR) == ["b"]


def test_what_the_docket_refuses_leaves_the_appeal_open(office: Office, place: Place) -> None:
    appeal = heard(office, appealed(office, blocked(place)))
    log = place.desk.docket.audit_path
    whole = log.read_bytes()
    log.write_bytes(whole.replace(b'"alice"', b'"mal\xc3ry"', 1))
    with pytest.raises(AuditError):
        decided(office, appeal, Outcome.OVERTURNED)
    log.write_bytes(whole)
    assert "appeal-decided" not in kinds(office.casebook)
    assert decided(office, appeal, Outcome.OVERTURNED).lifted == ("b",)


def test_the_receipt_names_the_clock_and_is_no_answer(office: Office, place: Place) -> None:
    appeal = appealed(office, blocked(place), now=NOW)
    text = receipt_of(office, appeal.appeal_id, actor=ANA)
    assert "4 Jun 2026, 00:00 UTC" in text
    assert "12 Jun 2026, 00:00 UTC" in text
    assert list_appeals(office, actor=ANA, now=NOW)[0].due.what == "answer"


def test_webhooks_are_told_and_letters_are_theirs_to_send(
    casebook: Casebook, place: Place, tmp_path: Path
) -> None:
    secrets = tmp_path / "hook.secrets"
    secrets.write_text("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n")
    hook = Webhook("accounts", "http://127.0.0.1:9/", str(secrets))
    place.policy = replace(POLICY, webhooks=(hook,))
    decision = blocked(place)
    file = tmp_path / "guard.toml"
    file.write_text(
        'mode = "enforce"\n[appeal]\nurl = "https://example.com/a"\n'
        'verify_url = "https://example.com/v"\n[[webhooks]]\n'
        f'name = "accounts"\nurl = "http://127.0.0.1:9/"\nsecrets = "{secrets}"\n'
    )
    place.desk.docket.keep_policy(file)
    office = Office(casebook, (place.desk,), AppealSettings())
    appeal = heard(office, appealed(office, decision))
    decided(office, appeal, Outcome.OVERTURNED)
    events = [
        one.event for one in place.desk.outbox.listed("waiting") if one.stream == appeal.appeal_id
    ]
    assert events == ["appeal.opened", "appeal.decided", "customer.notice"]


def said_in(office: Office, appeal: Appeal) -> list[tuple[str, str | None]]:
    """What an appeal's hearer reads of what was said."""
    opened = show_appeal(office, appeal.appeal_id, actor=CAROL, now=NOW + 3 * HOUR)
    return [(one.kind, one.text) for one in opened.said]


def test_an_appeal_outlives_all_but_the_last_of_its_accounts(
    office: Office, place: Place, casebook: Casebook
) -> None:
    appeal = heard(office, appealed(office, blocked(place), "b", "c"))
    admin, around = Actor("ada", Role.ADMIN), Around(casebook.keys)
    answer_appeal(office, appeal.appeal_id, words="We look at it.", actor=CAROL, now=NOW + HOUR)
    with casebook.reading() as connection:
        letter = appeal_words.messages_of(connection, appeal.appeal_id)[-1]
    first, other = sorted(("b", "c"), key=lambda one: casebook.subject(one) != appeal.owner)
    assert [kind for kind, _ in said_in(office, appeal)] == ["received", "letter"]
    erase(casebook, around, first, why="9", actor=admin, now=NOW + 2 * HOUR)
    # Whoever spoke took their words with them; what was answered is of the other too.
    ((kind, text),) = said_in(office, appeal)
    assert kind == "letter"
    assert text is not None
    assert "We look at it." in text
    receive(office, appeal.appeal_id, text="I go on.", actor=ANA, now=NOW + 2 * HOUR)
    assert said_in(office, appeal)[-1] == ("received", "I go on.")
    erase(casebook, around, other, why="10", actor=admin, now=NOW + 3 * HOUR)
    assert {text for _, text in said_in(office, appeal)} <= {None}
    with casebook.reading() as connection:
        assert casebook.vault.unseal(connection, appeal.appeal_id, letter.sealed) is None
