"""Ranks against a baseline that the guilty are part of."""

from __future__ import annotations

import numpy as np
import pytest

from revenuer.stats.contaminated_ranks import contaminated_rank_p


def _p(score: float, baseline: np.ndarray, contamination: float) -> float:
    reached = np.array([(baseline >= score).sum()])
    return float(
        contaminated_rank_p(reached, np.array([baseline.size]), contamination=contamination)[0]
    )


def test_without_contamination_it_is_the_plain_rank() -> None:
    assert _p(3.0, np.arange(1.0, 5.0), 0.0) == pytest.approx(3 / 5)


def test_it_never_leaves_the_unit_interval() -> None:
    assert _p(0.0, np.arange(10.0), 0.5) == 1.0
    assert 0 < _p(99.0, np.arange(10.0), 0.5) < 1


@pytest.mark.parametrize("guilty_at", [-5.0, 0.0, 5.0])
@pytest.mark.parametrize("contamination", [0.15, 0.5])
def test_an_innocent_is_rarely_surprising_wherever_the_guilty_are(
    guilty_at: float, contamination: float
) -> None:
    """P(p <= t) <= t, with as many guilty as the bound allows; the guilty sit low, amid, high."""
    rng = np.random.default_rng(7)
    n, rounds, bar = 100, 4000, 0.1
    n_guilty = int(contamination * n)
    below = 0
    for _ in range(rounds):
        innocent = rng.normal(size=n - n_guilty + 1)
        baseline = np.concatenate([innocent[1:], rng.normal(guilty_at, 1, n_guilty)])
        below += _p(innocent[0], baseline, contamination) <= bar
    assert below / rounds <= bar + 3 * np.sqrt(bar * (1 - bar) / rounds)


def test_ignoring_the_bound_breaks_the_promise() -> None:
    """The test above can fail: quiet guilty accounts make innocents look extreme."""
    rng = np.random.default_rng(7)
    below = 0
    for _ in range(2000):
        innocent = rng.normal(size=51)
        baseline = np.concatenate([innocent[1:], rng.normal(-5, 1, 50)])
        below += _p(innocent[0], baseline, 0.0) <= 0.1
    assert below / 2000 > 0.15


def test_a_bound_of_all_is_refused() -> None:
    with pytest.raises(ValueError, match="contamination"):
        contaminated_rank_p(np.array([1]), np.array([2]), contamination=1.0)
