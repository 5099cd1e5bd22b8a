"""States of cases follow one table; a dismissal lasts until it is outgrown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.casework.cases import (
    TRANSITIONS,
    WAITING,
    Picture,
    State,
    Step,
    after,
    is_active_again,
    merged_state,
    outgrown,
)
from revenuer.errors import ConflictError
from revenuer.records import Verdict

STATES, STEPS = st.sampled_from(State), st.sampled_from(Step)
MEMBERS = st.frozensets(st.integers(0, 40), min_size=1, max_size=30)
FAMILIES = st.frozensets(st.sampled_from(["identity", "network", "text", "timing"]))
PICTURES = st.builds(Picture, st.sampled_from(Verdict), FAMILIES, MEMBERS, st.integers(0, 9))


@given(STATES, STEPS)
def test_what_the_table_does_not_have_cannot_be_done(state: State, step: Step) -> None:
    if (state, step) in TRANSITIONS:
        assert after(state, step) is TRANSITIONS[state, step]
    else:
        with pytest.raises(ConflictError):
            after(state, step)


def test_every_state_is_reached_and_left() -> None:
    reached, frontier = {State.OPEN}, [State.OPEN]
    while frontier:
        state = frontier.pop()
        for (begin, _), end in TRANSITIONS.items():
            if begin is state and end not in reached:
                reached.add(end)
                frontier.append(end)
    assert reached == set(State)
    assert {begin for begin, _ in TRANSITIONS} == set(State)


def test_only_a_person_or_news_brings_a_decided_case_back() -> None:
    decided = set(State) - WAITING
    back = {
        step for (begin, step), end in TRANSITIONS.items() if begin in decided and end in WAITING
    }
    assert back == {Step.REOPEN, Step.OUTGROW, Step.UNDO, Step.TAKE}


@given(STATES, STATES)
def test_a_merged_state_is_that_of_one_of_both_whichever_comes_first(a: State, b: State) -> None:
    assert merged_state(a, b) is merged_state(b, a)
    assert merged_state(a, b) in (a, b)
    assert merged_state(a, a) is a


@given(PICTURES)
def test_a_dismissal_is_never_outgrown_by_what_it_was_made_for(picture: Picture) -> None:
    assert outgrown(picture, picture) is None


@given(PICTURES, MEMBERS)
def test_a_smaller_campaign_outgrows_nothing_by_its_members(
    then: Picture, fewer: frozenset[int]
) -> None:
    less = Picture(then.verdict, then.families, (fewer & then.members) or then.members)
    assert outgrown(then, less) is None


@pytest.mark.parametrize(
    ("new", "comes_back"), [(2, False), (3, True), (9, True)], ids=["few", "a quarter", "most"]
)
def test_it_comes_back_from_a_quarter_of_new_members_on(new: int, comes_back: bool) -> None:
    then = Picture(Verdict.SUSPECTED, frozenset(), frozenset(range(9)))
    now = Picture(Verdict.SUSPECTED, frozenset(), frozenset(range(9 + new)))
    found = outgrown(then, now)
    assert (found is not None) == comes_back
    if found is not None:
        assert found.new_members == new


def test_many_new_members_among_many_more_are_no_news() -> None:
    then = Picture(Verdict.SUSPECTED, frozenset(), frozenset(range(1000)))
    now = Picture(Verdict.SUSPECTED, frozenset(), frozenset(range(1200)))
    assert outgrown(then, now) is None


@pytest.mark.parametrize(
    ("verdict", "families", "comes_back"),
    [
        (Verdict.CONVICTED, frozenset({"text", "identity"}), True),
        (Verdict.CONVICTED, frozenset({"text"}), False),
        (Verdict.SUSPECTED, frozenset({"text", "identity"}), False),
        (Verdict.UNDECIDED, frozenset({"text", "identity"}), False),
    ],
    ids=["graver, new evidence", "graver, the same evidence", "new evidence only", "milder"],
)
def test_a_graver_verdict_comes_back_only_with_evidence_of_a_new_kind(
    verdict: Verdict, families: frozenset[str], comes_back: bool
) -> None:
    then = Picture(Verdict.SUSPECTED, frozenset({"text"}), frozenset(range(9)))
    assert (outgrown(then, Picture(verdict, families, then.members)) is not None) == comes_back


def test_a_closed_campaign_is_active_again_when_exchanges_come_after_what_was_known() -> None:
    closed = Picture(Verdict.CONVICTED, frozenset(), frozenset({1}), last_seen_us=5)
    assert not is_active_again(closed, closed)
    assert is_active_again(closed, Picture(Verdict.SUSPECTED, frozenset(), frozenset({1}), 6))
    assert not is_active_again(closed, Picture(Verdict.CLEARED, frozenset(), frozenset({1}), 6))
