from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from revenuer.detector import Context
from revenuer.detectors.cases import run_cases
from revenuer.detectors.no_ramp import DETECTOR
from revenuer.detectors.no_ramp.detector import loads
from revenuer.features.activity import DAY_BINS

START = datetime(2026, 3, 1, tzinfo=UTC)
CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)


def frame_of(*accounts: list[int], created: datetime | None = START) -> pl.DataFrame:
    """Accounts with these exchanges a day; all begin with the window and end with theirs."""
    first_bin = int(START.timestamp()) // 86_400 % DAY_BINS
    rows = []
    for days in accounts:
        bins = {f"day_{d}": 0 for d in range(DAY_BINS)}
        for day, count in enumerate(days):
            bins[f"day_{(first_bin + day) % DAY_BINS}"] = count
        rows.append(
            {
                "n_exchanges": sum(days),
                "active_days": max(sum(count > 0 for count in days), 1),
                "first_at": START,
                "last_at": START + timedelta(days=len(days) - 1, hours=5),
                "created_at": created,
                "day_bin_s": 86_400,
                **bins,
            }
        )
    return pl.DataFrame(rows, schema_overrides={"created_at": pl.Datetime("us", "UTC")})


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


@given(st.lists(st.integers(1, 300), min_size=4, max_size=28), st.integers(2, 9))
def test_twice_the_load_from_the_first_day_is_never_more_ordinary(
    days: list[int], times: int
) -> None:
    usual = [[5] * 10] * 9
    once, more = DETECTOR.statistic(frame_of(days, [n * times for n in days], *usual), CONTEXT)[:2]
    assert more > once


def test_growing_into_a_load_is_less_telling_than_starting_with_it() -> None:
    ramp = [2, 4, 8, 16, 32, 64, 90, 90, 90, 90]
    slow, fast = DETECTOR.statistic(frame_of(ramp, ramp[::-1]), CONTEXT)
    plateau = DETECTOR.statistic(frame_of(ramp, [90] * 10), CONTEXT)[1]
    assert slow < fast < plateau


def test_loads_are_those_of_the_days() -> None:
    early, later = loads(frame_of([10, 40, 20, 30, 40]))
    assert early.tolist() == [40.0]
    assert later.tolist() == [30.0]


def test_one_who_leaves_is_not_at_full_load() -> None:
    stays, leaves = DETECTOR.statistic(frame_of([90] * 10, [90, 90, *[0] * 7, 1]), CONTEXT)
    assert stays > leaves


def test_an_old_account_is_no_evidence() -> None:
    old = frame_of([90] * 10, created=START - timedelta(days=400))
    assert np.isnan(DETECTOR.statistic(old, CONTEXT)).all()


def test_without_a_sign_up_date_the_first_days_of_the_window_tell_nothing() -> None:
    assert np.isnan(DETECTOR.statistic(frame_of([90] * 28, created=None), CONTEXT)).all()
