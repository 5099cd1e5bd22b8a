"""Single accounts are let go while a decision goes on, as a real guard sees it."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from docket_builders import CAMPAIGN, HOUR, NAMES, NOW, POLICY, Place, accounts_table

from revenuer.app.enforce import undo
from revenuer.app.letting_go import held_by, overturn, release
from revenuer.errors import NotAllowedError, NotFoundError
from revenuer.guard import Action
from revenuer.guard.policy import Step

OTHERS = dict.fromkeys(("a", "c", "d"), "block")
LATER = NOW + timedelta(days=90)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path).scanned(CAMPAIGN)


def let_go(place: Place, decision: str, *names: str, **more: object) -> None:
    asked = {"by": "carol", "why": "their key was stolen", "now": NOW + HOUR} | more
    release(place.desk, decision, accounts=names, **asked)  # type: ignore[arg-type]


def overturned(place: Place, decision: str, *names: str, **more: object) -> None:
    asked = {
        "whole": False, "cleared_until": LATER, "by": "carol", "why": "appeal", "now": NOW + HOUR,
    } | more  # fmt: skip
    overturn(place.desk, decision, accounts=names, **asked)  # type: ignore[arg-type]


def told(place: Place, about: str) -> list[dict[str, object]]:
    files = sorted((place.desk.docket.folder / "notices").glob(f"*.{about}*.jsonl"))
    return [msgspec.json.decode(line) for file in files for line in file.read_bytes().splitlines()]


def test_one_account_is_let_go_and_the_others_stay(place: Place) -> None:
    place.published()
    done = place.decided()
    let_go(place, done.decision, "b")
    assert place.holds(NOW + HOUR) == OTHERS
    (notice,) = told(place, "released")
    assert (notice["about"], notice["account_ids"]) == ("lifted", ["b"])
    assert [entry.kind for entry in place.desk.audit.entries()][-3:] == [
        "released", "published", "notified",
    ]  # fmt: skip
    assert place.desk.audit.flaws() == []


def test_who_was_let_go_stays_so_when_the_same_scan_comes_again(place: Place) -> None:
    place.published()
    done = place.decided()
    let_go(place, done.decision, "b")
    place.published(NOW + 2 * HOUR)
    assert place.holds(NOW + 2 * HOUR) == OTHERS
    # Once the decision is over, a scan says again what its policy asks for.
    then = NOW + 49 * HOUR
    place.published(then)
    assert place.holds(then) == dict.fromkeys(NAMES, "tag")


def test_who_was_let_go_is_told_once(place: Place) -> None:
    done = place.decided()
    let_go(place, done.decision, "b")
    undo(place.desk, done.decision, by="carol", why="all of it", now=NOW + 2 * HOUR)
    assert [one["account_ids"] for one in told(place, "released")] == [["b"]]
    assert sorted(one["account_ids"] for one in told(place, "undone")) == [["a"], ["c"], ["d"]]
    assert place.holds(NOW + 2 * HOUR) == {}


def test_only_those_who_are_covered_are_let_go(place: Place) -> None:
    done = place.decided()
    with pytest.raises(NotFoundError, match="does not cover x"):
        let_go(place, done.decision, "x")
    with pytest.raises(NotAllowedError, match="without a reason"):
        let_go(place, done.decision, "b", why="  ")
    undo(place.desk, done.decision, by="carol", why="over", now=NOW + HOUR)
    with pytest.raises(NotAllowedError, match="undone already"):
        let_go(place, done.decision, "b")


def test_an_innocent_is_reached_neither_by_a_scan_nor_by_a_new_decision(place: Place) -> None:
    place.published()
    done = place.decided()
    overturned(place, done.decision, "b")
    again = place.decided(Action.BLOCK, now=NOW + 2 * HOUR, hours=300.0)
    assert place.plan(now=NOW + 2 * HOUR).cleared == 1
    then = NOW + timedelta(days=9)
    assert "b" not in place.holds(then)
    assert held_by(place.desk.ledger(), place.desk.member("b"), then) == []
    assert [one.id for one in held_by(place.desk.ledger(), place.desk.member("a"), then)] == [
        again.decision
    ]


def test_an_innocent_who_joins_the_campaign_again_is_not_covered(place: Place) -> None:
    place.published()
    first = place.decided()
    overturned(place, first.decision, "b", whole=True)
    place.scanned(replace(CAMPAIGN, account_ids=("a", "c", "d")))
    second = place.decided(now=NOW + 2 * HOUR)
    place.scanned(CAMPAIGN)
    assert place.published(NOW + 3 * HOUR).joined == 0
    assert place.desk.member("b") not in place.decision(second.decision).members
    assert place.holds(NOW + 3 * HOUR) == OTHERS


def test_innocence_ends(place: Place) -> None:
    done = place.decided()
    overturned(place, done.decision, "b", cleared_until=NOW + 3 * HOUR)
    place.decided(Action.REDUCE, now=NOW + 4 * HOUR)
    assert place.holds(NOW + 4 * HOUR)["b"] == "reduce"


def test_overturning_twice_does_no_more_than_once(place: Place) -> None:
    done = place.decided()
    for _ in range(2):
        overturned(place, done.decision, "b")
    assert place.kinds().count("released") == place.kinds().count("cleared") == 1


def test_a_decision_that_is_over_can_be_overturned_for_the_innocent(place: Place) -> None:
    done = place.decided()
    then = NOW + timedelta(days=3)
    overturned(place, done.decision, "b", now=then)
    assert "cleared" in place.kinds()
    place.decided(now=then)
    assert place.holds(then) == OTHERS


def test_an_organization_is_no_longer_listed_whole_once_one_of_it_is_let_go(place: Place) -> None:
    owners = {"a": "o", "b": "o", "x": None}
    place.accounts = accounts_table(place.folder, owners)
    place.policy = replace(POLICY, whole_organizations=2, ladder=(Step(Action.TAG),))
    place.published()
    place.scanned(replace(CAMPAIGN, account_ids=("a", "b")))
    place.published()
    done = place.decided()
    assert place.decision(done.decision).members.__len__() == 3
    let_go(place, done.decision, "b")
    desk = place.desk
    from revenuer.enforcement.snapshot_file import load_snapshot
    from revenuer.guard import Kind, Snapshot

    snapshot = load_snapshot(desk.snapshot, desk.signing.public)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.get(desk.fingerprints.of(Kind.ORGANIZATION, "o")) is None
    assert snapshot.get(desk.fingerprints.of(Kind.ACCOUNT, "a")) is not None
