"""Who may hear an appeal, who has looked, and what is late: for any names, times and looks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.casework.appeal_counts import Closed, lengths, rates
from revenuer.casework.appeals import (
    Against,
    Clock,
    Look,
    Outcome,
    Part,
    Times,
    View,
    due_of,
    in_order,
    may_decide,
    may_hear,
    unfit,
)
from revenuer.errors import NotAllowedError

AT = datetime(2026, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CLOCK = Clock(48 * HOUR, 240 * HOUR, timedelta(seconds=60))
names = st.text(st.characters(codec="ascii", categories=("Ll", "Nd")), min_size=1, max_size=8)
spans = st.integers(0, 10**7).map(lambda seconds: timedelta(seconds=seconds))


def written(name: str, style: int) -> str:
    """The same name as somebody else may write it."""
    return (name, name.upper(), f"  {name} ", name.title())[style % 4]


@given(names, st.lists(names, max_size=4), st.integers(0, 3))
def test_nobody_who_had_a_part_hears_it_however_they_write_themselves(
    own: str, others: list[str], style: int
) -> None:
    parts = [Part(one, "they approved it") for one in (*others, own)]
    assert unfit(written(own, style), parts) == "they approved it"
    with pytest.raises(NotAllowedError, match="they approved it"):
        may_hear(written(own, style), parts)


@given(names, st.lists(names, max_size=4))
def test_everybody_else_may(own: str, others: list[str]) -> None:
    parts = [Part(one, "they proposed it") for one in others if one != own]
    assert unfit(own, parts) is None


def test_nobody_is_no_hearer() -> None:
    assert unfit("  ", []) is not None


@given(
    st.lists(st.tuples(names, st.sampled_from(View), spans), max_size=6), names, spans, spans,
    st.sampled_from(Outcome),
)  # fmt: skip
def test_a_decision_needs_both_looks_after_the_newest_words(
    seen: list[tuple[str, View, timedelta]],
    name: str,
    words: timedelta,
    decided: timedelta,
    outcome: Outcome,
) -> None:
    looks = [Look(who, view, AT + after) for who, view, after in seen]
    mine = [one for one in looks if one.name == name and one.at >= AT + words]
    opened = {one.view for one in mine} == set(View)
    first = min(
        (one.at for one in looks if one.name == name and one.view is View.EVIDENCE), default=AT
    )
    hasty = outcome is Outcome.UPHELD and AT + decided - first < CLOCK.least
    allowed = True
    try:
        may_decide(name, outcome, looks, since=AT + words, clock=CLOCK, now=AT + decided)
    except NotAllowedError:
        allowed = False
    assert allowed == (opened and not hasty)


@given(spans, st.none() | spans, spans)
def test_what_is_late_is_late_by_the_clock(
    opened: timedelta, answered: timedelta | None, now: timedelta
) -> None:
    came = AT + opened
    times = Times(came, None if answered is None else came + answered)
    due = due_of(times, CLOCK, came + now)
    assert due.what in ("answer", "decision")
    assert due.at == came + (CLOCK.answer if due.what == "answer" else CLOCK.decision)
    assert due.is_late == (came + now > due.at)
    # Who has answered is not late with an answer.
    assert due.what == "decision" or answered is None
    assert not due_of(Times(came, decided=came + now), CLOCK, came + 2 * now).is_late


@given(st.lists(st.tuples(spans, st.booleans()), max_size=8))
def test_the_latest_come_first_and_what_is_over_last(rows: list[tuple[timedelta, bool]]) -> None:
    now = AT + timedelta(days=200)
    dues = {}
    for number, (ago, over) in enumerate(rows):
        times = Times(now - ago, decided=now if over else None)
        dues[f"appeal--{number}"] = due_of(times, CLOCK, now)
    order = [dues[name] for name in in_order((due, name) for name, due in dues.items())]
    assert len(order) == len(rows)
    assert [bool(one.what) for one in order] == sorted((bool(d.what) for d in order), reverse=True)
    lateness = [one.late for one in order if one.what]
    assert lateness == sorted(lateness, reverse=True)


@given(st.lists(st.tuples(st.sampled_from([None, *Outcome]), names, names), max_size=20))
def test_rates_add_up(rows: list[tuple[Outcome | None, str, str]]) -> None:
    closed = [
        Closed(Against.DECISION, outcome, action, "", (rule, rule), Times(AT))
        for outcome, action, rule in rows
    ]
    found = rates(closed)
    decided = sum(outcome is not None for outcome, _, _ in rows)
    if not decided:
        assert found == {}
        return
    whole = found["all", "all"]
    assert whole.decided == decided
    for what in ("action", "rule", "programme"):
        parts = [rate for (by, _), rate in found.items() if by == what]
        assert sum(one.decided for one in parts) == decided
        assert sum(one.overturned for one in parts) == whole.overturned
    assert whole.share is not None
    assert 0 <= whole.share <= 1


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50))
def test_quantiles_are_the_least_that_so_many_do_not_exceed(hours: list[int]) -> None:
    found = lengths(timedelta(hours=one) for one in hours)
    for value, share in ((found.median, 0.5), (found.ninety, 0.9)):
        assert value in hours
        assert sum(one <= value for one in hours) >= share * len(hours)
        smaller = [one for one in hours if one < value]
        assert len(smaller) < share * len(hours)
