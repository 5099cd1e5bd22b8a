"""The mean of e-values, in logs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from revenuer.stats.calibrators import log_e_from_p
from revenuer.stats.log_mean_exp import log_mean_exp

NATS = st.lists(st.floats(-100, 100), min_size=1, max_size=30)


@given(nats=NATS)
def test_it_is_the_log_of_the_mean(nats: list[float]) -> None:
    assert log_mean_exp(nats) == pytest.approx(np.log(np.mean(np.exp(nats))), abs=1e-9)


@given(nats=NATS)
def test_it_lies_between_the_least_and_the_most(nats: list[float]) -> None:
    assert min(nats) - 1e-9 <= log_mean_exp(nats) <= max(nats) + 1e-9


@given(nats=NATS, shift=st.floats(-50, 50))
def test_a_common_factor_comes_out(nats: list[float], shift: float) -> None:
    moved = log_mean_exp(np.array(nats) + shift)
    assert moved == pytest.approx(log_mean_exp(nats) + shift, abs=1e-9)


def test_large_evidence_does_not_overflow() -> None:
    assert log_mean_exp([5000.0, 0.0]) == pytest.approx(5000.0 - np.log(2))


def test_impossible_pieces_leave_the_others() -> None:
    assert log_mean_exp([-np.inf, 0.0]) == pytest.approx(-np.log(2))


def test_the_mean_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no e-values"):
        log_mean_exp([])


def test_the_mean_of_dependent_e_values_is_an_e_value() -> None:
    rng = np.random.default_rng(2)
    p_values = np.ceil(rng.random(10_000) * 100) / 100
    # The second detector reads the first one's p-value backwards.
    pieces = np.stack([log_e_from_p(p_values), log_e_from_p(1.01 - p_values)])
    means = np.exp([log_mean_exp(pair) for pair in pieces.T])
    assert means.mean() <= 1 + 3 * means.std() / np.sqrt(means.size)


@given(st.lists(st.floats(-700, 700), min_size=1, max_size=30))
def test_it_is_as_scipy_has_it(nats: list[float]) -> None:
    expected = float(logsumexp(nats) - np.log(len(nats)))
    assert log_mean_exp(nats) == pytest.approx(expected, rel=1e-14, abs=1e-13)
