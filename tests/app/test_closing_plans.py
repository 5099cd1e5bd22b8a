"""Plans that come to nothing, and plans that would hit somebody who holds a permit."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from docket_builders import CAMPAIGN, NOW, Place, accounts_table, allowing

from revenuer.app.closing_plans import refuse, withdraw
from revenuer.app.enforce import Done, approve, decide
from revenuer.app.enforce_plan import make_plan
from revenuer.errors import NotAllowedError
from revenuer.guard import Action, Kind
from revenuer.guard.fingerprint import shown


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path).scanned(CAMPAIGN)


def approving(place: Place, plan: str, *, by: str, **more: Any) -> Done:
    return approve(place.desk, plan, by=by, now=NOW, policy=place.policy, **more)


def test_a_plan_is_refused_with_a_reason_and_nobody_approves_it_any_more(place: Place) -> None:
    place.policy = allowing(persons={"block": 2})
    waits = place.decided(approvers=("bob",))
    assert waits.missing == 1
    with pytest.raises(NotAllowedError, match="proposed this plan, and cannot refuse it"):
        refuse(place.desk, waits.plan, by="Alice", why="no", now=NOW)
    with pytest.raises(NotAllowedError, match="without a reason"):
        refuse(place.desk, waits.plan, by="carol", why="  ", now=NOW)
    before = place.kinds()
    closed = refuse(place.desk, waits.plan[:12], by="carol", why="an office", now=NOW)
    assert closed.closed is not None
    assert (closed.closed.how, closed.closed.by, closed.closed.why) == (
        "refused", "carol", "an office",
    )  # fmt: skip
    assert place.kinds() == [*before, "refused"]
    for name in ("carol", "dave"):
        with pytest.raises(NotAllowedError, match="was refused by carol"):
            approving(place, waits.plan, by=name)
        with pytest.raises(NotAllowedError, match="was refused by carol"):
            refuse(place.desk, waits.plan, by=name, why="once more", now=NOW)
    assert not place.desk.ledger().decisions
    # Proposed again it wants every approval anew, and says what became of it before.
    again = place.decided(approvers=("carol",))
    assert (again.plan, again.missing) == (waits.plan, 1)
    (proposal,) = place.desk.ledger().proposals.values()
    assert proposal.waits
    assert [one.why for one in proposal.before] == ["an office"]
    assert approving(place, waits.plan, by="dave").decision
    assert set(place.holds().values()) == {"block"}


def test_only_who_proposed_a_plan_withdraws_it(place: Place) -> None:
    waits = place.decided(approvers=())
    with pytest.raises(NotAllowedError, match="bob cannot withdraw it"):
        withdraw(place.desk, waits.plan, by="bob", why="mine?", now=NOW)
    withdraw(place.desk, waits.plan, by="ALICE", why="the wrong campaign", now=NOW)
    with pytest.raises(NotAllowedError, match="was withdrawn by ALICE"):
        approving(place, waits.plan, by="bob")
    assert not place.desk.ledger().decisions
    done = place.decided(approvers=("bob",))
    with pytest.raises(NotAllowedError, match="carried out already"):
        withdraw(place.desk, done.plan, by="alice", why="too late", now=NOW)
    with pytest.raises(NotAllowedError, match="carried out already"):
        refuse(place.desk, done.plan, by="carol", why="too late", now=NOW)


def test_who_may_not_approve_may_not_refuse_unless_nobody_can(place: Place) -> None:
    place.policy = allowing(names=("bob", "carol"))
    policy = place.folder / "policy.toml"
    policy.write_text('[approval]\nnames = ["bob", "carol"]\n')
    plan = place.plan()
    given = {"digest": plan.digest, "by": "alice", "now": NOW, "policy_file": policy}
    decide(place.desk, place.grounds, plan.wish, **given)  # type: ignore[arg-type]
    with pytest.raises(NotAllowedError, match="does not name them"):
        refuse(place.desk, plan.digest, by="mallory", why="no", now=NOW)
    policy.write_text("not a policy")
    closed = refuse(place.desk, plan.digest, by="mallory", why="its policy is gone", now=NOW)
    assert not closed.waits


def test_nobody_is_hit_for_whom_the_casebook_has_a_permit(place: Place) -> None:
    member = place.desk.member("a")
    held = replace(place.grounds, permitted=frozenset({member}))
    plan = make_plan(place.desk, held, place.wish(), NOW)
    assert "--permits casebook" in plan.obstacles[0]
    given = {"digest": plan.digest, "by": "alice", "now": NOW, "approvers": ("bob",)}
    with pytest.raises(NotAllowedError, match="1 account of this campaign would be hit"):
        decide(place.desk, held, plan.wish, **given)  # type: ignore[arg-type]
    assert place.kinds() == []
    assert not make_plan(place.desk, held, place.wish(Action.TAG), NOW).obstacles
    waits = place.decided(approvers=())
    with pytest.raises(NotAllowedError, match="the casebook has a permit"):
        approving(place, waits.plan, by="bob", permitted=frozenset({member}))
    assert not place.desk.ledger().decisions
    assert approving(place, waits.plan, by="bob").decision


def test_a_permit_of_an_organization_counts_for_its_accounts(place: Place, tmp_path: Path) -> None:
    place.accounts = accounts_table(tmp_path, {"a": "firm", "b": None})
    firm = shown(place.desk.fingerprints.of(Kind.ORGANIZATION, "firm"))
    held = replace(place.grounds, permitted=frozenset({firm}))
    (said,) = make_plan(place.desk, held, place.wish(), NOW).obstacles
    assert said.startswith("1 account of this campaign")
