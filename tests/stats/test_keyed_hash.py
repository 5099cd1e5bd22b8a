"""The keyed hash: published numbers, even draws, and one answer however it is asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chisquare, kstest

from revenuer.stats.green_list import (
    contexts_of,
    green,
    green_mask,
    keyed_uniforms,
    keyed_uniforms_of,
)
from revenuer.stats.keyed_hash import WEYL, drawn_states, evenly, hashed, key_states, mixed

tokens = st.integers(-(2**63), 2**63 - 1)
texts = arrays(np.int64, st.integers(0, 12), elements=tokens)


def test_the_mixing_gives_the_published_outputs_of_splitmix64():
    seeds = np.uint64(1234567) + WEYL * np.arange(1, 6, dtype=np.uint64)
    assert mixed(seeds).tolist() == [
        6457827717110365317, 3203168211198807973, 9817491932198370423,
        4593380528125082431, 16408922859458223821,
    ]  # fmt: skip


@given(texts, st.integers(0, 3), st.binary(min_size=1, max_size=40))
def test_a_token_has_one_answer_alone_in_a_row_and_among_keys(text, width, key):
    contexts, after = contexts_of(text, width), text[width:]
    alone = hashed(contexts, after, key_states([key]))[0]
    beside = hashed(contexts, after[:, None], key_states([b"another", key]))[1]
    assert (alone == beside[:, 0]).all()


def test_a_mask_is_the_answers_for_its_tokens():
    contexts = np.array([[3, 9], [9, 3]])
    mask, draws = green_mask(contexts, 50, b"key", 0.25), keyed_uniforms(contexts, 50, b"key")
    asked = np.tile(np.arange(50), (2, 1))
    assert (mask == green(contexts, asked, b"key", 0.25)).all()
    assert (draws == keyed_uniforms_of(contexts, asked, b"key")).all()
    assert (mask == (draws < 0.25)).all()
    assert (mask[0] != mask[1]).any()


def test_draws_are_even_and_strangers_to_context_token_and_key():
    contexts = np.stack(np.meshgrid(np.arange(60), np.arange(60)), -1).reshape(-1, 2)
    draws = keyed_uniforms(contexts, 64, b"key")
    assert kstest(draws.ravel(), "uniform").pvalue > 1e-3
    cells = np.histogram2d(draws[:-1].ravel(), draws[1:].ravel(), bins=16)[0]
    assert chisquare(cells.ravel()).pvalue > 1e-3
    cells = np.histogram2d(draws[:, :-1].ravel(), draws[:, 1:].ravel(), bins=16)[0]
    assert chisquare(cells.ravel()).pvalue > 1e-3
    other = keyed_uniforms(contexts, 64, b"kez")
    assert abs(np.corrcoef(draws.ravel(), other.ravel())[0, 1]) < 0.01


def test_green_shares_over_drawn_keys_spread_as_independent_tokens_do():
    contexts, after = np.arange(2000).reshape(-1, 1) % 300, np.arange(2000) // 300
    shares = evenly(hashed(contexts, after, drawn_states(2000, np.random.default_rng(1)))) < 0.25
    spread = shares.mean(axis=1).std()
    assert spread == pytest.approx(np.sqrt(0.25 * 0.75 / 2000), rel=0.06)


def test_no_context_is_one_list_for_the_whole_text():
    assert contexts_of(np.arange(3), 0).shape == (3, 0)
    masks = green_mask(np.empty((2, 0), dtype=np.int64), 100, b"key", 0.5)
    assert (masks[0] == masks[1]).all()


@pytest.mark.parametrize("gamma", [0.0, 1.0, -1.0])
def test_a_share_that_is_none_is_refused(gamma):
    with pytest.raises(ValueError, match="gamma"):
        green_mask(np.zeros((1, 1), dtype=np.int64), 5, b"key", gamma)
