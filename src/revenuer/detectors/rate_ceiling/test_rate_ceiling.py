from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from revenuer.detector import Context
from revenuer.detectors.cases import run_cases
from revenuer.detectors.rate_ceiling import DETECTOR
from revenuer.detectors.rate_ceiling.detector import NAME, daily_variation
from revenuer.features.activity import DAY_BINS

START = datetime(2026, 3, 1, tzinfo=UTC)
CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)


def frame_of(days: NDArray[np.int64], refused: int = 0) -> pl.DataFrame:
    """Accounts with these exchanges a day, shape (n, n_days), from the first day to the last."""
    shift = int(START.timestamp()) // 86_400 % DAY_BINS
    circle = np.zeros((days.shape[0], DAY_BINS), np.int64)
    circle[:, (shift + np.arange(days.shape[1])) % DAY_BINS] = days
    return pl.DataFrame({f"day_{d}": circle[:, d] for d in range(DAY_BINS)}).with_columns(
        pl.lit(86_400).alias("day_bin_s"),
        pl.lit(refused).alias(f"{NAME}_refused"),
        n_exchanges=days.sum(axis=1),
        first_at=pl.lit(START),
        last_at=pl.lit(START + timedelta(days=days.shape[1] - 1)),
    )


def statistic(days: NDArray[np.int64], refused: int = 0) -> NDArray[np.float64]:
    return DETECTOR.statistic(frame_of(days, refused), CONTEXT)


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


def test_the_first_and_the_last_day_do_not_count() -> None:
    count, mean, variation = daily_variation(frame_of(np.array([[1, 50, 50, 50, 50, 3]])))
    assert (count[0], mean[0], variation[0]) == (4, 50, 0)


def test_idle_days_do_not_count() -> None:
    assert daily_variation(frame_of(np.array([[9, 50, 0, 50, 0, 0, 50, 9]])))[0] == [3]


def test_variation_agrees_with_numpy() -> None:
    days = np.array([[5, 10, 30, 20, 60, 40, 5]])
    inner = days[0, 1:-1]
    assert daily_variation(frame_of(days))[2][0] == pytest.approx(inner.std(ddof=1) / inner.mean())


def test_one_exchange_each_day_is_no_ceiling() -> None:
    once, capped = statistic(np.ones((1, 20), np.int64)), statistic(np.full((1, 20), 400))
    assert capped - once > 1.0


def test_poisson_days_at_a_low_rate_do_not_pass_for_a_ceiling() -> None:
    rng = np.random.default_rng(8)
    chance = statistic(np.maximum(rng.poisson(4, (2000, 20)), 1))
    assert np.quantile(chance, 0.999) < statistic(np.full((1, 20), 400))[0]


def test_refusals_at_the_limit_count_as_well() -> None:
    days = np.full((1, 20), 60)
    assert statistic(days, refused=300) > statistic(days)


def test_a_few_days_are_no_evidence() -> None:
    assert np.isnan(statistic(np.full((1, 4), 60))).all()
