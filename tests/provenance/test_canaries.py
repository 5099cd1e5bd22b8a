"""Canaries: drawn evenly, found word for word, and judged by exact chances."""

from itertools import product
from math import comb, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, norm

from revenuer.provenance.canaries import (
    chance_of,
    code_of,
    make_canaries,
    rank_test,
    recall_test,
    recalled,
)


def test_canaries_follow_from_their_secret_and_nothing_else():
    first = make_canaries(b"s" * 32, 50)
    assert first == make_canaries(b"s" * 32, 50)
    assert first[:20] == make_canaries(b"s" * 32, 20)
    assert len({one.prompt for one in first} | {one.code for one in first}) == 100
    assert not {one.code for one in first} & {one.code for one in make_canaries(b"t" * 32, 50)}


def test_the_words_of_codes_are_drawn_evenly():
    words = tuple("abcdefg")
    codes = [
        code_of(b"s" * 32, index, decoy, words=words) for index in range(300) for decoy in (0, 1)
    ]
    said = [word for code in codes for word in code.split()]
    assert chisquare([said.count(word) for word in words]).pvalue > 1e-3


@given(st.lists(st.sampled_from(["ba", "du", "no"]), max_size=7))
def test_chance_bounds_how_often_an_answer_holds_a_code(said):
    """Over every code of two words: an answer fixed before holds at most that share of them."""
    codes = [" ".join(code) for code in product(["ba", "du", "no"], repeat=2)]
    share = sum(recalled(" ".join(said), code) for code in codes) / len(codes)
    assert share <= chance_of(3, 2, said_words=len(said)) + 1e-12


def test_recall_is_of_whole_words():
    assert not recalled("bada fekitalo", "bada feki")
    assert not recalled("xbada feki", "bada feki")
    assert recalled("BADA, feki!", "bada feki")


def test_eighteen_of_twenty_recalled_is_no_chance():
    """The arm that was measured: 18 of 20 at 1e-4 each; a control with none says nothing."""
    found = recall_test(np.arange(20) < 18, 1e-4)
    assert 0 < found.p_value < 1e-69
    assert (round(found.rate.low, 3), round(found.rate.high, 3)) == (0.683, 0.988)
    assert recall_test(np.zeros(20, dtype=bool), 1e-4).p_value == 1.0


def test_rank_sums_are_worked_out_exactly():
    scores = np.array([[-1.0, -2.0, 0.0], [-3.0, -1.0, -2.0], [0.0, -1.0, -1.0]])
    sums = [sum(ranks) for ranks in product((1, 2, 3), repeat=3)]
    wanted = np.mean([one <= 2 + 3 + 1 for one in sums])
    assert rank_test(scores).p_value == pytest.approx(wanted)


def test_the_measured_mean_rank_has_the_tail_that_was_reported():
    """One copy of each of 20 codes: mean rank 22.6 of 200 against 100.5, z about 6."""
    rng = np.random.default_rng(0)
    scores = rng.permuted(np.tile(-np.arange(200.0), (20, 1)), axis=1)
    wanted = np.array([22] * 8 + [23] * 12)
    for row, rank in zip(scores, wanted, strict=True):
        place = np.flatnonzero(row == 1.0 - rank)[0]
        row[0], row[place] = row[place], row[0]
    found = rank_test(scores)
    assert (found.mean_rank, found.null_mean) == (22.6, 100.5)
    # A sum of ranks is close to one of uniforms, whose tail is known (Irwin 1927, Hall 1927).
    at = 20 * (22.6 - 0.5 + 0.5 / 20) / 200
    tail = sum((-1) ** k * comb(20, k) * (at - k) ** 20 for k in range(3)) / factorial(20)
    assert found.p_value == pytest.approx(tail, rel=0.05)
    # Lighter than the normal tail of the reported z.
    assert found.p_value < norm.sf((100.5 - 22.6) / np.sqrt((200**2 - 1) / 12 / 20)) < 1e-9


def test_rank_p_values_of_strangers_are_valid():
    rng = np.random.default_rng(1)
    found = np.array([rank_test(rng.normal(size=(5, 8))).p_value for _ in range(2000)])
    for alpha in (0.01, 0.05, 0.3):
        assert (found <= alpha).mean() <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / 2000)


def test_ties_count_against_the_true_code():
    assert rank_test(np.zeros((3, 4))).p_value == 1.0


@pytest.mark.parametrize("bad", [np.zeros((0, 3)), np.zeros((2, 1)), np.full((1, 3), np.nan)])
def test_what_cannot_be_ranked_is_refused(bad):
    with pytest.raises(ValueError, match="log_probabilities"):
        rank_test(bad)
