"""What scans and watches found becomes cases, once each, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from case_builders import ANA, NOW, START, VIC, campaign, names, scan_folder
from sqlalchemy import func, select

from revenuer.app.casebook import add as adding
from revenuer.app.casebook.add import Added, add
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.reading import list_cases, show_case
from revenuer.app.casebook.timeline import timeline
from revenuer.errors import NotAllowedError, NotFoundError, SourceError
from revenuer.records import Sign, SignKind, Verdict
from revenuer.store.casebook.case_tables import ALL
from revenuer.store.casebook.schema import METADATA


def added(casebook: Casebook, *folders: Path) -> list[Added]:
    return add(casebook, folders, actor=ANA, now=NOW)


def rows_of(casebook: Casebook) -> dict[str, int]:
    """How many rows each table has, the audit log among them."""
    with casebook.reading() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in METADATA.tables.items()
        }


def test_a_scan_opens_a_case_for_each_campaign(casebook: Casebook, tmp_path: Path) -> None:
    one, two = campaign("a", names("a", 5)), campaign("b", names("b", 9))
    (made,) = added(casebook, scan_folder(tmp_path / "scan", one, two))
    assert (made.is_new, made.campaigns, len(made.opened), made.grown) == (True, 2, 2, ())
    rows = list_cases(casebook, actor=VIC)
    assert sorted((row.accounts, row.state, row.verdict) for row in rows) == [
        (5, "open", "suspected"),
        (9, "open", "suspected"),
    ]
    view = show_case(casebook, "campaign--b", actor=VIC, now=NOW)
    (seen,) = view.seen
    assert seen.told is not None
    assert [piece.kind for piece in seen.told.evidence] == ["identity", "request-shape"]
    assert seen.told.evidence[0].exchange_ids == ("exchange-b-0", "exchange-b-1", "exchange-b-2")
    assert seen.told.drawn.volumes == (100,) * 9
    assert {name[:3] for name in view.names.values()} == {"fp-"}


def test_adding_again_changes_nothing(casebook: Casebook, tmp_path: Path) -> None:
    folder = scan_folder(tmp_path / "scan", campaign("a", names("a", 5)))
    (first,) = added(casebook, folder)
    before = rows_of(casebook)
    (second,) = added(casebook, folder)
    assert (second.is_new, second.sighting) == (False, first.sighting)
    assert rows_of(casebook) == before


def test_a_campaign_seen_again_is_the_same_case_grown(casebook: Casebook, tmp_path: Path) -> None:
    (first,) = added(casebook, scan_folder(tmp_path / "1", campaign("a", names("a", 5))))
    later = campaign("a", names("a", 8), day=10, verdict=Verdict.CONVICTED)
    (second,) = added(casebook, scan_folder(tmp_path / "2", later, day=10))
    assert (second.opened, second.grown) == ((), first.opened)
    (row,) = list_cases(casebook, actor=VIC)
    assert (row.accounts, row.verdict) == (8, "convicted")
    said = [line.said for line in timeline(casebook, row.case_id, actor=VIC)]
    assert any("3 accounts joined" in line and "was suspected" in line for line in said)


def test_without_previous_it_is_known_by_its_members(casebook: Casebook, tmp_path: Path) -> None:
    added(casebook, scan_folder(tmp_path / "1", campaign("a", names("a", 6))))
    other = campaign("b", [*names("a", 3), *names("x", 9)], day=10)
    (second,) = added(casebook, scan_folder(tmp_path / "2", other, day=10))
    assert second.opened == ()
    view = show_case(casebook, "campaign--a", actor=VIC, now=NOW)
    assert (view.campaigns, view.row.accounts) == (("campaign--a", "campaign--b"), 12)


def test_a_merger_merges_cases_and_keeps_what_both_have(casebook: Casebook, tmp_path: Path) -> None:
    a, b = campaign("a", names("a", 5)), campaign("b", names("b", 5))
    (first,) = added(casebook, scan_folder(tmp_path / "1", a))
    (second,) = added(casebook, scan_folder(tmp_path / "2", b, day=10))
    both = campaign("b", [*names("a", 5), *names("b", 5)], day=11, supersedes=("campaign--a",))
    (third,) = added(casebook, scan_folder(tmp_path / "3", both, day=11))
    old, new = first.opened[0], second.opened[0]
    assert third.merged in ({new: old}, {old: new})
    (row,) = list_cases(casebook, actor=VIC)
    view = show_case(casebook, "campaign--a", actor=VIC, now=NOW)
    assert (view.row.case_id, view.sightings) == (row.case_id, 3)
    # Whoever has the id of the one that ended is led to the one that lives on.
    for name in (old, new):
        assert show_case(casebook, name, actor=VIC, now=NOW).row.case_id == row.case_id
    assert [one.kind for one in view.acts].count("opened") == 2
    assert "merged" in [one.kind for one in view.acts]


def test_a_split_is_two_cases_and_says_so(casebook: Casebook, tmp_path: Path) -> None:
    added(casebook, scan_folder(tmp_path / "1", campaign("a", names("a", 10))))
    kept = campaign("a", names("a", 6), day=10)
    parted = campaign("b", names("a", 4, start=6), day=10)
    (second,) = added(casebook, scan_folder(tmp_path / "2", kept, parted, day=10))
    assert (len(second.opened), len(second.grown)) == (1, 1)
    (split,) = [
        line for line in timeline(casebook, "campaign--b", actor=VIC) if line.kind == "split"
    ]
    assert "4 accounts" in split.said
    assert second.grown[0] in split.said
    assert show_case(casebook, "campaign--b", actor=VIC, now=NOW).related == {second.grown[0]: 4}


def test_signs_of_a_watch_belong_to_their_campaign(casebook: Casebook, tmp_path: Path) -> None:
    sign = Sign(
        id="sign--1",
        kind=SignKind.FAILOVER,
        first_seen=START,
        at=START,
        axis=None,
        account_ids=("a-00001",),
        campaign_id="campaign--a",
        statement="Three rose.",
        decision_id="decision--1",
    )
    one = campaign("a", names("a", 5))
    later = replace(sign, at=NOW, statement="Four rose.")
    # The newer one first: what is newest holds in whatever order they come.
    added(casebook, scan_folder(tmp_path / "2", one, day=10, signs=[later]))
    added(casebook, scan_folder(tmp_path / "1", one, signs=[sign]))
    (found,) = show_case(casebook, "campaign--a", actor=VIC, now=NOW).signs
    assert found.told is not None
    assert (found.kind, found.told.statement) == ("failover", "Four rose.")
    assert found.decision_id == "decision--1"


def broken_json(folder: Path) -> None:
    path = folder / "campaigns.json"
    path.write_text(path.read_text("utf-8")[:-200], "utf-8")


def another_schema(folder: Path) -> None:
    path = folder / "campaigns.json"
    path.write_text(path.read_text("utf-8").replace("campaigns/1", "campaigns/9"), "utf-8")


def twice_the_same(folder: Path) -> None:
    path = folder / "campaigns.json"
    document = json.loads(path.read_text("utf-8"))
    document["campaigns"] *= 2
    path.write_text(json.dumps(document), "utf-8")


def no_accounts(folder: Path) -> None:
    path = folder / "campaigns.json"
    document = json.loads(path.read_text("utf-8"))
    document["campaigns"][0]["account_ids"] = []
    path.write_text(json.dumps(document), "utf-8")


def half_a_table(folder: Path) -> None:
    path = folder / "accounts.parquet"
    path.write_bytes(path.read_bytes()[:-10])


def no_report(folder: Path) -> None:
    (folder / "report.html").unlink()


def broken_signs(folder: Path) -> None:
    (folder / "signs.json").write_text("{", "utf-8")


BREAK = (
    broken_json,
    another_schema,
    twice_the_same,
    no_accounts,
    half_a_table,
    no_report,
    broken_signs,
)


@pytest.mark.parametrize("damage", BREAK)
def test_a_bad_folder_is_an_error_and_changes_nothing(
    casebook: Casebook, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    good = scan_folder(tmp_path / "good", campaign("a", names("a", 5)))
    bad = scan_folder(tmp_path / "bad", campaign("b", names("b", 5)))
    damage(bad)
    before = rows_of(casebook)
    with pytest.raises(SourceError) as problem:
        added(casebook, good, bad)
    assert problem.value.hint
    assert rows_of(casebook) == before


def test_a_foreign_folder_is_none_of_a_scan(casebook: Casebook, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        added(casebook, tmp_path)


def test_a_viewer_adds_nothing(casebook: Casebook, tmp_path: Path) -> None:
    with pytest.raises(NotAllowedError):
        add(casebook, [scan_folder(tmp_path / "1")], actor=VIC, now=NOW)


@pytest.mark.parametrize("place", ["refresh", "keep_signs", "join", "numbers_of"])
def test_an_add_that_is_cut_short_leaves_nothing(
    casebook: Casebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    folder = scan_folder(tmp_path / "scan", campaign("a", names("a", 5)))
    before = rows_of(casebook)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(adding, place, killed)
        with pytest.raises(KeyboardInterrupt):
            added(casebook, folder)
    assert rows_of(casebook) == before
    assert added(casebook, folder)[0].is_new


def test_adding_at_once_loses_nothing(
    casebook: Casebook, casebook_url: str, tmp_path: Path
) -> None:
    folders = [
        scan_folder(tmp_path / str(n), campaign("a", names("a", 4 + n), day=9 + n), day=9 + n)
        for n in range(6)
    ]

    def one(folder: Path) -> bool:
        mine = open_casebook(casebook_url, tmp_path / "keys")
        try:
            return add(mine, [folder], actor=ANA, now=NOW)[0].is_new
        finally:
            mine.database.close()

    with ThreadPoolExecutor(6) as pool:
        new = list(pool.map(one, [*folders, *folders]))
    assert sum(new) == len(folders)
    view = show_case(casebook, "campaign--a", actor=VIC, now=NOW)
    assert (view.sightings, view.row.accounts, len(list_cases(casebook, actor=VIC))) == (6, 9, 1)


def test_every_table_of_cases_is_on_the_schema() -> None:
    assert {table.name for table in ALL} <= set(METADATA.tables)
