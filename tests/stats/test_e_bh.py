"""e-BH: against a loop over the definition, and the promise that it makes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from revenuer.stats.calibrators import log_e_from_p
from revenuer.stats.e_bh import e_bh

NATS = st.lists(st.floats(-50, 50), max_size=30).map(lambda values: np.array(values, float))
ALPHA = st.floats(0.001, 0.999)


def _by_definition(e_values: NDArray[np.float64], alpha: float) -> NDArray[np.bool_]:
    """Wang and Ramdas (2022), definition 2: the k largest, k the last with k e_[k] / n >= 1/a."""
    n = len(e_values)
    order = sorted(range(n), key=lambda place: -e_values[place])
    most = 0
    for k in range(1, n + 1):
        if k * e_values[order[k - 1]] / n >= 1 / alpha:
            most = k
    cut = e_values[order[most - 1]] if most else np.inf
    return np.array([value >= cut for value in e_values], dtype=bool)


@given(values=st.lists(st.integers(0, 400), max_size=25), percent=st.integers(1, 99))
def test_it_selects_what_the_definition_selects(values: list[int], percent: int) -> None:
    # Quarters of nats, so that no rounding decides at the bar.
    nats = np.array(values, float) / 64
    alpha = percent / 100 + 1e-7
    assert e_bh(nats, alpha=alpha).tolist() == _by_definition(np.exp(nats), alpha).tolist()


def test_one_hypothesis_needs_one_over_alpha() -> None:
    assert e_bh(np.log([20.0]), alpha=0.05 + 1e-12).all()
    assert not e_bh(np.log([19.9]), alpha=0.05).any()


def test_no_hypotheses_select_nothing() -> None:
    assert e_bh(np.array([]), alpha=0.05).shape == (0,)


def test_e_values_too_large_for_a_float_are_selected() -> None:
    assert e_bh(np.array([5000.0, 0.0]), alpha=0.05).tolist() == [True, False]


@given(nats=NATS, alpha=ALPHA, seed=st.integers(0, 1000))
def test_order_does_not_matter(nats: NDArray[np.float64], alpha: float, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(nats.size)
    assert (e_bh(nats[order], alpha=alpha) == e_bh(nats, alpha=alpha)[order]).all()


@given(nats=NATS, alpha=ALPHA, lift=st.floats(0, 20))
def test_more_evidence_or_a_laxer_bound_loses_no_selection(
    nats: NDArray[np.float64], alpha: float, lift: float
) -> None:
    before = e_bh(nats, alpha=alpha)
    raised = nats.copy()
    raised[: nats.size // 2] += lift
    after = e_bh(raised, alpha=alpha)
    assert not (before & ~after)[: nats.size // 2].any()
    assert not (before & ~e_bh(nats, alpha=(1 + alpha) / 2)).any()


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, 2.0, np.nan])
def test_a_bound_that_is_no_rate_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        e_bh(np.zeros(3), alpha=alpha)


def test_unknown_evidence_is_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        e_bh(np.array([1.0, np.nan]), alpha=0.05)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
def test_false_discoveries_stay_below_the_bound_however_dependent(correlation: float) -> None:
    rng = np.random.default_rng(7)
    n, n_null, alpha, rounds = 60, 40, 0.2, 1500
    shares = np.empty(rounds)
    for number in range(rounds):
        shared, own = rng.normal(), rng.normal(size=n)
        z = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
        # An e-value of N(0, 1) against N(2, 1): mean one under the null.
        nats = 2 * (z + np.where(np.arange(n) < n_null, 0.0, 2.0)) - 2
        selected = e_bh(nats, alpha=alpha)
        shares[number] = selected[:n_null].sum() / max(selected.sum(), 1)
    # Among true nulls only: the bound is alpha times their share.
    assert shares.mean() <= alpha * n_null / n + 3 * shares.std() / np.sqrt(rounds)


def test_signals_are_found() -> None:
    rng = np.random.default_rng(3)
    p_values = np.concatenate([rng.uniform(0.001, 1, 80), np.full(20, 1e-6)])
    selected = e_bh(log_e_from_p(p_values), alpha=0.05)
    assert selected[80:].all()
    assert not selected[:80].any()
