"""Token buckets: never more than they may, and no more memory than they may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.guard.buckets import Buckets

GAPS = st.lists(st.floats(0, 50), min_size=1, max_size=80)
RATES = st.floats(0.01, 100)
BURSTS = st.floats(1, 200)


@given(gaps=GAPS, rate=RATES, burst=BURSTS)
def test_a_bucket_admits_at_most_its_burst_and_what_flows_in(
    gaps: list[float], rate: float, burst: float
) -> None:
    buckets, now, taken_at = Buckets(10), 0.0, []
    for gap in gaps:
        now += gap
        if not buckets.take("a", now, 1.0, rate_per_s=rate, burst=burst):
            taken_at.append(now)
    # Over every stretch of time, not the whole alone.
    for first, start in enumerate(taken_at):
        for last, end in enumerate(taken_at[first:], start=first):
            admitted = last - first + 1
            # A millionth of a second is what times are told to.
            assert admitted <= burst + rate * (end - start + 2e-6) + 1e-6 * burst


@given(gaps=GAPS, rate=RATES, burst=BURSTS)
def test_who_waits_as_told_is_admitted(gaps: list[float], rate: float, burst: float) -> None:
    buckets, now = Buckets(10), 0.0
    for gap in gaps:
        now += gap
        wait = buckets.take("a", now, 1.0, rate_per_s=rate, burst=burst)
        if wait:
            now += wait * (1 + 1e-9)
            assert not buckets.take("a", now, 1.0, rate_per_s=rate, burst=burst)


@given(costs=st.lists(st.floats(0, 500), min_size=1, max_size=40), rate=RATES, burst=BURSTS)
def test_what_is_charged_afterwards_is_paid_back(
    costs: list[float], rate: float, burst: float
) -> None:
    buckets = Buckets(10)
    for cost in costs:
        buckets.charge("a", 0.0, cost, rate_per_s=rate)
    wait = buckets.wait("a", 0.0, 0.0, rate_per_s=rate, burst=burst)
    assert wait == pytest.approx(max(sum(costs) - burst, 0.0) / rate, rel=1e-6, abs=1e-6)


def test_a_cost_above_the_burst_needs_a_full_bucket_and_is_had_then() -> None:
    buckets = Buckets(10)
    assert not buckets.take("a", 0.0, 500.0, rate_per_s=1.0, burst=100.0)
    assert buckets.wait("a", 0.0, 1.0, rate_per_s=1.0, burst=100.0) == pytest.approx(401.0)


@given(names=st.lists(st.integers(0, 6), max_size=60), most=st.integers(1, 5))
def test_memory_is_bounded_and_the_longest_unused_goes(names: list[int], most: int) -> None:
    buckets = Buckets(most)
    for at, name in enumerate(names):
        buckets.charge(name, float(at), 1.0, rate_per_s=1e-9)
        assert len(buckets) <= most
    kept = list(dict.fromkeys(reversed(names)))[:most]
    for name in set(names):
        owes = buckets.wait(name, 1e3, 0.0, rate_per_s=1e-9, burst=1e-9) > 0
        assert owes == (name in kept)


def test_forgetting_one_that_owes_is_counted_and_a_full_one_is_not() -> None:
    buckets = Buckets(1)
    buckets.charge("a", 0.0, 10.0, rate_per_s=1.0)
    buckets.charge("b", 1.0, 1.0, rate_per_s=1.0)
    assert buckets.forgotten == 1
    buckets.charge("c", 99.0, 1.0, rate_per_s=1.0)
    assert buckets.forgotten == 1


def test_callers_do_not_share_a_bucket() -> None:
    buckets = Buckets(10)
    assert not buckets.take("a", 0.0, 1.0, rate_per_s=1.0, burst=1.0)
    assert buckets.take("a", 0.0, 1.0, rate_per_s=1.0, burst=1.0)
    assert not buckets.take("b", 0.0, 1.0, rate_per_s=1.0, burst=1.0)


def test_a_bound_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Buckets(0)
