"""Ranks in a baseline: against a loop, and valid for exchangeable scores."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from revenuer.stats.upper_ranks import upper_rank_p

# Few distinct values, so that ties are common.
SCORES = st.lists(st.one_of(st.integers(0, 5).map(float), st.just(float("nan"))), max_size=25)


@given(scores=SCORES, baseline=SCORES)
def test_it_counts_what_a_loop_counts(scores: list[float], baseline: list[float]) -> None:
    known = [value for value in baseline if value == value]
    expected = [
        (1 + sum(value >= score for value in known)) / (len(known) + 1)
        if score == score
        else np.nan
        for score in scores
    ]
    found = upper_rank_p(np.array(scores), np.array(baseline))
    np.testing.assert_array_equal(found, expected)


def test_it_is_the_complement_of_scipys_strict_percentile() -> None:
    rng = np.random.default_rng(1)
    baseline, scores = rng.integers(0, 9, 50).astype(float), np.arange(-1.0, 11.0)
    strictly_below = [percentileofscore(baseline, score, kind="strict") for score in scores]
    expected = (1 + 50 * (1 - np.array(strictly_below) / 100)) / 51
    np.testing.assert_allclose(upper_rank_p(scores, baseline), expected)


@given(scores=SCORES, baseline=SCORES, shift=st.integers(-3, 3))
def test_only_the_order_of_scores_matters(
    scores: list[float], baseline: list[float], shift: int
) -> None:
    one = upper_rank_p(np.array(scores), np.array(baseline))
    moved = upper_rank_p(np.exp(np.array(scores) + shift), np.exp(np.array(baseline) + shift))
    np.testing.assert_array_equal(one, moved)


def test_a_statistic_that_is_the_same_for_everybody_is_no_evidence() -> None:
    assert upper_rank_p(np.zeros(4), np.zeros(1000)).tolist() == [1.0] * 4


def test_without_a_baseline_nothing_is_rare() -> None:
    assert upper_rank_p(np.array([9.0]), np.array([np.nan])).tolist() == [1.0]


def test_it_is_valid_for_a_score_that_is_exchangeable_with_the_baseline() -> None:
    rng = np.random.default_rng(5)
    draws = rng.poisson(2.0, size=(4000, 40)).astype(float)
    p_values = np.array([upper_rank_p(row[:1], row[1:])[0] for row in draws])
    for level in (0.025, 0.05, 0.1, 0.25, 0.5):
        error = 3 * np.sqrt(level * (1 - level) / p_values.size)
        assert (p_values <= level).mean() <= level + error
