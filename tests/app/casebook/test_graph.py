from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from case_builders import ANA, NOW, VIC, campaign, names, scan_folder
from sqlalchemy import select
from tie_builders import crews, tie, write_ties_of

from revenuer.app.casebook.add import add
from revenuer.app.casebook.erasure import erase
from revenuer.app.casebook.graph import Graph, campaign_graph
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.places import Around
from revenuer.app.casebook.retention import AGEING
from revenuer.casework.roles import Actor, Right, Role
from revenuer.errors import NotAllowedError, NotFoundError, SourceError
from revenuer.store.casebook.case_tables import case_webs

ACCOUNTS = names("acct", 60)
ONE = campaign("one", ACCOUNTS)
SIZES = [10, 30, 15]


def added(casebook: Casebook, folder: Path, rows: list[dict[str, object]], day: int = 9) -> str:
    write_ties_of(scan_folder(folder, ONE, day=day), rows)
    (done,) = add(casebook, [folder], actor=ANA, now=NOW)
    return (*done.opened, *done.grown)[0]


def graph(casebook: Casebook, case: str, *unfold: int) -> Graph:
    return campaign_graph(casebook, case, actor=VIC, now=NOW, unfold=unfold)


def test_a_campaign_is_drawn_as_its_groups_and_what_ties_them(
    casebook: Casebook, tmp_path: Path
) -> None:
    case = added(casebook, tmp_path / "scan", crews(ONE, SIZES))
    seen = graph(casebook, case)
    assert [(one.label, one.members) for one in seen.groups] == [
        ("Group 1", 30), ("Group 2", 15), ("Group 3", 10), ("In no group", 5),
    ]  # fmt: skip
    assert seen.web.members.size == 60
    assert seen.web.others == 900 - 60
    (name, having) = seen.groups[0].bound_by[0]
    assert name.startswith("payment ")
    assert having == 30
    # Folded up: four groups, and the one thing that several have.
    assert seen.drawing.nodes == 5
    assert [one.kind for one in seen.drawn_tokens] == ["TLS fingerprint"]
    assert seen.drawn_tokens[0].outside == 600
    assert seen.drawn_tokens[0].groups == 4
    assert seen.labels == ()
    assert seen.notes == ()


def test_a_group_that_is_unfolded_shows_its_members_as_subjects(
    casebook: Casebook, tmp_path: Path
) -> None:
    case = added(casebook, tmp_path / "scan", crews(ONE, SIZES))
    third = graph(casebook, case).groups[2]
    seen = graph(casebook, case, third.name)
    assert set(seen.labels) == {casebook.subject(name) for name in ACCOUNTS[:10]}
    assert [one.unfolded for one in seen.groups] == [False, False, True, False]
    assert {one.kind for one in seen.drawn_tokens} == {"payment", "TLS fingerprint"}


def test_the_picture_is_there_when_the_folder_is_gone(casebook: Casebook, tmp_path: Path) -> None:
    case = added(casebook, tmp_path / "scan", crews(ONE, SIZES))
    before = graph(casebook, case)
    shutil.rmtree(tmp_path / "scan")
    after = graph(casebook, case)
    assert after.groups == before.groups
    assert (after.web.member_at == before.web.member_at).all()


def test_no_value_is_kept_in_the_clear_and_nothing_is_without_the_key(
    casebook: Casebook, tmp_path: Path
) -> None:
    added(casebook, tmp_path / "scan", crews(ONE, SIZES))
    with casebook.reading() as connection:
        row = connection.execute(select(case_webs)).one()
        clear = casebook.vault.unseal(connection, row.owner, row.sealed)
    assert clear is not None
    for text in ("card-secret", "acct-0", "t13d1516"):
        assert text.encode() not in clear
        assert text.encode() not in row.sealed


def test_marks_need_the_key_of_the_casebook(casebook: Casebook, tmp_path: Path) -> None:
    from revenuer.app.casebook.opening import open_casebook

    case = added(casebook, tmp_path / "scan", crews(ONE, SIZES))
    other = open_casebook(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path / "other-keys")
    (done,) = add(other, [tmp_path / "scan"], actor=ANA, now=NOW)
    mine = {one.mark for one in graph(casebook, case).tokens}
    theirs = {one.mark for one in graph(other, done.opened[0]).tokens}
    other.database.close()
    assert len(mine) == len(theirs) == 4
    assert not mine & theirs


def test_only_the_newest_sighting_is_kept_whatever_the_order(
    casebook: Casebook, tmp_path: Path
) -> None:
    case = added(casebook, tmp_path / "new", crews(ONE, SIZES), day=12)
    added(casebook, tmp_path / "old", crews(ONE, [20, 20, 20]), day=10)
    assert [one.members for one in graph(casebook, case).groups] == [30, 15, 10, 5]
    added(casebook, tmp_path / "newer", crews(ONE, [31, 15, 10]), day=14)
    seen = graph(casebook, case)
    assert [one.members for one in seen.groups] == [31, 15, 10, 4]
    with casebook.reading() as connection:
        assert len(connection.execute(select(case_webs)).all()) == 1


