from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import SPACES
from revenuer.matching.quotas import Limits, QuotaError, Spent, Usage, admit

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LIMITS = Limits(elements=1000, counts=2)
PAY = MatchKind.PAYMENT


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_peer_may_ask_up_to_its_limit_and_is_told_when_to_come_again() -> None:
    usage = admit(Usage(), Spent(NOW, 600), PAY, LIMITS)
    usage = admit(usage, Spent(later(100), 400), PAY, LIMITS)
    with pytest.raises(QuotaError, match="1,000 elements") as caught:
        admit(usage, Spent(later(200), 64), PAY, LIMITS)
    wait = caught.value.retry_after
    assert wait is not None
    assert 86_400 - 200 <= wait <= 86_400 - 198
    assert admit(usage, Spent(later(200 + wait), 64), PAY, LIMITS).ever == 1064


def test_more_than_a_window_in_one_question_is_never_answered() -> None:
    with pytest.raises(QuotaError) as caught:
        admit(Usage(), Spent(NOW, 1001), PAY, LIMITS)
    assert caught.value.retry_after is None


def test_intersections_are_counted_by_themselves_too() -> None:
    usage = Usage()
    for second in (0, 10):
        usage = admit(usage, Spent(later(second), 64, is_count=True), PAY, LIMITS)
    with pytest.raises(QuotaError, match="2 intersections") as caught:
        admit(usage, Spent(later(20), 64, is_count=True), PAY, LIMITS)
    assert caught.value.retry_after == 86_400 - 20 + 1
    assert admit(usage, Spent(later(20), 64), PAY, LIMITS).ever == 192


def test_the_budget_of_a_space_ends_for_good() -> None:
    budget = Limits().budget(MatchKind.ADDRESS_BLOCK)
    assert budget == 838_860
    old = Usage((), budget - 64)
    usage = admit(old, Spent(NOW, 64), MatchKind.ADDRESS_BLOCK, Limits())
    with pytest.raises(QuotaError, match="budget") as caught:
        admit(usage, Spent(later(1e7), 64), MatchKind.ADDRESS_BLOCK, Limits())
    assert caught.value.retry_after is None


def test_an_enumerator_gets_nowhere_near_all_values() -> None:
    limits = Limits()
    for kind in SPACES:
        assert limits.days_to_cover(kind, 0.06) == float("inf")
    assert limits.days_to_cover(MatchKind.ADDRESS_BLOCK, 0.01) == pytest.approx(16.384)
    assert limits.days_to_cover(MatchKind.ADDRESS, 0.01) > 4194
    assert limits.days_to_cover(PAY, 0.01) == float("inf")


@given(st.lists(st.tuples(st.floats(0, 200_000), st.integers(1, 1200), st.booleans()), max_size=40))
def test_no_order_of_questions_gets_more_than_the_limit_in_any_window(
    asked: list[tuple[float, int, bool]],
) -> None:
    usage, answered = Usage(), []
    for second, elements, is_count in sorted(asked):
        spent = Spent(later(second), elements, is_count)
        try:
            usage = admit(usage, spent, PAY, LIMITS)
        except QuotaError as refusal:
            if refusal.retry_after is not None:
                again = Spent(spent.at + timedelta(seconds=refusal.retry_after), elements, is_count)
                # What it promised holds where nothing else comes.
                assert admit(usage, again, PAY, LIMITS)
            continue
        answered.append(spent)
    for last in answered:
        window = [each for each in answered if last.at - LIMITS.window < each.at <= last.at]
        assert sum(each.elements for each in window) <= LIMITS.elements
        assert sum(each.is_count for each in window) <= LIMITS.counts
    assert usage.ever == sum(each.elements for each in answered)
