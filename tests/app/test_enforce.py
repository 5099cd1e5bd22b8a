"""Decisions from plan to undo, as a real guard sees them."""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from docket_builders import (
    CAMPAIGN,
    HOUR,
    NAMES,
    NOW,
    POLICY,
    Place,
    accounts_table,
    allowing,
    permits_table,
)

from revenuer.app import settling, verdicts
from revenuer.app.desk import Desk, decision_named
from revenuer.app.enforce import Done, approve, decide, undo
from revenuer.app.settling import settle
from revenuer.errors import (
    AuditError,
    ConfigError,
    NotAllowedError,
    NotFoundError,
    SourceError,
)
from revenuer.guard import Action, Mode, Policy
from revenuer.guard.policy import Appeal, Exemption, Sentence, Step
from revenuer.records import Verdict

ALL_BLOCKED = dict.fromkeys(NAMES, "block")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path).scanned(CAMPAIGN)


def notices(place: Place) -> list[dict[str, object]]:
    files = sorted((place.desk.docket.folder / "notices").glob("*.jsonl"))
    return [msgspec.json.decode(line) for file in files for line in file.read_bytes().splitlines()]


def test_a_campaign_is_blocked_as_one_and_let_go_as_one(place: Place) -> None:
    place.published()
    assert place.holds() == dict.fromkeys(NAMES, "tag")
    done = place.decided()
    assert place.holds() == ALL_BLOCKED
    undo(place.desk, done.decision, by="carol", why="a mistake", now=NOW + HOUR)
    assert place.holds(NOW + HOUR) == {}
    assert place.kinds() == [
        "planned", "approved", "acted", "published", "notified", "undone", "published", "notified",
    ]  # fmt: skip
    assert place.desk.audit.flaws() == []


def test_a_plan_writes_nothing_and_says_who_and_what_changes(place: Place) -> None:
    place.published()
    before = sorted(place.folder.rglob("*"))
    plan = place.plan()
    assert sorted(place.folder.rglob("*")) == before
    assert {one.account_id for one in plan.hit} == set(NAMES)
    assert plan.changes() == {"tag -> block": 4}
    assert (plan.persons, plan.ladder, plan.obstacles) == (1, Action.TAG, ())
    assert [one.account_id for one in plan.members][:2] == ["c", "d"]
    assert any("2 innocent accounts nearby" in note for note in plan.notes)


def test_nothing_happens_without_the_approval(place: Place) -> None:
    place.published()
    done = place.decided(approvers=())
    assert (done.decision, done.missing) == ("", 1)
    assert place.holds() == dict.fromkeys(NAMES, "tag")
    done = approve_with(place, done.plan[:8], "bob", NOW + HOUR)
    assert place.holds(NOW + HOUR) == ALL_BLOCKED
    made = place.decision(done.decision)
    assert (made.by, made.approvers) == ("alice", ("bob",))
    # The time runs from when it is done, not from when it was planned.
    assert made.until == NOW + HOUR + timedelta(hours=48)
    with pytest.raises(NotAllowedError, match="carried out already"):
        approve_with(place, done.plan, "carol", NOW + HOUR)


@pytest.mark.parametrize("action", [Action.TAG, Action.THROTTLE])
def test_what_is_mild_needs_nobody(place: Place, action: Action) -> None:
    assert place.decided(action, approvers=()).decision
    assert place.holds() == dict.fromkeys(NAMES, action.word)


@pytest.mark.parametrize("action", [Action.REDUCE, Action.CHALLENGE, Action.BLOCK])
def test_what_is_graver_than_a_throttle_needs_somebody(place: Place, action: Action) -> None:
    assert place.decided(action, approvers=()).missing == 1


def test_a_policy_may_want_two_persons_and_four_eyes(place: Place) -> None:
    place.policy = allowing(persons={"block": 2}, four_eyes=True, names=("alice", "Bob", "carol"))
    plan = place.decided(approvers=()).plan
    with pytest.raises(NotAllowedError, match="four eyes"):
        approve_with(place, plan, "alice")
    with pytest.raises(NotAllowedError, match="does not name them"):
        approve_with(place, plan, "mallory")
    assert approve_with(place, plan, "bob").missing == 1
    assert approve_with(place, plan, " BOB ").missing == 1
    assert approve_with(place, plan, "carol").decision


