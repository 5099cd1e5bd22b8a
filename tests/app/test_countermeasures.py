"""Who gets a countermeasure, who never does, and when it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from docket_builders import CAMPAIGN, HOUR, NOW, POLICY, Place

from revenuer.app.casebook.opening import open_casebook
from revenuer.app.casebook.permits import grant_permit, request_permit, revoke_permit
from revenuer.app.casebook.sparing import spare_at_once
from revenuer.app.enforce import undo
from revenuer.app.guard_policy import check_policy
from revenuer.app.letting_go import release
from revenuer.casework.permits import Purpose, Terms
from revenuer.casework.roles import Actor, Role
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.errors import NotAllowedError
from revenuer.guard import Action, Caller, Facts, Guard, Kind, Protocol, Request, Snapshot
from revenuer.guard.countering import Countermeasures
from revenuer.guard.policy import Exemption, Mode, Policy, Step
from revenuer.records import Verdict

WITHHELD, SEEDS = "reasoning-withheld", "seed-coupling"
ALLOWING = replace(POLICY, countermeasures=Countermeasures(allowed=(WITHHELD, SEEDS)))


def given(
    place: Place,
    now: datetime = NOW,
    policy: Policy | None = None,
    names: Sequence[str] = "abcdxyz",
    organizations: dict[str, str] | None = None,
) -> dict[str, tuple[str, ...]]:
    """What a real guard hands on for a request of each account."""
    desk = place.desk
    guard = Guard(policy or place.policy, desk.fingerprints)
    snapshot = load_snapshot(desk.snapshot, desk.signing.public)
    assert isinstance(snapshot, Snapshot), snapshot
    assert guard.offer(snapshot, now.timestamp()) is None
    found = {}
    for name in names:
        owner = (organizations or {}).get(name)
        caller = Caller(
            desk.fingerprints.of(Kind.ACCOUNT, name),
            desk.fingerprints.of(Kind.ORGANIZATION, owner) if owner else None,
        )
        asked = Request(now.timestamp() + 1, caller, Protocol.OPENAI_CHAT, Facts())
        decision = guard.decide(asked)
        if decision.countermeasures:
            found[name] = decision.countermeasures
    return found


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(tmp_path, ALLOWING).scanned(CAMPAIGN)
    made.published()
    return made


def permits_for(tmp_path: Path, column: str, name: str, purpose: str) -> str:
    table = tmp_path / "permits.csv"
    table.write_text(
        f"{column},purpose,valid_from,valid_until\n{name},{purpose},2026-01-01T00:00:00Z,"
        "2027-01-01T00:00:00Z\n"
    )
    return str(table)


def test_nothing_is_given_without_a_decision_and_everything_until_it_is_undone(
    place: Place,
) -> None:
    assert given(place) == {}
    done = place.decided(Action.TAG, countermeasures=(WITHHELD,))
    assert given(place) == dict.fromkeys("abcd", (WITHHELD,))
    assert place.decision(done.decision).countermeasures == (WITHHELD,)
    acted = next(entry for entry in place.desk.audit.entries() if entry.kind == "acted")
    assert acted.body["countermeasures"] == [WITHHELD]
    assert acted.body["approvers"] == ["bob"]

    release(place.desk, done.decision, accounts=["b"], by="c", why="x", now=NOW, policy=ALLOWING)
    assert given(place) == dict.fromkeys("acd", (WITHHELD,))
    undo(place.desk, done.decision, by="c", why="x", now=NOW, policy=ALLOWING)
    assert given(place) == {}


def test_it_wants_an_approver_although_a_tag_does_not(place: Place) -> None:
    assert place.plan(Action.TAG).persons == 0
    assert place.plan(Action.TAG, countermeasures=(SEEDS,)).persons == 1
    done = place.decided(Action.TAG, approvers=(), countermeasures=(SEEDS,))
    assert (done.decision, done.missing) == ("", 1)
    assert given(place) == {}


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (POLICY, "countermeasures.allowed does not name"),
        (replace(ALLOWING, mode=Mode.SHADOW), "only watches"),
        (replace(ALLOWING, at_most=Action.THROTTLE), "throttle at most"),
    ],
)
def test_the_policy_must_allow_it(tmp_path: Path, policy: Policy, said: str) -> None:
    place = Place(tmp_path, policy).scanned(CAMPAIGN)
    place.published()
    with pytest.raises(NotAllowedError, match=said):
        place.decided(Action.TAG, countermeasures=(WITHHELD,))


def test_a_campaign_that_is_only_suspected_gets_none(tmp_path: Path) -> None:
    place = Place(tmp_path, ALLOWING).scanned(replace(CAMPAIGN, verdict=Verdict.SUSPECTED))
    with pytest.raises(NotAllowedError, match="a tag at most"):
        place.decided(Action.TAG, countermeasures=(WITHHELD,))


@pytest.mark.parametrize("purpose", ["evaluation", "distillation", "red-team", "synthetic-data"])
def test_holders_of_a_permit_never_get_one(tmp_path: Path, purpose: str) -> None:
    permits = permits_for(tmp_path, "account_id", "b", purpose)
    place = Place(tmp_path, ALLOWING, permits).scanned(CAMPAIGN)
    place.published()
    plan = place.plan(Action.REDUCE, countermeasures=(WITHHELD,))
    assert [one.spared for one in plan.spared] == ["holds a permit"]
    done = place.decided(Action.REDUCE, countermeasures=(WITHHELD,))
    assert given(place) == dict.fromkeys("acd", (WITHHELD,))
    assert place.holds()["b"] == "tag"
    assert place.desk.member("b") in place.decision(done.decision).tagged


def test_a_permit_that_comes_later_ends_it(tmp_path: Path, place: Place) -> None:
    place.decided(Action.TAG, countermeasures=(WITHHELD,))
    place.permits = permits_for(tmp_path, "account_id", "c", "evaluation")
    place.published(NOW + HOUR)
    assert given(place, NOW + HOUR) == dict.fromkeys("abd", (WITHHELD,))


def test_an_organization_with_a_spared_account_is_not_given_one(tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,organization_id\n" + "".join(f"{one},org\n" for one in "abcd"))
    policy = replace(ALLOWING, whole_organizations=2)
    place = Place(tmp_path, policy, None, str(accounts)).scanned(CAMPAIGN)
    place.published()
    place.decided(Action.TAG, countermeasures=(WITHHELD,))
    owners = dict.fromkeys("abcdx", "org")
    assert "x" in given(place, organizations=owners)
    # From now on one of them is an evaluator: neither it nor who joins its organization.
    place.permits = permits_for(tmp_path, "account_id", "d", "evaluation")
    place.published(NOW + HOUR)
    late = given(place, NOW + HOUR, organizations=owners)
    assert late == dict.fromkeys("abc", (WITHHELD,))

    other = Place(tmp_path / "other", policy, place.permits, str(accounts)).scanned(CAMPAIGN)
    other.published()
    other.decided(Action.TAG, countermeasures=(WITHHELD,))
    assert given(other, organizations=owners) == dict.fromkeys("abc", (WITHHELD,))


def test_whom_the_guards_own_policy_exempts_gets_none(place: Place) -> None:
    place.decided(Action.TAG, countermeasures=(WITHHELD,))
    exempt = replace(ALLOWING, exemptions=(Exemption("a permit", accounts=("a",)),))
    assert given(place, policy=exempt) == dict.fromkeys("bcd", (WITHHELD,))
    assert given(place, policy=POLICY) == {}
    assert given(place, policy=replace(ALLOWING, at_most=Action.TAG)) == {}
    assert given(place, policy=replace(ALLOWING, mode=Mode.SHADOW)) == {}


def test_it_holds_under_a_graver_verdict_and_ends_with_its_own_decision(tmp_path: Path) -> None:
    policy = replace(ALLOWING, ladder=(Step(Action.REDUCE),), verdict_hours=10_000.0)
    place = Place(tmp_path, policy).scanned(CAMPAIGN)
    place.published()
    place.decided(Action.TAG, countermeasures=(WITHHELD,), hours=2.0)
    place.decided(Action.TAG, countermeasures=(SEEDS,), hours=5.0)
    assert set(place.holds().values()) == {"reduce"}
    assert given(place)["a"] == (WITHHELD, SEEDS)
    # Nobody published again: the guard itself lets each end.
    assert given(place, NOW + 3 * HOUR)["a"] == (SEEDS,)
    assert given(place, NOW + 6 * HOUR) == {}
    assert set(place.holds(NOW + 6 * HOUR).values()) == {"reduce"}


def test_who_joins_a_campaign_that_is_only_suspected_by_then_gets_none(place: Place) -> None:
    place.decided(Action.TAG, countermeasures=(WITHHELD,))
    grown = replace(CAMPAIGN, account_ids=(*CAMPAIGN.account_ids, "x"))
    place.scanned(replace(grown, verdict=Verdict.SUSPECTED))
    place.published(NOW + HOUR)
    assert given(place, NOW + HOUR) == dict.fromkeys("abcd", (WITHHELD,))
    place.scanned(grown)
    place.published(NOW + 2 * HOUR)
    assert given(place, NOW + 2 * HOUR) == dict.fromkeys("abcdx", (WITHHELD,))


def test_a_stale_snapshot_gives_none(place: Place) -> None:
    place.decided(Action.TAG, countermeasures=(WITHHELD,), hours=1000.0)
    old = NOW + timedelta(seconds=ALLOWING.stale_s + 60)
    desk = place.desk
    guard = Guard(ALLOWING, desk.fingerprints)
    snapshot = load_snapshot(desk.snapshot, desk.signing.public)
    assert isinstance(snapshot, Snapshot)
    guard.offer(snapshot, NOW.timestamp())
    caller = Caller(desk.fingerprints.of(Kind.ACCOUNT, "a"))
    assert guard.decide(Request(NOW.timestamp(), caller)).countermeasures == (WITHHELD,)
    assert guard.decide(Request(old.timestamp(), caller)).countermeasures == ()


def test_a_plan_is_another_with_other_countermeasures_or_strengths(place: Place) -> None:
    digests = {
        place.plan(Action.TAG, countermeasures=names).digest
        for names in ((), (WITHHELD,), (SEEDS,), (WITHHELD, SEEDS))
    }
    assert len(digests) == 4
    milder = replace(ALLOWING.countermeasures, summary_every=1)
    place.policy = replace(ALLOWING, countermeasures=milder)
    assert place.plan(Action.TAG, countermeasures=(SEEDS,)).digest not in digests


def test_customers_are_told_of_it_though_not_of_a_tag(place: Place) -> None:
    assert place.decided(Action.TAG).settled.notices == 0  # type: ignore[union-attr]
    done = place.decided(Action.TAG, countermeasures=(WITHHELD,))
    assert done.settled is not None
    assert done.settled.notices == 4
    path = next((place.desk.docket.folder / "notices").glob("*.jsonl"))
    assert "not falsified" in path.read_text()


def test_a_policy_that_names_what_is_not_there_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(
        '[countermeasures]\nallowed = ["reasoning-witheld"]\ntemperature_at_least = 1.5\n'
    )
    problems = "\n".join(check_policy(file)[1])
    assert "did you mean reasoning-withheld" in problems.lower()
    assert "temperature_at_least is 1.5" in problems


@pytest.mark.parametrize(
    ("holder", "kind", "left"), [("b", "account", "acd"), ("org", "organization", "")]
)
def test_a_permit_that_is_granted_ends_it_at_once_and_one_that_is_revoked_does_not(
    tmp_path: Path, holder: str, kind: str, left: str
) -> None:
    accounts = tmp_path / "accounts.csv"
    accounts.write_text("account_id,organization_id\n" + "".join(f"{one},org\n" for one in "abcd"))
    place = Place(tmp_path, ALLOWING, None, str(accounts)).scanned(CAMPAIGN)
    place.published()
    place.decided(Action.REDUCE, countermeasures=(WITHHELD,))
    casebook = open_casebook(f"sqlite:///{tmp_path / 'casebook.db'}", tmp_path / "keys", now=NOW)
    try:
        terms = Terms(NOW - HOUR, NOW + 30 * HOUR)
        asked = request_permit(
            casebook,
            holder=holder,
            kind=kind,
            purpose=Purpose.EVALUATION,
            terms=terms,
            text="We grade answers.",
            actor=Actor("ana", Role.ANALYST),
            now=NOW,
        )
        told = [str(place.desk.snapshot), str(tmp_path / "none.rvn")]
        assert spare_at_once(casebook, told, NOW) == []
        assert given(place) == dict.fromkeys("abcd", (WITHHELD,))
        bo = Actor("bo", Role.APPROVER)
        grant_permit(casebook, asked.id, four_eyes=True, text="", actor=bo, now=NOW)
        assert spare_at_once(casebook, told, NOW) == []
        assert given(place) == dict.fromkeys(left, (WITHHELD,))
        assert place.holds()["b"] == "tag"
        # The next publication names no permits, and spares the holder all the same.
        place.published(NOW + HOUR)
        assert given(place, NOW + HOUR) == dict.fromkeys(left, (WITHHELD,))
        late = NOW + 2 * HOUR
        revoke_permit(casebook, asked.id, text="They trained on it.", actor=bo, now=late)
        assert spare_at_once(casebook, told, late + HOUR) == []
        assert given(place, late + HOUR) == dict.fromkeys("abcd", (WITHHELD,))
    finally:
        casebook.database.close()
