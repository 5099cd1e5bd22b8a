"""A case on the command line: from a scan to a dismissal that the next scan hears of."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "app" / "casebook"))

from case_builders import SECRET, campaign, names, scan_folder

Run = Callable[..., Any]
MEMBERS = names("acct", 6)


@pytest.fixture
def casebook(revenuer: Run, tmp_path: Path) -> Run:
    """Run `revenuer casebook COMMAND` with this test's own database and keys."""
    private = ("--casebook", f"sqlite:///{tmp_path}/casebook.sqlite", "--keys", tmp_path / "keys")

    def call(*arguments: str | Path) -> Any:
        return revenuer("casebook", *arguments, *private)

    return call


@pytest.fixture
def scanned(tmp_path: Path) -> Path:
    return scan_folder(tmp_path / "scan", campaign("aaaaaaaa", MEMBERS))


def test_from_a_scan_to_known_innocents(casebook: Run, scanned: Path, tmp_path: Path) -> None:
    assert "1 case opened" in casebook("add", scanned).out
    assert "nothing changed" in casebook("add", scanned).out
    (row,) = json.loads(casebook("list", "--json").out)
    case = row["case"]
    queue = json.loads(casebook("queue", "--per-day", "1", "--json").out)
    assert [(one["case"], one["today"]) for one in queue["places"]] == [(case, True)]
    assert "50 % probable" in casebook("queue").out
    short = case.removeprefix("case--")[:8]
    assert casebook("assign", short, "--by", "ana").code == 0
    assert casebook("note", short, "wrote to them").code == 0
    ran = casebook("dismiss", short, "--as", "innocent", "--why", "a course", "--version", "1")
    assert (ran.code, "changed meanwhile" in ran.err) == (1, True)
    assert casebook("dismiss", short, "--as", "innocent", "--why", "a course").code == 0
    shown = casebook("show", short).out
    for words in ("dismissed", "wrote to them", "a course", SECRET, "not an office"):
        assert words in shown
    lines = [one["kind"] for one in json.loads(casebook("timeline", short, "--json").out)]
    assert lines == ["seen", "opened", "assigned", "taken", "note", "dismissed"]
    out = tmp_path / "innocents.txt"
    assert casebook("innocents", "--out", out).code == 0
    assert out.read_text("utf-8").split() == MEMBERS
    assert "dismissed as innocent" in casebook("account", MEMBERS[0]).out
    assert casebook("reopen", short, "--why", "it was not").code == 0
    assert casebook("close", short, "--why", "over").code == 0
    assert json.loads(casebook("list", "--state", "closed", "--json").out)[0]["case"] == case


def test_no_output_names_an_account_unless_it_is_asked_for(casebook: Run, scanned: Path) -> None:
    casebook("add", scanned)
    name = "campaign--aaaaaaaa"
    casebook("note", name, "nothing")
    for command in (
        ("list",),
        ("queue",),
        ("show", name),
        ("timeline", name),
        ("texts", name),
        ("account", MEMBERS[0]),
    ):
        for more in ((), ("--json",)):
            ran = casebook(*command, *more)
            assert ran.code == 0
            assert not [one for one in MEMBERS if one in ran.out + ran.err], command
    assert MEMBERS[0] in casebook("show", name, "--show-ids").out


def test_what_changed_since_the_sighting_before(
    casebook: Run, scanned: Path, tmp_path: Path
) -> None:
    later = scan_folder(tmp_path / "2", campaign("aaaaaaaa", names("acct", 9), day=10), day=10)
    casebook("add", scanned, later)
    assert "3 accounts joined" in casebook("diff", "campaign--aaaaaaaa").out
    found = json.loads(casebook("diff", "campaign--aaaaaaaa", "--show-ids", "--json").out)
    assert sorted(found["joined"]) == names("acct", 3, start=6)


def test_a_bad_folder_is_an_error_a_person_can_use(casebook: Run, scanned: Path) -> None:
    (scanned / "report.html").unlink()
    ran = casebook("add", scanned)
    assert (ran.code, ran.out) == (1, "")
    assert "no report.html" in ran.err
    assert json.loads(casebook("list", "--json").out) == []


def test_adding_notes_the_state_that_an_erasure_must_reach(
    casebook: Run, scanned: Path, tmp_path: Path
) -> None:
    watch, scan = tmp_path / "watch-state", tmp_path / "scan-state"
    for folder in (watch, scan):
        folder.mkdir()
    (watch / "watch.sqlite").touch()
    assert casebook("add", scanned, "--state", watch, "--state", scan).code == 0
    places = json.loads(casebook("places", "--json").out)
    assert [(one["kind"], one["place"]) for one in places if one["kind"] != "shared"] == [
        ("scan", str(scanned)), ("scan-state", str(scan)), ("watch", str(watch)),
    ]  # fmt: skip


def test_an_unknown_case_names_the_command_that_lists_them(casebook: Run) -> None:
    ran = casebook("show", "nothing")
    assert ran.code == 1
    assert "revenuer casebook list" in ran.err


def test_sync_says_where_no_snapshot_is_named(casebook: Run) -> None:
    ran = casebook("sync")
    assert ran.code == 0
    assert "casebook.snapshots" in ran.err


@pytest.mark.slow
def test_scan_and_watch_add_by_themselves(revenuer: Run, casebook: Run, tmp_path: Path) -> None:
    world = tmp_path / "world"
    ran = revenuer(
        "simulate", "--out", world, "--scenario", "S4", "--innocent", "N1", "--accounts", "500",
        "--exchanges", "8000", "--days", "10", "--seed", "3",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    where = ("--casebook", f"sqlite:///{tmp_path}/casebook.sqlite", "--keys", tmp_path / "keys")
    logs = (world / "exchanges", "--accounts", world / "accounts.parquet")
    ran = revenuer("scan", *logs, "--out", tmp_path / "scan", *where)
    assert ran.code == 0, ran.err
    assert "In the casebook:" in ran.err
    rows = json.loads(casebook("list", "--json").out)
    found = json.loads((tmp_path / "scan" / "campaigns.json").read_text("utf-8"))["campaigns"]
    assert sorted(row["accounts"] for row in rows) == sorted(len(c["account_ids"]) for c in found)
    assert rows
    name = found[0]["id"]
    cited = {one for piece in found[0]["evidence"] for one in piece["exchange_ids"]}
    assert casebook("texts", name, "--logs", world / "exchanges").code == 0
    texts = json.loads(casebook("texts", name, "--json").out)
    assert {one["exchange"] for one in texts} <= cited
    assert texts
    ran = casebook("unmask", name, texts[0]["exchange"], "--why", "a look", "--json")
    told = json.loads(ran.out)
    assert {key: len(told[key]) for key in texts[0]["chars"]} == texts[0]["chars"]
    # A watch over the same log sees the same accounts again.
    ran = revenuer(
        "watch", *logs, "--state", tmp_path / "state", "--out", tmp_path / "watch", "--until-end",
        *where,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    view = json.loads(casebook("show", name, "--json").out)
    assert view["sightings"] > 1
