"""What people do with cases lasts, is written down, and is not lost when two act at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from case_builders import ANA, NOW, SECRET, VIC, campaign, names, scan_folder

from revenuer.app.casebook.accounts import show_account
from revenuer.app.casebook.add import Added, add
from revenuer.app.casebook.comparing import compare
from revenuer.app.casebook.innocents import write_innocents
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.people import add_person
from revenuer.app.casebook.reading import list_cases, show_case
from revenuer.app.casebook.reviews import queue
from revenuer.app.casebook.working import assign, close, dismiss, reopen, write_note
from revenuer.app.innocence import read_ids
from revenuer.casework.cases import Ground
from revenuer.casework.roles import Actor, Role
from revenuer.errors import ConfigError, ConflictError, NotAllowedError, NotFoundError
from revenuer.records import Axis, Evidence, Verdict
from revenuer.store.casebook.cases import CaseRow

BO = Actor("bo", Role.ANALYST)
WHY = "a course that was given one wording"


def seen(casebook: Casebook, folder: Path, *campaigns: object, day: int = 9) -> Added:
    (made,) = add(casebook, [scan_folder(folder, *campaigns, day=day)], actor=ANA, now=NOW)  # type: ignore[arg-type]
    return made


def only(casebook: Casebook) -> CaseRow:
    (row,) = list_cases(casebook, actor=VIC)
    return row


def dismissed(casebook: Casebook, name: str = "campaign--a", as_: Ground = Ground.INNOCENT) -> None:
    dismiss(casebook, name, ground=as_, why=WHY, actor=ANA, now=NOW)


def test_a_dismissal_lasts_while_the_campaign_is_what_it_was(
    casebook: Casebook, tmp_path: Path
) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 12)))
    dismissed(casebook)
    again = seen(casebook, tmp_path / "2", campaign("a", names("a", 14), day=10), day=10)
    assert again.reopened == ()
    assert only(casebook).state == "dismissed"
    assert queue(casebook, per_day=9, actor=VIC, now=NOW).places == ()


def test_an_outgrown_dismissal_comes_back_and_says_who_when_and_what_is_new(
    casebook: Casebook, tmp_path: Path
) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 12)))
    dismissed(casebook)
    grown = seen(casebook, tmp_path / "2", campaign("a", names("a", 20), day=10), day=10)
    (back,) = grown.reopened
    assert back.outgrown is not None
    assert (back.decided_by, back.outgrown.new_members, back.outgrown.members) == ("ana", 8, 20)
    view = show_case(casebook, "campaign--a", actor=VIC, now=NOW)
    assert view.row.state == "reopened"
    (act,) = [one for one in view.acts if one.kind == "outgrown"]
    assert act.about["decided_by"] == "ana"
    assert act.about["new_members"] == 8
    assert [one.text for one in view.acts if one.kind == "dismissed"] == [WHY]
    (place,) = queue(casebook, per_day=9, actor=VIC, now=NOW).places
    assert "came back" in place.reasons
    # Whom it was made for stay known innocents.
    write_innocents(casebook, tmp_path / "innocents.txt", actor=ANA, now=NOW)
    assert read_ids(tmp_path / "innocents.txt") == frozenset(names("a", 12))


def test_a_graver_verdict_on_new_evidence_comes_back(casebook: Casebook, tmp_path: Path) -> None:
    first = campaign("a", names("a", 12))
    seen(casebook, tmp_path / "1", first)
    dismissed(casebook)
    more = (*first.evidence, Evidence("timing", Axis.COORDINATION, "At once.", 4.0))
    later = campaign("a", names("a", 12), day=10, verdict=Verdict.CONVICTED, evidence=more)
    (back,) = seen(casebook, tmp_path / "2", later, day=10).reopened
    assert back.outgrown is not None
    assert back.outgrown.new_families == ("timing",)


def test_an_older_scan_that_comes_late_brings_nothing_back(
    casebook: Casebook, tmp_path: Path
) -> None:
    seen(casebook, tmp_path / "2", campaign("a", names("a", 5), day=10), day=10)
    dismissed(casebook)
    late = seen(casebook, tmp_path / "1", campaign("a", names("a", 20)))
    assert late.reopened == ()
    assert only(casebook).accounts == 5


def test_only_dismissals_as_innocent_that_stand_are_listed(
    casebook: Casebook, tmp_path: Path
) -> None:
    seen(casebook, tmp_path / "1", *(campaign(name, names(name, 4)) for name in ("a", "b", "c")))
    dismissed(casebook, "campaign--a")
    dismissed(casebook, "campaign--b", Ground.HARMLESS)
    dismissed(casebook, "campaign--c")
    reopen(casebook, "campaign--c", why="it was wrong", actor=BO, now=NOW)
    out = tmp_path / "deep" / "innocents.txt"
    assert write_innocents(casebook, out, actor=ANA, now=NOW) == 4
    assert read_ids(out) == frozenset(names("a", 4))
    assert out.stat().st_mode & 0o077 == 0
    with pytest.raises(NotAllowedError):
        write_innocents(casebook, out, actor=VIC, now=NOW)


def test_a_closed_case_comes_back_when_its_campaign_goes_on(
    casebook: Casebook, tmp_path: Path
) -> None:
    one = campaign("a", names("a", 5))
    seen(casebook, tmp_path / "1", one)
    close(casebook, "campaign--a", why="accounts are closed", actor=ANA, now=NOW)
    still = campaign("a", names("a", 5), day=10, last_seen=one.last_seen)
    assert seen(casebook, tmp_path / "2", still, day=10).reopened == ()
    (back,) = seen(casebook, tmp_path / "3", campaign("a", names("a", 5), day=11), day=11).reopened
    assert (back.kind, only(casebook).state) == ("active-again", "reopened")


def test_a_merger_keeps_notes_and_dismissals(casebook: Casebook, tmp_path: Path) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 12)))
    seen(casebook, tmp_path / "2", campaign("b", names("b", 3)))
    write_note(casebook, "campaign--b", "asked them", actor=BO, now=NOW)
    dismissed(casebook, "campaign--a")
    both = campaign("a", names("a", 12) + names("b", 3), day=11, supersedes=("campaign--b",))
    seen(casebook, tmp_path / "3", both, day=11)
    view = show_case(casebook, "campaign--b", actor=VIC, now=NOW)
    # Three of fifteen are new to the dismissal: it lasts.
    assert view.row.state == "dismissed"
    assert {"asked them", WHY} <= {one.text for one in view.acts}


def test_whoever_acts_on_what_has_changed_meanwhile_is_told(
    casebook: Casebook, tmp_path: Path
) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 5)))
    version = only(casebook).version

    def take(actor: Actor) -> bool:
        try:
            assign(
                casebook,
                "campaign--a",
                to=actor.name,
                actor=actor,
                now=NOW,
                expected_version=version,
            )
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, (ANA, BO))) == [False, True]
    row = only(casebook)
    assert (row.state, row.assigned_to in ("ana", "bo")) == ("in-review", True)


def test_many_notes_at_once_are_all_there(casebook: Casebook, tmp_path: Path) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 5)))

    def note(number: int) -> None:
        write_note(casebook, "campaign--a", f"note {number}", actor=ANA, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(note, range(12)))
    acts = show_case(casebook, "campaign--a", actor=VIC, now=NOW).acts
    assert {one.text for one in acts if one.kind == "note"} == {f"note {n}" for n in range(12)}


def test_a_viewer_changes_nothing_and_sees_no_ids(casebook: Casebook, tmp_path: Path) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 5)))
    for forbidden in (
        lambda: write_note(casebook, "campaign--a", "x", actor=VIC, now=NOW),
        lambda: assign(casebook, "campaign--a", to="vic", actor=VIC, now=NOW),
        lambda: close(casebook, "campaign--a", why="x", actor=VIC, now=NOW),
        lambda: reopen(casebook, "campaign--a", why="x", actor=VIC, now=NOW),
        lambda: dismiss(
            casebook, "campaign--a", ground=Ground.HARMLESS, why="x", actor=VIC, now=NOW
        ),
        lambda: show_case(casebook, "campaign--a", actor=VIC, now=NOW, show_ids=True),
    ):
        with pytest.raises(NotAllowedError):
            forbidden()
    assert only(casebook).version == 2


def test_words_are_asked_for_and_bounded(casebook: Casebook, tmp_path: Path) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 5)))
    for words in ("  ", "x" * 20_001):
        with pytest.raises(ConfigError):
            write_note(casebook, "campaign--a", words, actor=ANA, now=NOW)


def test_a_case_is_given_to_nobody_who_does_not_work_here(
    casebook: Casebook, tmp_path: Path
) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 5)))
    add_person(casebook, "root", Role.ADMIN, actor=Actor("root", Role.ADMIN), now=NOW)
    with pytest.raises(NotFoundError):
        assign(casebook, "campaign--a", to="stranger", actor=ANA, now=NOW)
    assert assign(casebook, "campaign--a", to="root", actor=ANA, now=NOW).assigned_to == "root"


def test_showing_ids_is_written_down_before(casebook: Casebook, tmp_path: Path) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 5)))
    view = show_case(casebook, "campaign--a", actor=ANA, now=NOW, show_ids=True)
    assert set(view.names.values()) == {"a-00000", "a-00001"}
    with casebook.reading() as connection:
        entries = list(casebook.audit(connection).entries())
    assert entries[-1].kind == "ids-shown"
    assert entries[-1].body["by"] == "ana"


def test_an_account_shows_every_case_that_it_is_in(casebook: Casebook, tmp_path: Path) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 10)))
    kept, parted = names("a", 6), names("a", 4, start=6)
    seen(
        casebook, tmp_path / "2", campaign("a", kept, day=10), campaign("b", parted, day=10), day=10
    )
    dismissed(casebook, "campaign--b")
    view = show_account(casebook, "a-00007", actor=VIC, now=NOW)
    assert [(one.is_member, one.dismissed) for one in view.memberships] == [
        (False, ""),
        (True, "innocent"),
    ]
    with pytest.raises(NotFoundError):
        show_account(casebook, "nobody", actor=VIC, now=NOW)


def test_a_comparison_names_who_joined_and_left(casebook: Casebook, tmp_path: Path) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 10)))
    with pytest.raises(NotFoundError):
        compare(casebook, "campaign--a", since=None, actor=VIC, now=NOW)
    later = names("a", 10, start=2)
    seen(casebook, tmp_path / "2", campaign("a", later, day=10, verdict=Verdict.CONVICTED), day=10)
    found = compare(casebook, "campaign--a", since=None, actor=ANA, now=NOW, show_ids=True)
    assert set(found.joined) == {"a-00010", "a-00011"}
    assert set(found.left) == {"a-00000", "a-00001"}
    assert (found.verdict_before, found.verdict) == ("suspected", "convicted")


def test_reviews_that_were_made_today_are_taken_off(casebook: Casebook, tmp_path: Path) -> None:
    seen(casebook, tmp_path / "1", *(campaign(name, names(name, 4)) for name in ("a", "b", "c")))
    dismissed(casebook, "campaign--a", Ground.HARMLESS)
    found = queue(casebook, per_day=2, actor=VIC, now=NOW)
    assert (found.done_today, [one.today for one in found.places]) == (1, [True, False])
    tomorrow = queue(casebook, per_day=2, actor=VIC, now=NOW + timedelta(days=1))
    assert (tomorrow.done_today, [one.today for one in tomorrow.places]) == (0, [True, True])


def test_what_is_personal_is_nowhere_in_the_clear(casebook: Casebook, tmp_path: Path) -> None:
    if not casebook.database.is_sqlite:
        pytest.skip("the bytes of a server's files are its own")
    seen(casebook, tmp_path / "1", campaign("a", names("a", 5)))
    write_note(casebook, "campaign--a", "they teach in Testville", actor=ANA, now=NOW)
    dismissed(casebook)
    casebook.database.close()
    data = b"".join(path.read_bytes() for path in tmp_path.glob("casebook.sqlite*"))
    assert b"campaign--a" in data
    for secret in ("a-00000", "exchange-a-0", SECRET, "Testville", WHY):
        assert secret.encode() not in data


def test_a_case_that_came_back_is_put_back_as_one_that_came_back(
    casebook: Casebook, tmp_path: Path
) -> None:
    seen(casebook, tmp_path / "1", campaign("a", names("a", 5)))
    assign(casebook, "campaign--a", to="ana", actor=ANA, now=NOW)
    assert assign(casebook, "campaign--a", to="", actor=ANA, now=NOW).state == "open"
    dismissed(casebook)
    reopen(casebook, "campaign--a", why="it was wrong", actor=BO, now=NOW)
    assign(casebook, "campaign--a", to="ana", actor=ANA, now=NOW)
    assert assign(casebook, "campaign--a", to="", actor=ANA, now=NOW).state == "reopened"
