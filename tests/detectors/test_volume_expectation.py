import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.detectors.volume_expectation import excess


def test_a_tenth_of_campaign_accounts_does_not_bend_the_line() -> None:
    rng = np.random.default_rng(11)
    volume = rng.uniform(0, 6, 1000)
    values = 0.2 + 0.3 * volume + rng.normal(0, 0.1, 1000)
    values[:100] += 3.0
    left = excess(values, volume)
    assert abs(np.median(left[100:])) < 0.05
    assert left[:100].min() > left[100:].max()


def test_a_clean_line_agrees_with_least_squares() -> None:
    rng = np.random.default_rng(12)
    x, z = rng.normal(size=(2, 200))
    values = 1 + 2 * x - z + rng.uniform(-0.1, 0.1, 200)
    design = np.column_stack([np.ones(200), x, z])
    line, *_ = np.linalg.lstsq(design, values, rcond=None)
    np.testing.assert_allclose(excess(values, x, z), values - design @ line, atol=0.01)


def test_the_unknown_stays_unknown() -> None:
    values = np.array([np.nan, *np.arange(30.0)])
    left = excess(values, np.arange(31.0))
    assert np.isnan(left[0])
    assert not np.isnan(left[1:]).any()


def test_nothing_known_is_no_evidence() -> None:
    assert np.isnan(excess(np.full(3, np.nan), np.zeros(3))).all()


def test_few_accounts_are_compared_with_their_median() -> None:
    assert excess(np.array([1.0, 2.0, 6.0]), np.zeros(3)).tolist() == [-1.0, 0.0, 4.0]


@given(st.floats(-50, 50), st.floats(-5, 5))
def test_a_shift_that_volume_explains_changes_nothing(shift: float, slope: float) -> None:
    rng = np.random.default_rng(13)
    volume, noise = rng.normal(size=(2, 60))
    moved = excess(noise + shift + slope * volume, volume)
    assert moved == pytest.approx(excess(noise, volume), abs=1e-3)