def approve_with(place: Place, plan: str, by: str, now: datetime = NOW) -> Done:
    return approve(place.desk, plan, by=by, now=now, policy=place.policy)


def test_a_changed_scan_or_policy_wants_a_new_approval(place: Place) -> None:
    plan = place.decided(approvers=()).plan
    place.scanned(replace(CAMPAIGN, account_ids=(*NAMES, "e")))
    with pytest.raises(NotAllowedError, match="changed since"):
        approve_with(place, plan, "bob")
    # Counters that grow do not make another plan.
    place.scanned(replace(CAMPAIGN, exchanges=99_999))
    digest = place.plan().digest
    assert digest == plan
    place.policy = replace(POLICY, verdict_hours=1.0)
    assert place.plan().digest != plan
    place.policy = POLICY
    assert place.plan(why="another reason").digest != plan
    assert place.plan(Action.REDUCE).digest != plan
    with pytest.raises(NotAllowedError, match="changed since"):
        decide(
            place.desk, place.grounds, place.wish(Action.REDUCE), digest=plan, by="alice", now=NOW
        )
    assert place.kinds() == ["planned"]


@pytest.mark.parametrize(
    ("verdict", "action", "obstacle"),
    [
        (Verdict.SUSPECTED, Action.THROTTLE, "suspected"),
        (Verdict.UNDECIDED, Action.BLOCK, "undecided"),
        (Verdict.SUSPECTED, Action.TAG, None),
        (Verdict.CLEARED, Action.TAG, "cleared"),
        (Verdict.CONVICTED, Action.BLOCK, None),
    ],
)
def test_only_the_convicted_get_more_than_a_tag(
    place: Place, verdict: Verdict, action: Action, obstacle: str | None
) -> None:
    place.scanned(replace(CAMPAIGN, verdict=verdict))
    found = place.plan(action).obstacles
    assert bool(found) == (obstacle is not None)
    if obstacle is not None:
        assert obstacle in " ".join(found)
        with pytest.raises(NotAllowedError, match=obstacle):
            place.decided(action)
        assert place.kinds() == []
    place.policy = allowing(verdicts=(Sentence.CONVICTED, Sentence.SUSPECTED))
    assert bool(place.plan(action).obstacles) == (
        verdict in (Verdict.UNDECIDED, Verdict.CLEARED) and obstacle is not None
    )


@pytest.mark.parametrize(
    ("policy", "action", "obstacle"),
    [
        (replace(POLICY, appeal=Appeal()), Action.BLOCK, "appeal.url"),
        (replace(POLICY, appeal=Appeal(url="https://e.com")), Action.CHALLENGE, "verify_url"),
        (replace(POLICY, at_most=Action.REDUCE), Action.BLOCK, "reduce at most"),
        (replace(POLICY, mode=Mode.SHADOW), Action.THROTTLE, "only watches"),
    ],
)
def test_what_the_policy_rules_out_is_not_done(
    place: Place, policy: Policy, action: Action, obstacle: str
) -> None:
    place.policy = policy
    assert obstacle in " ".join(place.plan(action).obstacles)
    assert "over before" in " ".join(place.plan(Action.TAG, hours=None, until=NOW).obstacles)


def test_who_holds_a_permit_or_is_exempt_gets_a_tag_at_most(place: Place, tmp_path: Path) -> None:
    place.permits = permits_table(tmp_path, "a")
    place.accounts = accounts_table(tmp_path, {"a": "o1", "b": "o2", "c": "o3", "d": "o3"})
    place.policy = replace(
        POLICY,
        exemptions=(
            Exemption("evaluation", organizations=("o2",)),
            Exemption("over", accounts=("c",), until=NOW - HOUR),
        ),
    )
    plan = place.plan()
    assert {one.account_id: one.spared for one in plan.spared} == {
        "a": "holds a permit",
        "b": "the policy exempts it",
    }
    assert plan.customers == 1
    place.decided()
    # The exemption is the guard's too; without it the snapshot alone must say so.
    place.policy = POLICY
    assert place.holds() == {"a": "tag", "b": "tag", "c": "block", "d": "block"}
    assert [notice["customer"] for notice in notices(place)] == [
        {"kind": "organization", "id": "o3"}
    ]


