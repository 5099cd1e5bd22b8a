import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from revenuer.detector import Context
from revenuer.detectors.cases import run_cases
from revenuer.detectors.round_the_clock import DETECTOR
from revenuer.detectors.round_the_clock.detector import NIGHT_H, SPREAD, quietest_share

CONTEXT = Context(releases=(), plan_tokens_per_day={}, window_days=28.0)
HISTOGRAMS = st.lists(st.integers(0, 40), min_size=24, max_size=24)


def frame_of(hours: NDArray[np.int64], active: NDArray[np.int64]) -> pl.DataFrame:
    columns = {f"hour_{h}": hours[:, h] for h in range(24)}
    return pl.DataFrame({"active_hours": active, **columns})


def statistic(hours: NDArray[np.int64], active: NDArray[np.int64]) -> NDArray[np.float64]:
    return DETECTOR.statistic(frame_of(hours, active), CONTEXT)


def test_cases_fire_and_stay_quiet() -> None:
    assert run_cases(DETECTOR) == []


@given(HISTOGRAMS, st.integers(0, 23), st.integers(0, 200))
def test_the_time_zone_does_not_matter(hours: list[int], shift: int, active: int) -> None:
    here = np.array([hours])
    there = np.roll(here, shift, axis=1)
    np.testing.assert_equal(
        statistic(here, np.array([active])), statistic(there, np.array([active]))
    )


@given(HISTOGRAMS)
def test_the_quietest_share_agrees_with_counting(hours: list[int]) -> None:
    windows = [sum(hours[(h + k) % 24] for k in range(NIGHT_H)) for h in range(24)]
    if sum(hours):
        expected = min(windows) / sum(hours)
        assert quietest_share(np.array([hours], np.float64))[0] == pytest.approx(expected)


def test_no_requests_is_no_evidence() -> None:
    assert np.isnan(statistic(np.zeros((1, 24), np.int64), np.array([0]))).all()


@pytest.mark.parametrize("active", [12, 24, 96, 384, 1536])
def test_the_expected_shortfall_is_that_of_uniform_hours(active: int) -> None:
    rng = np.random.default_rng(active)
    hours = rng.multinomial(active, np.full(24, 1 / 24), size=4000)
    quietest = quietest_share(hours.astype(np.float64)) * active
    expected = active * NIGHT_H / 24 - SPREAD * np.sqrt(active)
    assert quietest.mean() == pytest.approx(expected, abs=0.35 + 0.01 * active**0.5)


def test_a_flat_day_scores_about_one_at_any_volume() -> None:
    rng = np.random.default_rng(5)
    for active in (60, 200, 600):
        hours = rng.multinomial(active, np.full(24, 1 / 24), size=500)
        score = statistic(hours, np.full(500, active))
        assert 0.75 < np.median(score) < 1.05


def test_sparse_flat_accounts_seldom_pass_for_round_the_clock() -> None:
    rng = np.random.default_rng(6)
    hours = rng.multinomial(8, np.full(24, 1 / 24), size=4000)
    assert (statistic(hours, np.full(4000, 8)) > 0.9).mean() < 0.05


def test_the_sentence_quotes_both_medians() -> None:
    flat = frame_of(np.ones((3, 24), np.int64), np.full(3, 24))
    day = np.zeros((3, 24), np.int64)
    day[:, 9:17] = 5
    sentence = DETECTOR.describe(flat, frame_of(day, np.full(3, 8)))
    assert "25.0%" in sentence
    assert "0.0% of others" in sentence
