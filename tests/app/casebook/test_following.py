"""What is added moves cases and reaches later sign-ups, without a second command."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from case_builders import ANA, VIC, campaign, names, scan_folder

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "access"))

from docket_builders import CAMPAIGN, NOW, Place
from rows import application

from revenuer.access.answers import Answer
from revenuer.access.domains import DomainTables
from revenuer.access.history import Standing
from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Tables
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.keeping import assess
from revenuer.app.admission.rechecking import acquit
from revenuer.app.casebook.accounts import show_account
from revenuer.app.casebook.add import add
from revenuer.app.casebook.decisions import anchors
from revenuer.app.casebook.following import Followed, bare_desk, catch_up, follow, take_in
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.reading import show_case
from revenuer.app.watch.bookkeeping import Bookkeeper
from revenuer.casework.appeals import Against, Stage
from revenuer.casework.roles import Actor, Role
from revenuer.errors import NotAllowedError
from revenuer.guard import Action
from revenuer.records import Verdict
from revenuer.store.casebook import appeals
from revenuer.store.casebook.appeals import Appeal

LATER = NOW + timedelta(hours=1)
SHARED = {"payment_fingerprint": "pay-pool", "device_fingerprint": "dev-pool"}

ADMIN = Actor("ada", Role.ADMIN)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    one = Place(tmp_path).scanned(CAMPAIGN)
    one.published()
    return one


@pytest.fixture
def book(place: Place, casebook_url: str) -> Iterator[Casebook]:
    """A casebook with the keys of the desk."""
    opened = open_casebook(casebook_url, place.folder / "keys", now=NOW)
    yield opened
    opened.database.close()


@pytest.fixture
def desk(book: Casebook) -> Desk:
    return Desk(book, Tables(DomainTables(free={"gmail.com"})), AccessPolicy())


def state(book: Casebook) -> str:
    return show_case(book, CAMPAIGN.id, actor=VIC, now=LATER).row.state


def kinds(book: Casebook) -> list[str]:
    with book.reading() as connection:
        return [entry.kind for entry in book.audit(connection).entries()]


def found(book: Casebook, folder: Path, verdict: Verdict, *, day: int = 9, of: int = 3) -> Followed:
    """A scan of a campaign of accounts that applied here, added as the command does."""
    one = replace(campaign("a", names("a", of), day=day), verdict=verdict)
    scan = scan_folder(folder, one, day=day)
    return take_in(bare_desk(book), [scan], (), actor=ANA, now=LATER).followed


def applied(desk: Desk, many: int = 3) -> None:
    pool = [application(account_id=name, **SHARED) for name in names("a", many)]
    assess(desk, pool, actor=ANA, now=NOW)


def test_a_decision_moves_the_case_and_its_log_is_anchored(place: Place, book: Casebook) -> None:
    place.decided(Action.BLOCK)
    scan = scan_folder(place.folder / "scan-out", CAMPAIGN)
    add(book, [scan], actor=ANA, now=LATER)
    name = str(place.desk.snapshot)
    since = follow(bare_desk(book), [scan], [name], actor=ANA, now=LATER)
    assert (len(since.synced.actioned), state(book)) == (1, "actioned")
    assert "1 case actioned" in since.summary
    with book.reading() as connection:
        assert list(anchors(book, connection)) == [name]
    again = follow(bare_desk(book), [scan], [name], actor=ANA, now=LATER)
    assert (again.summary, again.synced.anchored) == ("", {})


def test_a_watch_does_so_after_each_look(place: Place, book: Casebook, desk: Desk) -> None:
    applied(desk)
    members = tuple(names("a", 3))
    scan = scan_folder(
        place.folder / "scan-out",
        replace(CAMPAIGN, account_ids=(*CAMPAIGN.account_ids, *members), verdict=Verdict.CONVICTED),
    )
    keeper = Bookkeeper(scan, book, ANA, (str(place.desk.snapshot),))
    keeper.after_look(NOW)
    assert state(book) == "open"
    place.decided(Action.BLOCK)
    keeper.after_look(LATER)
    assert state(book) == "actioned"
    assert kinds(book).count("convictions-taken-in") == 1


def test_what_a_scan_convicts_reaches_later_sign_ups(
    book: Casebook, desk: Desk, tmp_path: Path
) -> None:
    applied(desk)
    (before,) = assess(desk, [application(**SHARED)], actor=ANA, now=NOW)
    since = found(book, tmp_path / "1", Verdict.CONVICTED)
    assert (since.convicted, since.acquitted) == (3, 0)
    (after,) = assess(desk, [application(**SHARED)], actor=ANA, now=LATER)
    assert before.campaigns == ()
    assert after.campaigns == ("campaign--a",)
    assert after.answer is Answer.REFUSE
    # What the next scan convicts no more is inherited no more.
    cleared = found(book, tmp_path / "2", Verdict.CLEARED, day=10)
    assert (cleared.convicted, cleared.acquitted) == (0, 3)
    (last,) = assess(desk, [application(**SHARED)], actor=ANA, now=LATER)
    assert last.campaigns == ()


def test_whom_a_person_acquitted_the_same_findings_do_not_convict_again(
    book: Casebook, desk: Desk, tmp_path: Path
) -> None:
    applied(desk)
    assert found(book, tmp_path / "1", Verdict.CONVICTED).convicted == 3
    one, *others = names("a", 3)
    assert acquit(bare_desk(book), [one], actor=ADMIN, now=LATER) == 1
    assert found(book, tmp_path / "2", Verdict.CONVICTED, day=10).convicted == 0
    assert acquit(bare_desk(book), others, actor=ADMIN, now=LATER) == 2
    assert catch_up(bare_desk(book), (), actor=ANA, now=LATER).convicted == 0
    (after,) = assess(desk, [application(**SHARED)], actor=ANA, now=LATER)
    assert after.campaigns == ()
    # It does not last for ever.
    late = LATER + timedelta(days=181)
    assert catch_up(bare_desk(book), (), actor=ANA, now=late).convicted == 3


def test_to_sync_takes_over_what_was_convicted_before_anybody_applied(
    book: Casebook, desk: Desk, tmp_path: Path
) -> None:
    found(book, tmp_path / "1", Verdict.CONVICTED)
    found(book, tmp_path / "gone", Verdict.CONVICTED, day=10, of=5)
    shutil.rmtree(tmp_path / "gone")
    (tmp_path / "broken").mkdir()
    found(book, tmp_path / "broken", Verdict.CONVICTED, day=11, of=7)
    (tmp_path / "broken" / "campaigns.json").write_text("{}")
    applied(desk, 8)
    done = catch_up(bare_desk(book), (), actor=ANA, now=LATER)
    assert (done.convicted, done.acquitted) == (3, 0)
    assert len(done.synced.problems) == 1
    assert "campaigns.json" in done.synced.problems[0]
    assert catch_up(bare_desk(book), (), actor=ANA, now=LATER).convicted == 0
    (after,) = assess(desk, [application(**SHARED)], actor=ANA, now=LATER)
    assert after.campaigns == ("campaign--a",)
    with pytest.raises(NotAllowedError):
        catch_up(bare_desk(book), (), actor=VIC, now=LATER)


def test_case_and_account_say_what_admission_answered(
    book: Casebook, desk: Desk, tmp_path: Path
) -> None:
    found(book, tmp_path / "1", Verdict.SUSPECTED)
    assert show_case(book, "campaign--a", actor=VIC, now=LATER).signups == {}
    applied(desk, 5)
    seen = show_case(book, "campaign--a", actor=VIC, now=LATER)
    assert sum(seen.signups.values()) == 3
    (one,) = show_account(book, "a-00002", actor=VIC, now=LATER).signups
    assert one.answer in seen.signups
    assert one.reasons
    # Who applied and is in no case is known too.
    (other,) = show_account(book, "a-00004", actor=VIC, now=LATER).signups
    assert other.application != one.application


def test_nothing_is_written_where_nobody_ever_applied(book: Casebook, tmp_path: Path) -> None:
    since = found(book, tmp_path / "1", Verdict.CONVICTED)
    assert since.summary == ""
    assert kinds(book)[-1] in {"scan-added", "permits-checked"}


def test_whom_an_appeal_found_innocent_no_scan_convicts(
    book: Casebook, desk: Desk, tmp_path: Path
) -> None:
    applied(desk)
    subject = book.subject("a-00001")
    made = Appeal(
        "appeal--1", Against.DECISION, "decision--1", "", "", "block", "", (), subject,
        Stage.DECIDED, "ana", 0, subjects=(subject,),
    )  # fmt: skip
    with book.changing(ANA, NOW) as change:
        appeals.keep(change.connection, made)
        until = int((LATER + timedelta(days=1)).timestamp() * 1e6)
        appeals.lift(change.connection, made.appeal_id, [subject], until)
    assert found(book, tmp_path / "1", Verdict.CONVICTED).convicted == 2
    assess(desk, [application()], actor=ANA, now=LATER)
    standing = [each.standing for _, each in desk.judge.history.items()]
    assert standing.count(Standing.CONVICTED) == 2
