"""A snapshot out of scans and decisions: what a guard then does, at any time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from revenuer.app.composing import composed
from revenuer.casework.decisions import Decision, Ledger, Status
from revenuer.guard.fingerprint import SHOWN, shown
from revenuer.guard.ladder import ACTIONS, Action
from revenuer.guard.layout import Cause, Listing
from revenuer.store.docket import Standing

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEYS = [bytes([number]) * 16 for number in range(3)]
MEMBERS = [shown(key) for key in KEYS]
hours = st.integers(-3, 6)


def at(hour: int) -> datetime:
    return NOW + timedelta(hours=hour)


listings = st.builds(
    lambda action, hour: Listing(action, Cause("c"), at(hour).timestamp(), 0.5),
    st.sampled_from(ACTIONS[1:]),
    hours,
)


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    members = tuple(draw(st.lists(st.sampled_from(MEMBERS), unique=True)))
    return Decision(
        id=f"decision--{draw(st.integers())}",
        plan="p",
        campaign="c",
        action=draw(st.sampled_from(ACTIONS[1:])).word,
        made_at=NOW,
        until=at(draw(hours)),
        whole_campaign=True,
        by="a",
        approvers=(),
        why="",
        probability=0.9,
        members=members,
        tagged=frozenset(draw(st.lists(st.sampled_from(members)))) if members else frozenset(),
        status=draw(st.sampled_from(list(Status))),
        releases=draw(st.booleans()),
    )


def wanted(
    key: bytes, scan: dict[bytes, Listing], made: list[Decision], standing: Standing, hour: int
) -> Action:
    """What should be done to an account at a time, said as plainly as can be."""
    member, time = shown(key), at(hour)
    asked = [Action.ALLOW]
    released = any(
        one.status is Status.UNDONE and one.releases and one.until > NOW and member in one.members
        for one in made
    )
    if key in scan and not released and scan[key].expires_at > time.timestamp():
        asked.append(scan[key].action)
    for one in made:
        in_force = one.status is Status.IN_FORCE and one.until > time
        if in_force and member in one.members and member not in standing.cleared:
            mild = member in one.tagged or member in standing.spared
            asked.append(Action.TAG if mild else Action(ACTIONS[_place(one.action)]))
    return max(asked)


def _place(word: str) -> int:
    return [action.word for action in ACTIONS].index(word)


@given(
    st.dictionaries(st.sampled_from(KEYS), listings),
    st.lists(decisions(), max_size=4),
    st.lists(st.sampled_from(MEMBERS), unique=True, max_size=1),
    st.lists(st.sampled_from(MEMBERS), unique=True, max_size=1),
)
def test_until_it_wants_another_look_a_snapshot_says_what_was_asked_for(
    scan: dict[bytes, Listing], made: list[Decision], spared: list[str], cleared: list[str]
) -> None:
    standing = Standing(spared=dict.fromkeys(spared, "permit"), cleared=tuple(cleared))
    ledger = Ledger({str(n): one for n, one in enumerate(made)}, {}, True, frozenset())
    found = composed(scan, ledger, standing, NOW)
    for hour in range(7):
        time = at(hour).timestamp()
        if found.review_at is not None and found.review_at <= time:
            break
        for key in KEYS:
            listed = found.listings.get(key)
            does = listed.action if listed and listed.expires_at > time else Action.ALLOW
            assert does is wanted(key, scan, made, standing, hour), (hour, key)


def test_fingerprints_are_read_as_they_are_written() -> None:
    assert all(bytes.fromhex(member.removeprefix(SHOWN)) == key
               for member, key in zip(MEMBERS, KEYS, strict=True))  # fmt: skip
