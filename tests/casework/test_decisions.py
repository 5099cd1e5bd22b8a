"""What an audit log adds up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from revenuer.casework.chain import Entry, sealed
from revenuer.casework.decisions import Ledger, Status
from revenuer.casework.ledgers import ledger_of

AT = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACTED = {
    "decision": "d1",
    "plan": "p1",
    "campaign": "c1",
    "action": "block",
    "until": (AT + 10 * HOUR).isoformat(),
    "whole_campaign": True,
    "by": "alice",
    "approvers": ["bob"],
    "why": "",
    "probability": 0.9,
    "members": ["fp-1", "fp-2"],
    "tagged": ["fp-2"],
}
PLANNED = {"plan": "p1", "campaign": "c1", "action": "block", "by": "alice", "why": ""}
PUBLISHED = {"sequence": 1, "verdicts": 2, "decisions": ["d1"]}


def ledger(*steps: tuple[str, dict[str, Any]]) -> Ledger:
    entries: list[Entry] = []
    for hours, (kind, body) in enumerate(steps):
        after = entries[-1] if entries else None
        at = AT + hours * HOUR
        entries.append(sealed(kind, body, at=at, after=after, sign=lambda data: data[:64]))
    return ledger_of(entries)


def test_nothing_adds_up_to_nothing() -> None:
    found = ledger()
    assert (dict(found.decisions), found.changed) == ({}, False)


def test_a_decision_is_in_force_until_it_is_over() -> None:
    found = ledger(
        ("planned", PLANNED), ("approved", {"plan": "p1", "by": "bob"}), ("acted", ACTED)
    )
    assert found.proposals["p1"].approvers == ("bob",)
    assert found.proposals["p1"].decision == "d1"
    assert [one.id for one in found.in_force(AT + 9 * HOUR)] == ["d1"]
    assert found.in_force(AT + 10 * HOUR) == []
    assert [one.id for one in found.due(AT + 10 * HOUR)] == ["d1"]


def test_an_approval_counts_once_and_only_for_what_was_planned() -> None:
    twice = ("approved", {"plan": "p1", "by": "bob"})
    found = ledger(("approved", {"plan": "p1", "by": "x"}), ("planned", PLANNED), twice, twice)
    assert found.proposals["p1"].approvers == ("bob",)


def test_what_was_done_is_approved_anew_when_it_is_planned_again() -> None:
    approved = ("approved", {"plan": "p1", "by": "bob"})
    found = ledger(("planned", PLANNED), approved, ("acted", ACTED), ("planned", PLANNED))
    assert (found.proposals["p1"].approvers, found.proposals["p1"].decision) == ((), "")


def test_members_that_join_are_members() -> None:
    more = {"decision": "d1", "members": ["fp-3"], "tagged": ["fp-3"]}
    one = ledger(("acted", ACTED), ("extended", more)).decisions["d1"]
    assert one.members == ("fp-1", "fp-2", "fp-3")
    assert one.tagged == {"fp-2", "fp-3"}


def test_what_is_undone_stays_undone_and_releases_for_its_time() -> None:
    undone = {"decision": "d1", "by": "carol", "why": "x", "releases": True}
    found = ledger(("acted", ACTED), ("undone", undone), ("expired", {"decision": "d1"}))
    assert found.decisions["d1"].status is Status.UNDONE
    assert found.released(AT + 9 * HOUR) == {"fp-1", "fp-2"}
    assert found.released(AT + 10 * HOUR) == frozenset()
    assert found.due(AT + 11 * HOUR) == []


def test_what_changed_is_to_be_published_until_it_is() -> None:
    assert ledger(("acted", ACTED)).changed
    assert not ledger(("acted", ACTED), ("published", PUBLISHED)).changed
    assert not ledger(("planned", PLANNED)).changed
    undone = ("undone", {"decision": "d1", "by": "c", "why": "x", "releases": False})
    assert ledger(("acted", ACTED), ("published", PUBLISHED), undone).changed
