"""Calibrated p-values are e-values, and those of Vovk and Wang."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from revenuer.stats.calibrators import NEAR_ONE, log_e_from_p


@pytest.mark.parametrize(
    "p_value", [1e-12, 1e-6, 0.001, 0.05, 0.3, 0.9, 0.998, 0.9989, 0.9991, 0.99999, 1.0]
)
def test_it_is_the_average_over_the_power_calibrators(p_value: float) -> None:
    average, _ = quad(lambda k: k * p_value ** (k - 1), 0, 1, epsabs=0, epsrel=1e-12, limit=500)
    assert np.exp(log_e_from_p(np.array([p_value])))[0] == pytest.approx(average, rel=1e-8)


def test_the_two_forms_meet_without_a_step() -> None:
    around = 1 - NEAR_ONE + np.array([-1e-9, 1e-9])
    below, above = log_e_from_p(around)
    assert below == pytest.approx(above, abs=1e-7)
    assert below > above


def test_its_mean_under_uniform_p_values_is_one() -> None:
    # With p = exp(-t) the integral over (0, 1] has no peak left.
    def weight(t: float) -> float:
        return float(np.exp(log_e_from_p(np.array([np.exp(-t)]))[0] - t))

    body, _ = quad(weight, 0, 500, limit=500)
    # Beyond t the calibrator is at most 1 / (p t^2), which leaves 1 / t.
    assert 1 - 1 / 500 - 1e-6 <= body <= 1 + 1e-6


@pytest.mark.parametrize("size", [1, 9, 199, 5000])
def test_ranks_in_a_baseline_of_any_size_have_a_mean_of_at_most_one(size: int) -> None:
    ranks = np.arange(1, size + 2) / (size + 1)
    assert np.exp(log_e_from_p(ranks)).mean() <= 1


def test_simulated_uniform_p_values_have_a_mean_of_at_most_one() -> None:
    rng = np.random.default_rng(11)
    e_values = np.exp(log_e_from_p(1 - rng.random(200_000)))
    error = 3 * e_values.std() / np.sqrt(e_values.size)
    assert e_values.mean() <= 1 + error
    # Most of the mean is in the body: a calibrator that gave nothing away would stay below.
    assert e_values.mean() >= 0.7


@given(p_values=st.lists(st.floats(1e-300, 1.0), min_size=2, max_size=40))
def test_rarer_never_means_less_evidence(p_values: list[float]) -> None:
    nats = log_e_from_p(np.sort(p_values))
    assert (np.diff(nats) <= 1e-9).all()
    assert (nats >= np.log(0.5) - 1e-12).all()


def test_no_p_value_is_no_e_value() -> None:
    nats = log_e_from_p(np.array([np.nan, 0.5]))
    assert np.isnan(nats).tolist() == [True, False]


@pytest.mark.parametrize("p_value", [0.0, -0.1, 1.0001, np.inf])
def test_what_is_no_p_value_is_refused(p_value: float) -> None:
    with pytest.raises(ValueError, match="p-values"):
        log_e_from_p(np.array([0.5, p_value]))
