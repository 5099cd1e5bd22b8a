"""Health and settings in the console: what is stale is said, with what to do about it."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from case_builders import NOW, START, campaign, names, scan_folder
from starlette.testclient import TestClient
from visitors import ORIGIN, Console, opened_console

from revenuer.app.casebook.add import add
from revenuer.app.casebook.places import note_place
from revenuer.app.watch.standing import standing
from revenuer.casework.roles import Actor, Role
from revenuer.config_file import load_settings
from revenuer.console.server import application
from revenuer.disk import is_locked, locked
from revenuer.records import Axis, Evidence, Verdict
from revenuer.store.watch_books import Books, Entry, LookEntry

ADA = Actor("ada", Role.ADMIN)


def watch_state(folder: Path, reached: datetime) -> Path:
    """The state that a watch leaves: two segments, a look, a batch that was set aside."""
    (folder / "rejected").mkdir(parents=True)
    (folder / "rejected" / "000001").write_text("?")
    books = Books(folder / "watch.sqlite")
    half = reached - timedelta(hours=12)
    source = "nats://me:secret@host/stream"
    books.enter(Entry("1", 900, 0, 0, reached - timedelta(days=2), half, half), source, {"a": "1"})
    books.enter(Entry("2", 100, 40, 7, half, reached, reached), source, {"b": "1"})
    books.finish(LookEntry(1, half, reached - timedelta(days=2)), {})
    books.close()
    return folder


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A casebook with a scan in which two detectors spoke, and a watch that stands still."""
    folder = tmp_path_factory.mktemp("health")
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as console:
        office = console.office
        spoken = (
            Evidence("round-the-clock", Axis.EXTRACTION, "Day and night.", 3.0),
            Evidence("no-ramp", Axis.EXTRACTION, "Nothing of it.", -1.0),
        )
        one = campaign("33333333-3333-4333-8333-333333333333", names("one", 6),
                       verdict=Verdict.CONVICTED, evidence=spoken)  # fmt: skip
        scanned = {
            "blind": ("reseller: this log has no exchanges.reseller_id",),
            "detector_versions": {"round-the-clock": 0, "no-ramp": 1},
            "promise": ("It holds.", "size: the baseline has 800 owners"),
        }
        scan = scan_folder(folder / "scans" / "month", one, scanned=scanned)
        add(office.casebook, [scan], actor=ADA, now=office.clock())
        state = watch_state(folder / "watch", START)
        note_place(office.casebook, "watch", state, actor=ADA, now=office.clock())
        yield console


def test_what_is_stale_is_said_with_what_to_do(world: Console) -> None:
    page = world.visitor(Role.ADMIN).get("/health").text
    assert "days old" in page
    assert "1 detector without data: reseller" in page
    assert re.search(r"[0-9.,]+\s(d|days) behind the clock", page)
    assert "40 rows of" in page
    assert "1 batches of" in page
    assert "baseline" in page
    assert "the baseline has 800 owners" in page
    assert "its owner" in page
    assert "secret" not in page


def test_a_detector_is_told_with_when_it_last_spoke(world: Console) -> None:
    vic = world.visitor(Role.VIEWER)
    rows = {one["id"]: one for one in json.loads(vic.get("/health?as=json").content)}
    assert rows["round-the-clock"]["state"] == "spoke"
    assert rows["round-the-clock"]["spoke"].startswith("2026-06-10")
    assert rows["no-ramp"]["state"] == "silent"
    assert rows["reseller"]["state"] == "blind"
    # Links tell by what accounts share, which the exhibits hold.
    assert rows["shared-device"]["state"] == "spoke"
    page = vic.get("/health/detectors/round-the-clock").text
    assert "What it cannot see" in page
    assert vic.get("/health/detectors/..%2f..%2fetc").status_code == 404
    assert vic.get("/health/detectors/none").status_code == 404


def test_who_may_not_see_holds_is_not_told_of_them(world: Console) -> None:
    assert "Erasures open" in world.visitor(Role.ADMIN).get("/health").text
    for role in (Role.VIEWER, Role.ANALYST, Role.APPROVER):
        page = world.visitor(role).get("/health").text
        assert "Erasures open" not in page
        assert "Holds" not in page


def test_a_watch_is_told_without_touching_it(tmp_path: Path) -> None:
    state = watch_state(tmp_path / "watch", NOW)
    before = {path: path.stat().st_mtime_ns for path in state.rglob("*.sqlite")}
    told = standing(state)
    assert {path: path.stat().st_mtime_ns for path in state.rglob("*.sqlite")} == before
    assert (told.exchanges, told.quarantined, told.late, told.rejected) == (1000, 40, 7, 1)
    assert (told.looks, told.reached) == (1, NOW)
    assert told.a_day == pytest.approx(500)
    assert told.sources == (("nats://…@host/stream", 2),)
    assert standing(tmp_path / "nowhere").problem
    (tmp_path / "other").mkdir()
    sqlite3.connect(tmp_path / "other" / "watch.sqlite").close()
    assert "cannot be read" in standing(tmp_path / "other").problem or standing(
        tmp_path / "other"
    ).problem.endswith("another version.")


def test_a_lock_is_seen_and_not_taken(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    assert is_locked(place) is False
    with locked(place):
        assert is_locked(place)
    assert not is_locked(place)
    with locked(place, wait=False) as mine:
        assert mine


def test_settings_say_who_said_them_and_hide_passwords(world: Console, tmp_path: Path) -> None:
    office = world.office
    file = tmp_path / "revenuer.toml"
    file.write_text('[share]\ndatabase = "postgresql+pg8000://me:hunter2@db/share"\n')
    found = load_settings(
        file, environment={"REVENUER_JUDGE__FDR": "0.01"}, folder=tmp_path,
        overrides={"console.port": 0},
    )  # fmt: skip
    here = replace(office.settings.console, public_url=ORIGIN)
    told = replace(found.settings, casebook=office.settings.casebook, console=here)
    app = application(office.casebook, told, office.keys, office.clock, found.origins)
    world.visitor(Role.VIEWER)
    client = TestClient(app, base_url=ORIGIN)
    client.cookies.set("revenuer", world.cookies[Role.VIEWER])
    rows = {one["key"]: one for one in client.get("/settings?as=json").json()}
    assert rows["share.database"]["value"] == "postgresql+pg8000://…@db/share"
    assert rows["share.database"]["said_by"] == "revenuer.toml"
    assert rows["judge.fdr"]["said_by"] == "REVENUER_JUDGE__FDR"
    assert rows["console.port"]["said_by"] == "command line"
    assert rows["seed"]["said_by"] == "default"
    assert rows["judge.effective_accounts"]["origin"] == "placeholder"
    assert rows["judge.smallest_group"]["origin"] is None
    assert "hunter2" not in client.get("/settings").text


def test_an_empty_casebook_is_told_what_to_do(empty_console: Console) -> None:
    page = empty_console.visitor(Role.VIEWER).get("/health").text
    assert "revenuer casebook add DIR" in page
    assert "No watch is known" in page
