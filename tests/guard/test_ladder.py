"""The table of transitions: whole, and never turned upside down."""

from __future__ import annotations

from itertools import product

import pytest

from revenuer.guard import TRANSITIONS, Action, Signal
from revenuer.guard.ladder import ACTIONS, after, raised

EVERY = list(product(ACTIONS, Signal))
RAISES = {Signal.OVER_LIMIT}


def test_every_signal_leads_somewhere_from_every_action() -> None:
    assert set(TRANSITIONS) == set(Signal)
    assert all(len(row) == len(ACTIONS) for row in TRANSITIONS.values())


@pytest.mark.parametrize(("action", "signal"), EVERY)
def test_a_transition_leads_to_an_action(action: Action, signal: Signal) -> None:
    assert after(action, signal) in ACTIONS


@pytest.mark.parametrize(("action", "signal"), EVERY)
def test_only_an_empty_bucket_leads_up(action: Action, signal: Signal) -> None:
    there = after(action, signal)
    assert there >= action if signal in RAISES else there <= action


@pytest.mark.parametrize("signal", Signal)
def test_graver_evidence_is_never_answered_more_mildly(signal: Signal) -> None:
    row = TRANSITIONS[signal]
    assert list(row) == sorted(row)


@pytest.mark.parametrize(("action", "signal"), EVERY)
def test_a_signal_said_twice_says_no_more(action: Action, signal: Signal) -> None:
    once = after(action, signal)
    assert after(once, signal) is once


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_stale_refuses(action: Action) -> None:
    assert after(action, Signal.STALE) <= Action.THROTTLE


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("signal", [Signal.SHADOW, Signal.LATE, Signal.EXPIRED, Signal.RELEASED])
def test_what_lets_everything_pass(action: Action, signal: Signal) -> None:
    assert after(action, signal) is Action.ALLOW


@pytest.mark.parametrize("action", ACTIONS)
def test_an_exemption_is_watched_and_not_acted_on(action: Action) -> None:
    assert after(action, Signal.EXEMPT) <= Action.TAG
    assert (after(action, Signal.EXEMPT) is Action.ALLOW) == (action is Action.ALLOW)


@pytest.mark.parametrize("action", ACTIONS)
def test_what_cannot_be_read_is_refused_no_less(action: Action) -> None:
    refuses = {Action.CHALLENGE, Action.BLOCK}
    assert (after(action, Signal.UNREADABLE) in refuses) == (action in refuses)


@pytest.mark.parametrize(("action", "to"), list(product(ACTIONS, ACTIONS)))
def test_evidence_never_leads_down(action: Action, to: Action) -> None:
    assert raised(action, to) == max(action, to)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_read_by_its_word(action: Action) -> None:
    assert Action(action.word) is action  # type: ignore[arg-type]
    assert str(action) == action.name.lower()


def test_an_unknown_word_is_no_action() -> None:
    with pytest.raises(ValueError, match="ban"):
        Action("ban")  # type: ignore[arg-type]
