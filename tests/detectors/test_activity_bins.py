from datetime import UTC, datetime, timedelta

import ibis
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.detectors.activity_bins import day_matrix, hour_matrix
from revenuer.detectors.case_tables import case_tables
from revenuer.features.accounts import account_features
from revenuer.features.activity import DAY_BINS

START = datetime(2026, 3, 2, tzinfo=UTC)


def frame_of(hours: list[int], window_days: float) -> pl.DataFrame:
    """The bins of one account with an exchange at each of these hours after the start."""
    rows = [
        {"account_id": "a", "start": (START + timedelta(hours=hour)).isoformat()} for hour in hours
    ]
    logs = case_tables({"name": "bins", "exchanges": rows})
    return ibis.duckdb.connect().to_polars(account_features(logs, {}, window_days))


@given(st.lists(st.integers(0, 30 * 24), min_size=1, max_size=60))
@settings(max_examples=8)
def test_days_come_back_in_order_from_the_first(hours: list[int]) -> None:
    days = day_matrix(frame_of(hours, window_days=31))[0]
    expected = np.bincount([hour // 24 for hour in hours])[min(hours) // 24 :]
    assert days[: expected.size].tolist() == expected.tolist()
    assert np.isnan(days[expected.size :]).all()


@given(st.lists(st.integers(0, 30 * 24), min_size=1, max_size=60))
@settings(max_examples=8)
def test_every_exchange_falls_into_one_hour(hours: list[int]) -> None:
    counts = hour_matrix(frame_of(hours, window_days=31))[0]
    assert counts.tolist() == np.bincount([h % 24 for h in hours], minlength=24).tolist()


@pytest.mark.parametrize("window_days", [31, 32, 62, 90, 365])
def test_long_windows_keep_every_exchange(window_days: int) -> None:
    hours = list(range(0, window_days * 24, 30))
    days = day_matrix(frame_of(hours, window_days))[0]
    assert days.shape == (DAY_BINS,)
    assert np.nansum(days) == len(hours)
    # Evenly spread use stays even: no bin holds two ends of the window.
    assert np.nanmax(days) <= 2 * np.nanmedian(days) + 1
