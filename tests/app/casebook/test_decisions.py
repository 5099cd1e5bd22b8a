"""Decisions made with `enforce` are read from their dockets, and anchored."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from case_builders import ANA, VIC, scan_folder

sys.path.insert(0, str(Path(__file__).parents[1]))

from docket_builders import CAMPAIGN, NOW, Place

from revenuer.app.casebook.add import add
from revenuer.app.casebook.decisions import anchors, sync
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.reading import show_case
from revenuer.app.casebook.reviews import queue
from revenuer.app.casebook.timeline import timeline
from revenuer.app.casebook.working import reopen
from revenuer.app.enforce import undo
from revenuer.guard import Action

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    one = Place(tmp_path).scanned(CAMPAIGN)
    one.published()
    return one


@pytest.fixture
def book(place: Place) -> Casebook:
    """A casebook with the keys of the desk, and the case of the campaign."""
    opened = open_casebook(f"sqlite:///{place.folder}/casebook.sqlite", place.folder / "keys")
    add(opened, [scan_folder(place.folder / "scan-out", CAMPAIGN)], actor=ANA, now=NOW)
    return opened


def state(book: Casebook) -> str:
    return show_case(book, CAMPAIGN.id, actor=VIC, now=LATER).row.state


def test_a_decision_makes_a_case_actioned_and_is_shown_with_it(
    place: Place, book: Casebook
) -> None:
    snapshots = [str(place.desk.snapshot)]
    assert sync(book, snapshots, actor=ANA, now=NOW).actioned == ()
    place.decided(Action.BLOCK)
    assert len(sync(book, snapshots, actor=ANA, now=LATER).actioned) == 1
    assert state(book) == "actioned"
    view = show_case(book, CAMPAIGN.id, actor=VIC, now=LATER, snapshots=snapshots)
    (made,) = view.made
    assert (made.decision.action, made.decision.by) == ("block", "alice")
    lines = timeline(book, CAMPAIGN.id, actor=VIC, snapshots=snapshots)
    assert "decision" in {line.kind for line in lines}
    # All of its members are covered: nobody needs to look.
    assert queue(book, per_day=9, actor=VIC, now=LATER, snapshots=snapshots).places == ()


def test_a_tag_is_no_action(place: Place, book: Casebook) -> None:
    place.decided(Action.TAG, approvers=())
    sync(book, [str(place.desk.snapshot)], actor=ANA, now=LATER)
    assert state(book) == "open"


def test_what_is_taken_back_brings_the_case_back(place: Place, book: Casebook) -> None:
    snapshots = [str(place.desk.snapshot)]
    done = place.decided(Action.BLOCK)
    sync(book, snapshots, actor=ANA, now=LATER)
    undo(place.desk, done.decision, by="carol", why="appeal", now=LATER)
    (case,) = sync(book, snapshots, actor=ANA, now=LATER).undone
    assert (case.startswith("case--"), state(book)) == (True, "reopened")
    assert sync(book, snapshots, actor=ANA, now=LATER).undone == ()


def test_who_reopens_an_actioned_case_is_not_overruled_by_the_next_sync(
    place: Place, book: Casebook
) -> None:
    snapshots = [str(place.desk.snapshot)]
    place.decided(Action.BLOCK)
    sync(book, snapshots, actor=ANA, now=LATER)
    reopen(book, CAMPAIGN.id, why="too many", actor=ANA, now=LATER)
    sync(book, snapshots, actor=ANA, now=LATER + timedelta(hours=1))
    assert state(book) == "reopened"


def test_each_log_is_anchored_once_until_it_grows(place: Place, book: Casebook) -> None:
    name = str(place.desk.snapshot)
    place.decided(Action.BLOCK)
    first = sync(book, [name], actor=ANA, now=LATER).anchored[name]
    assert sync(book, [name], actor=ANA, now=LATER).anchored == {}
    with book.reading() as connection:
        assert anchors(book, connection) == {name: [first]}
    newest = place.desk.audit.entries()[-1]
    assert first == f"{newest.number}:{newest.hash}"


def test_a_docket_that_was_changed_is_said_and_hides_no_case(place: Place, book: Casebook) -> None:
    name = str(place.desk.snapshot)
    place.decided(Action.BLOCK)
    path = place.desk.docket.audit_path
    path.write_bytes(path.read_bytes().replace(b"alice", b"mallo", 1))
    view = show_case(book, CAMPAIGN.id, actor=VIC, now=LATER, snapshots=[name])
    assert view.made == ()
    assert name in view.problems[0]