def test_who_was_cleared_elsewhere_is_left_out(place: Place) -> None:
    other = replace(CAMPAIGN, id="campaign--2", verdict=Verdict.CLEARED, account_ids=("d", "x"))
    place.scanned(CAMPAIGN, other)
    assert place.plan().cleared == 1
    place.decided()
    assert place.holds() == dict.fromkeys("abc", "block")


def test_a_later_scan_keeps_decisions_and_a_decision_keeps_verdicts(place: Place) -> None:
    other = replace(CAMPAIGN, id="campaign--2", account_ids=("x", "y"))
    place.scanned(CAMPAIGN, other)
    place.published()
    done = place.decided()
    assert place.holds() == ALL_BLOCKED | {"x": "tag", "y": "tag"}
    before = place.desk.snapshot.read_bytes()
    # The scan is written again; the campaign is not even in it.
    place.scanned(other)
    published = place.published(NOW + HOUR)
    assert (published.decisions, published.accounts) == (1, 2)
    assert place.desk.snapshot.read_bytes() != before
    assert place.holds(NOW + HOUR) == ALL_BLOCKED | {"x": "tag", "y": "tag"}
    undo(place.desk, done.decision, by="carol", why="over", now=NOW + 2 * HOUR)
    assert place.holds(NOW + 2 * HOUR) == {"x": "tag", "y": "tag"}


def test_the_gravest_holds_and_what_ends_first_gives_way_to_what_lasts(place: Place) -> None:
    place.published()
    place.decided(Action.BLOCK, hours=2.0)
    place.decided(Action.REDUCE, hours=10.0)
    assert place.holds() == ALL_BLOCKED
    later = NOW + 3 * HOUR
    # The block is over by itself, also where nobody publishes; then settling brings the rest.
    assert place.holds(later) == {}
    assert settle(place.desk, later, place.policy).expired
    assert place.holds(later) == dict.fromkeys(NAMES, "reduce")
    last = NOW + 11 * HOUR
    settle(place.desk, last, place.policy)
    assert place.holds(last) == dict.fromkeys(NAMES, "tag")
    assert place.kinds().count("expired") == 2


def test_undo_lifts_what_a_scan_asks_for_too_unless_it_is_to_stay(place: Place) -> None:
    place.policy = replace(POLICY, ladder=(Step(Action.CHALLENGE),))
    place.published()
    first = place.decided()
    undo(place.desk, first.decision, by="c", why="milder", now=NOW, releases=False)
    assert place.holds() == dict.fromkeys(NAMES, "challenge")
    second = place.decided(now=NOW + HOUR)
    undo(place.desk, second.decision, by="c", why="innocent", now=NOW + HOUR)
    assert place.holds(NOW + HOUR) == {}
    # Also after the next scan, for as long as the decision would have lasted.
    place.published(NOW + 2 * HOUR)
    assert place.holds(NOW + 2 * HOUR) == {}
    last = NOW + timedelta(hours=50)
    place.scanned(CAMPAIGN)
    os.utime(place.scan / "campaigns.json", (last.timestamp(), last.timestamp()))
    place.published(last)
    assert place.holds(last) == dict.fromkeys(NAMES, "challenge")


def test_nothing_is_undone_twice_or_without_a_reason(place: Place) -> None:
    done = place.decided()
    with pytest.raises(NotAllowedError, match="reason"):
        undo(place.desk, done.decision, by="c", why=" ", now=NOW)
    with pytest.raises(NotAllowedError, match="answer"):
        undo(place.desk, done.decision, by=" ", why="x", now=NOW)
    undo(place.desk, done.decision, by="c", why="x", now=NOW)
    with pytest.raises(NotAllowedError, match="undone already"):
        undo(place.desk, done.decision, by="c", why="x", now=NOW)
    with pytest.raises(NotFoundError):
        undo(place.desk, "decision--0000", by="c", why="x", now=NOW)
    short = done.decision.removeprefix("decision--")[:8]
    assert decision_named(place.desk.ledger(), short).id == done.decision