def test_a_folder_without_ties_is_drawn_from_its_report_and_says_so(
    casebook: Casebook, tmp_path: Path
) -> None:
    (done,) = add(casebook, [scan_folder(tmp_path / "scan", ONE)], actor=ANA, now=NOW)
    seen = graph(casebook, done.opened[0])
    assert [one.kind for one in seen.tokens] == ["shared device"]
    assert seen.tokens[0].members == 3
    assert seen.tokens[0].outside == 1
    assert "not in the casebook" in seen.notes[0]


def test_a_known_folder_that_is_added_again_fills_in_missing_ties(
    casebook: Casebook, tmp_path: Path
) -> None:
    folder = scan_folder(tmp_path / "scan", ONE)
    (first,) = add(casebook, [folder], actor=ANA, now=NOW)
    case = first.opened[0]
    assert graph(casebook, case).notes
    (again,) = add(casebook, [folder], actor=ANA, now=NOW)
    assert (again.is_new, again.tied) == (False, 0)
    # Who is erased meanwhile does not come back by a copy of the folder from before.
    before = shutil.copytree(folder, tmp_path / "before")
    admin = Actor("ada", Role.ADMIN)
    erase(casebook, Around(casebook.keys), ACCOUNTS[0], why="asked", actor=admin, now=NOW)
    folder = write_ties_of(before, crews(ONE, SIZES))
    (filled,) = add(casebook, [folder], actor=ANA, now=NOW)
    assert (filled.is_new, filled.tied) == (False, 1)
    assert "was missing, and is there now" in filled.summary
    seen = graph(casebook, case)
    assert [one.members for one in seen.groups] == [30, 15, 9, 5]
    assert seen.notes == ()
    (last,) = add(casebook, [folder], actor=ANA, now=NOW)
    assert last.tied == 0
    with casebook.reading() as connection:
        kinds = [one.kind for one in casebook.audit(connection).entries()]
    assert (kinds.count("scan-added"), kinds.count("ties-added")) == (1, 1)


def test_an_older_folder_brings_no_ties_back_that_are_newer(
    casebook: Casebook, tmp_path: Path
) -> None:
    old = scan_folder(tmp_path / "old", ONE, day=9)
    add(casebook, [old], actor=ANA, now=NOW)
    case = added(casebook, tmp_path / "new", crews(ONE, SIZES), day=12)
    write_ties_of(old, crews(ONE, [20, 20, 20]))
    (again,) = add(casebook, [old], actor=ANA, now=NOW)
    assert again.tied == 0
    assert [one.members for one in graph(casebook, case).groups] == [30, 15, 10, 5]


def test_ties_of_an_earlier_sighting_say_that_they_are(casebook: Casebook, tmp_path: Path) -> None:
    case = added(casebook, tmp_path / "scan", crews(ONE, SIZES))
    add(casebook, [scan_folder(tmp_path / "later", ONE, day=14)], actor=ANA, now=NOW)
    assert "10 Jun 2026" in graph(casebook, case).notes[0]


def test_half_a_table_of_ties_adds_nothing(casebook: Casebook, tmp_path: Path) -> None:
    folder = scan_folder(tmp_path / "scan", ONE)
    (folder / "ties.parquet").write_bytes(b"PAR1 half")
    with pytest.raises(SourceError, match="no table of ties"):
        add(casebook, [folder], actor=ANA, now=NOW)
    with pytest.raises(NotFoundError):
        graph(casebook, ONE.id)


def test_whoever_is_erased_is_in_no_graph(casebook: Casebook, tmp_path: Path) -> None:
    rows = [*crews(ONE, SIZES), *tie(ONE, ACCOUNTS[:2], "phone-fingerprint", "their-own")]
    case = added(casebook, tmp_path / "scan", rows)
    (group,) = [one for one in graph(casebook, case).groups if one.members == 10]
    gone = casebook.subject(ACCOUNTS[0])
    assert gone in graph(casebook, case, group.name).labels
    admin = Actor("ada", Role.ADMIN)
    erase(casebook, Around(casebook.keys), ACCOUNTS[0], why="asked", actor=admin, now=NOW)
    after = graph(casebook, case, group.name)
    assert gone not in after.labels
    assert len(after.labels) == 9
    assert after.web.members.size == 59


def test_what_ties_a_case_goes_with_the_case() -> None:
    assert [one.kind for one in AGEING if one.table is case_webs] == ["cases"]


def test_who_may_not_read_sees_no_graph(casebook: Casebook, tmp_path: Path) -> None:
    case = added(casebook, tmp_path / "scan", crews(ONE, SIZES))
    nobody = Actor("token", Role.ADMIN, scopes=frozenset({Right.AUDIT}))
    with pytest.raises(NotAllowedError):
        campaign_graph(casebook, case, actor=nobody, now=NOW)
