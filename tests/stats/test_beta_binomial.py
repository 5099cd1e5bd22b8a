"""Counts of rare things among units that are not all alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from revenuer.stats.beta_binomial import Rates, rates_of_others, upper_tail_p


def test_a_unit_is_not_compared_with_itself() -> None:
    counts, trials = np.array([0, 0, 0, 50]), np.full(4, 50)
    rates = rates_of_others(counts, trials, np.ones(4, dtype=bool))
    assert rates.mean[3] == pytest.approx(0.5 / 151)
    assert rates.mean[0] == pytest.approx(50.5 / 151)


def test_units_that_are_not_known_teach_nothing() -> None:
    known = np.array([True, True, False])
    rates = rates_of_others(np.array([1, 1, 30]), np.full(3, 30), known)
    assert rates.mean[0] == pytest.approx(1.5 / 31)
    assert rates.mean[2] == pytest.approx(2.5 / 61)


@pytest.mark.parametrize("alike", [0.05, 0.3])
def test_the_fit_finds_what_was_drawn(alike: float) -> None:
    random = np.random.default_rng(4)
    n = random.integers(5, 60, 20_000)
    weight = (1 - alike) / alike
    counts = random.binomial(n, random.beta(0.1 * weight, 0.9 * weight, n.size))
    rates = rates_of_others(counts, n, np.ones(n.size, dtype=bool))
    assert rates.mean[0] == pytest.approx(0.1, rel=0.05)
    assert rates.alike[0] == pytest.approx(alike, rel=0.1)


def test_tails_are_those_of_scipy_where_scipy_has_digits() -> None:
    rates = Rates(np.full(3, 0.2), np.full(3, 0.1))
    mine = upper_tail_p(np.array([1, 5, 9]), np.full(3, 12), rates)
    theirs = stats.betabinom.sf(np.array([0, 4, 8]), 12, 0.2 * 9, 0.8 * 9)
    assert mine == pytest.approx(theirs, rel=1e-9)


def test_far_tails_keep_their_digits() -> None:
    rates = Rates(np.array([0.005]), np.array([0.01]))
    (far,) = upper_tail_p(np.array([60]), np.array([60]), rates)
    assert 0 < far < 1e-25


def test_p_values_of_ordinary_units_are_not_too_small() -> None:
    random = np.random.default_rng(8)
    n = random.integers(1, 200, 4000)
    counts = random.binomial(n, random.beta(0.05, 9.95, n.size))
    rates = rates_of_others(counts, n, np.ones(n.size, dtype=bool))
    p_values = upper_tail_p(counts, n, rates)
    for level in (0.1, 0.01, 0.001):
        # Three standard deviations above the level; a plain binomial is ten times beyond it.
        most = level + 3 * np.sqrt(level / n.size)
        assert (p_values <= level).mean() <= most
    plain = stats.binom.sf(counts - 1, n, rates.mean)
    assert (plain <= 0.001).mean() > 0.01


def test_no_count_is_no_evidence() -> None:
    rates = Rates(np.array([0.1, 0.1]), np.array([0.0, 0.2]))
    assert upper_tail_p(np.zeros(2, np.int64), np.array([0, 9]), rates).tolist() == [1.0, 1.0]