def test_who_joins_the_campaign_later_is_covered(place: Place) -> None:
    place.published()
    done = place.decided()
    grown = replace(CAMPAIGN, account_ids=(*NAMES, "e"))
    assert place.scanned(grown).published(NOW + HOUR).joined == 1
    assert place.holds(NOW + HOUR) == ALL_BLOCKED | {"e": "block"}
    assert "extended" in place.kinds()
    assert {str(notice["account_ids"]) for notice in notices(place)} >= {"['e']"}
    # Merged into another, it is still the same; published twice, nobody joins twice.
    merged = replace(
        CAMPAIGN, id="campaign--9", supersedes=(CAMPAIGN.id,), account_ids=("a", "e", "f")
    )
    assert place.scanned(merged).published(NOW + HOUR).joined == 1
    assert place.published(NOW + HOUR).joined == 0
    undo(place.desk, done.decision, by="c", why="x", now=NOW + HOUR)
    assert place.holds(NOW + HOUR) == {}


def test_joiners_are_not_covered_where_that_was_not_decided(place: Place) -> None:
    place.decided(whole_campaign=False)
    place.scanned(replace(CAMPAIGN, account_ids=(*NAMES, "e"))).published(NOW + HOUR)
    assert place.holds(NOW + HOUR) == ALL_BLOCKED | {"e": "tag"}


def test_joiners_of_a_campaign_that_is_no_longer_convicted_are_not_covered(place: Place) -> None:
    place.decided()
    weaker = replace(CAMPAIGN, verdict=Verdict.SUSPECTED, account_ids=(*NAMES, "e"))
    assert place.scanned(weaker).published(NOW + HOUR).joined == 0


def test_a_permit_or_a_clearing_that_comes_later_counts(place: Place, tmp_path: Path) -> None:
    place.decided()
    place.permits = permits_table(tmp_path, "a")
    cleared = replace(CAMPAIGN, id="campaign--2", verdict=Verdict.CLEARED, account_ids=("b",))
    place.scanned(CAMPAIGN, cleared).published(NOW + HOUR)
    assert place.holds(NOW + HOUR) == {"a": "tag", "c": "block", "d": "block"}


