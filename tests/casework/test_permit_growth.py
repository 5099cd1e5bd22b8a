"""A permit is outgrown by what it does not allow, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from revenuer.casework.permit_growth import (
    FITTING,
    Company,
    Growth,
    Use,
    count_use,
    outgrown,
    used_up,
)
from revenuer.casework.permits import Permit, Purpose, State, Terms
from revenuer.records import Method

NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TERMS = Terms(NOW, NOW + 10 * DAY, max_exchanges=1000, max_tokens=50_000, models=("small",))
PERMIT = Permit(
    "permit--1", Purpose.EVALUATION, "fp-1", "account", TERMS, State.GRANTED, "ana", NOW, "bo", NOW
)
uses = st.lists(
    st.builds(
        lambda model, day, count: Use("fp-1", model, (NOW + day * DAY).date(), count, 10 * count),
        st.sampled_from(["small", "small-2026-01-01", "large", ""]),
        st.integers(-5, 20),
        st.integers(0, 2000),
    ),
    max_size=12,
)


@given(uses)
def test_every_exchange_of_its_time_is_counted_once(use: list[Use]) -> None:
    counted = count_use(PERMIT, use)
    begins, ends = NOW.date(), (NOW + 10 * DAY).date()
    inside = sum(one.exchanges for one in use if begins <= one.day <= ends)
    assert counted.exchanges + counted.outside == inside
    later = [one for one in use if one.day > ends and one.model != "large"]
    assert counted.after == sum(one.exchanges for one in later)


@given(uses)
def test_it_is_outgrown_in_volume_just_where_a_bound_is_passed(use: list[Use]) -> None:
    counted = count_use(PERMIT, use)
    kinds = {one.kind for one in outgrown(PERMIT, counted)}
    assert (Growth.EXCHANGES in kinds) == (counted.exchanges > 1000)
    assert (Growth.TOKENS in kinds) == (counted.tokens > 50_000)
    share = used_up(PERMIT, counted)
    assert share is not None
    assert (share > 1) == bool(kinds & {Growth.EXCHANGES, Growth.TOKENS})


@given(uses, uses)
def test_more_use_never_makes_a_permit_fit_again(use: list[Use], more: list[Use]) -> None:
    volume = {Growth.EXCHANGES, Growth.TOKENS}
    before = {one.kind for one in outgrown(PERMIT, count_use(PERMIT, use))} & volume
    after = {one.kind for one in outgrown(PERMIT, count_use(PERMIT, use + more))} & volume
    assert before <= after


@given(uses, st.sampled_from([State.REQUESTED, State.REFUSED, State.VOID]))
def test_what_never_held_is_not_outgrown(use: list[Use], state: State) -> None:
    permit = replace(PERMIT, state=state)
    assert outgrown(permit, count_use(permit, use)) == ()


@given(uses)
def test_a_permit_without_bounds_is_never_outgrown_in_its_time(use: list[Use]) -> None:
    endless = replace(PERMIT, terms=Terms(NOW - 9 * DAY, NOW + 99 * DAY))
    counted = count_use(endless, use)
    assert outgrown(endless, counted) == ()
    assert used_up(endless, counted) is None


def test_fifty_times_what_was_declared_says_so() -> None:
    use = [Use("fp-1", "small", (NOW + n * DAY).date(), 5000, 10) for n in range(10)]
    found = outgrown(PERMIT, count_use(PERMIT, use))
    assert [one.kind for one in found] == [Growth.EXCHANGES]
    assert found[0].statement == "50,000 exchanges were used, 50.0 times the 1,000 agreed."


def test_an_evaluation_that_harvests_reasoning_is_no_evaluation() -> None:
    company = Company("campaign--1", (Method.COT_EXFILTRATION,), 3, 0, 0, NOW)
    (found,) = outgrown(PERMIT, count_use(PERMIT, []), [company])
    assert (found.kind, found.campaign) == (Growth.METHODS, "campaign--1")
    wide = replace(PERMIT, purpose=Purpose.DISTILLATION)
    assert outgrown(wide, count_use(wide, []), [company]) == ()


def test_one_colleague_is_too_many_and_a_few_strangers_are_not() -> None:
    for colleagues, strangers, seen in ((1, 0, True), (0, 2, False), (0, 3, True)):
        company = Company("c", (), 8, colleagues, strangers, NOW)
        kinds = {one.kind for one in outgrown(PERMIT, count_use(PERMIT, []), [company])}
        assert (Growth.ACCOUNTS in kinds) == seen


def test_a_group_that_acts_after_its_end_outgrows_it() -> None:
    for late, seen in ((timedelta(hours=23), False), (2 * DAY, True)):
        company = Company("c", (), 8, 0, 0, PERMIT.ends() + late)
        kinds = {one.kind for one in outgrown(PERMIT, count_use(PERMIT, []), [company])}
        assert (Growth.TIME in kinds) == seen


def test_what_is_taken_back_ends_there() -> None:
    gone = replace(PERMIT, state=State.REVOKED, revoked_by="bo", revoked_at=NOW + 2 * DAY)
    assert (gone.holds(NOW + DAY), gone.holds(NOW + 2 * DAY)) == (True, False)
    days = [date(2026, 6, 10) + n * DAY for n in range(6)]
    counted = count_use(gone, [Use("fp-1", "small", day, 100, 10) for day in days])
    assert (counted.exchanges, counted.after) == (300, 300)
    assert {one.kind for one in outgrown(gone, counted)} == {Growth.TIME}


def test_every_purpose_fits_something_and_every_method_is_somebodys() -> None:
    assert set(FITTING) == set(Purpose)
    assert frozenset().union(*FITTING.values()) == set(Method)