def test_a_crash_after_the_log_is_made_good_by_the_next_command(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.published()

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(settling, "republish", crash)
    with pytest.raises(KeyboardInterrupt):
        place.decided()
    monkeypatch.undo()
    assert place.holds() == dict.fromkeys(NAMES, "tag")
    assert settle(place.desk, NOW, place.policy).notices == 4
    assert place.holds() == ALL_BLOCKED
    assert settle(place.desk, NOW, place.policy) == settling.Settled((), None, 0)


def test_a_snapshot_is_kept_fresh_while_a_decision_is_in_force(place: Place) -> None:
    place.decided()
    soon = NOW + timedelta(hours=11)
    assert settle(place.desk, soon, place.policy).sequence is None
    late = NOW + timedelta(hours=13)
    assert settle(place.desk, late, place.policy).sequence is not None
    assert place.holds(NOW + timedelta(hours=30)) == ALL_BLOCKED


def test_a_changed_log_stops_everything(place: Place) -> None:
    done = place.decided()
    path = place.desk.docket.audit_path
    path.write_bytes(path.read_bytes().replace(b'"block"', b'"allow"', 1))
    with pytest.raises(AuditError):
        place.decided()
    with pytest.raises(AuditError):
        place.published()
    with pytest.raises(AuditError):
        undo(place.desk, done.decision, by="c", why="x", now=NOW)


def test_the_log_names_no_account(place: Place) -> None:
    names = tuple(f"acct-secret-{number}" for number in range(3))
    place.scanned(replace(CAMPAIGN, account_ids=names))
    done = place.decided()
    undo(place.desk, done.decision, by="c", why="x", now=NOW)
    text = place.desk.docket.audit_path.read_bytes()
    assert b"acct-secret" not in text
    open_files = [path for path in place.desk.docket.folder.glob("*") if path.is_file()]
    assert all(b"acct-secret" not in path.read_bytes() for path in open_files)


def test_an_organization_all_of_whose_accounts_are_hit_is_listed_too(
    place: Place, tmp_path: Path
) -> None:
    place.accounts = accounts_table(tmp_path, {"a": "o1", "b": "o1", "c": "o2", "d": "o2"})
    place.permits = permits_table(tmp_path, "c")
    place.policy = replace(POLICY, whole_organizations=2)
    plan = place.plan()
    assert plan.organizations == {"o1": Action.BLOCK, "o2": Action.TAG}
    decision = place.decision(place.decided().decision)
    assert (len(decision.members), len(decision.tagged)) == (6, 2)


def test_the_log_grows_with_decisions_and_not_with_publications(place: Place) -> None:
    place.decided()
    before = place.desk.docket.audit_path.read_bytes()
    for hours in range(1, 4):
        place.published(NOW + hours * HOUR)
    assert place.desk.docket.audit_path.read_bytes() == before


def test_a_permit_that_only_the_decision_was_told_of_spares_joiners(
    place: Place, tmp_path: Path
) -> None:
    place.permits = permits_table(tmp_path, "e")
    place.decided()
    place.permits = None
    place.scanned(replace(CAMPAIGN, account_ids=(*NAMES, "e", "f"))).published(NOW + HOUR)
    assert place.holds(NOW + HOUR) == ALL_BLOCKED | {"e": "tag", "f": "block"}
    Path(tmp_path / "permits.parquet").unlink()
    with pytest.raises(SourceError):
        place.published(NOW + HOUR)


class Crash(BaseException):
    """The machine stops."""


def test_a_crash_at_any_write_leaves_a_decision_whole_or_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, writes = os.fsync, 0
    outcomes = set()
    for stop in range(1, 60):
        place = Place(tmp_path / str(stop)).scanned(CAMPAIGN)
        place.published()
        writes = 0

        def fsync(file: int, stop: int = stop) -> None:
            nonlocal writes
            writes += 1
            if writes >= stop:
                raise Crash
            real(file)

        monkeypatch.setattr(os, "fsync", fsync)
        try:
            place.decided()
        except Crash:
            crashed = True
        else:
            crashed = False
        monkeypatch.setattr(os, "fsync", real)
        settle(place.desk, NOW, place.policy)
        made = place.desk.ledger().decisions
        assert place.holds() == (ALL_BLOCKED if made else dict.fromkeys(NAMES, "tag"))
        assert len(notices(place)) == (4 if made else 0)
        assert place.desk.audit.flaws() == []
        outcomes.add((crashed, bool(made)))
        if not crashed:
            break
        # Whoever begins again gets what they asked for.
        if not made:
            place.decided()
            assert place.holds() == ALL_BLOCKED
    assert outcomes == {(True, False), (True, True), (False, True)}


def test_of_two_who_approve_at_once_one_carries_it_out(place: Place) -> None:
    plan = place.decided(approvers=()).plan
    start = threading.Barrier(2)

    def one(name: str) -> str:
        start.wait(10)
        try:
            return approve_with(place, plan, name).decision
        except NotAllowedError as problem:
            return problem.message

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(one, ("bob", "carol")))
    assert sum(text.startswith("decision--") for text in said) == 1
    assert sum("carried out already" in text for text in said) == 1
    assert len(place.desk.ledger().decisions) == 1


def test_a_first_decision_is_not_overwritten_by_a_publication_that_runs(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = verdicts.put_snapshot

    def slow(desk: Desk, *rest: Any) -> int:
        monkeypatch.setattr(verdicts, "put_snapshot", real)
        place.decided()
        return real(desk, *rest)

    monkeypatch.setattr(verdicts, "put_snapshot", slow)
    place.published()
    assert place.holds() == ALL_BLOCKED


def test_other_keys_than_those_that_guards_trust_decide_nothing(place: Place) -> None:
    place.published()
    other = replace(place, folder=place.folder)
    (place.folder / "keys" / "verdict-signing.key").unlink()
    with pytest.raises((SourceError, ConfigError)):
        other.decided()
    assert "acted" not in [entry.kind for entry in other.desk.audit.entries()]
