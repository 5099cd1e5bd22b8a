"""The test by drawn keys: exact where nothing is marked, strong where something is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, kstest

from revenuer.provenance.radioactivity import (
    Expected,
    Pairs,
    pairs_of,
    radioactivity,
    statistics,
)
from revenuer.provenance.scores import Score
from revenuer.stats.green_list import (
    contexts_of,
    green,
    green_mask,
    keyed_uniforms,
    keyed_uniforms_of,
    tournament_bits,
)
from revenuer.stats.keyed_hash import key_states

VOCABULARY, WIDTH = 40, 2
SCORES = (Score("green", gamma=0.5), Score("green", gamma=0.25), Score("gumbel"),
          Score("tournament", layers=8))  # fmt: skip


def style(rng, skew=0.4):
    """The next-token probabilities of a model with habits: of a bigram, skewed."""
    return rng.dirichlet(np.full(VOCABULARY, skew), size=VOCABULARY)


def sampled(model, length, rng, *, key=b"", mark="green", gamma=0.5, delta=0.0, share=1.0):
    """Text of a bigram model, some of its tokens marked."""
    text = list(rng.integers(0, VOCABULARY, WIDTH))
    while len(text) < length:
        odds = model[text[-1]]
        context = np.array([text[-WIDTH:]])
        if key and rng.random() < share:
            if mark == "green":
                odds = odds * np.exp(delta * green_mask(context, VOCABULARY, key, gamma)[0])
                odds = odds / odds.sum()
            else:
                draws = keyed_uniforms(context, VOCABULARY, key)[0]
                text.append(int(np.argmax(np.log(draws) / np.maximum(odds, 1e-12))))
                continue
        text.append(int(rng.choice(VOCABULARY, p=odds)))
    return np.array(text)


def expected(model, text, top=8):
    """What the model would have said at each position, its likeliest tokens only."""
    rows = model[text[WIDTH - 1 : -1]]
    likeliest = np.argsort(-rows, axis=1)[:, :top]
    return Expected(likeliest, np.take_along_axis(rows, likeliest, axis=1))


def asked(text, keys, score=SCORES[0], *, owner=None, drawn=199, seed=0, repeats="all"):
    pairs = pairs_of(contexts_of(text, WIDTH), text[WIDTH:], owner=owner, repeats=repeats)
    return radioactivity(pairs, keys, score, drawn=drawn, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("score", SCORES, ids=str)
@pytest.mark.parametrize("paired", [False, True])
def test_p_values_of_unmarked_text_are_even(score, paired):
    """However repetitive the text: 400 keys that it was made without, on one text."""
    rng = np.random.default_rng(3)
    model = style(rng, skew=0.05)
    text = sampled(model, 1500, rng)
    keys = [rng.bytes(32) for _ in range(400)]
    owner = expected(model, text) if paired else None
    found = asked(text, keys, score, owner=owner, drawn=999, seed=5).p_values
    # Drawn keys are shared, so that the ranks wander together a little: 999 of them, 0.02 or so.
    assert kstest(found, "uniform").pvalue > 1e-3
    low = binomtest(int((found <= 0.05).sum()), 400).proportion_ci(
        method="exact", confidence_level=0.999
    )
    assert low.low <= 0.05 <= low.high + 0.02


def test_p_values_are_valid_over_fresh_texts_and_fresh_draws():
    rng = np.random.default_rng(8)
    model = style(rng)
    found = np.concatenate([
        asked(sampled(model, 60, rng), [rng.bytes(32)], drawn=19, seed=seed).p_values
        for seed in range(400)
    ])  # fmt: skip
    for alpha in (0.05, 0.1, 0.5):
        assert binomtest(int((found <= alpha).sum()), 400, alpha, "greater").pvalue > 1e-3
    assert found.min() == 1 / 20


def test_pairing_finds_what_style_hides():
    """As measured with trained students: the plain z of 2.8 was 13.6 when paired."""
    rng = np.random.default_rng(1)
    model, key = style(rng, skew=0.03), b"the true key"
    text = sampled(model, 4000, rng, key=key, delta=1.0)
    plain = asked(text, [key])
    paired = asked(text, [key], owner=expected(model, text))
    assert paired.z[0] > 2 * plain.z[0]
    assert paired.p_values[0] == 1 / 200


@pytest.mark.parametrize(
    ("mark", "score"), [("green", SCORES[0]), ("gumbel", Score("gumbel"))], ids=["green", "gumbel"]
)
def test_the_key_that_marked_is_named_among_many_accounts(mark, score):
    rng = np.random.default_rng(2)
    model, keys = style(rng), [rng.bytes(32) for _ in range(50)]
    text = sampled(model, 1500, rng, key=keys[17], mark=mark, delta=1.5)
    found = asked(text, keys, score, owner=expected(model, text), drawn=1999)
    assert found.p_values.argmin() == 17
    assert found.p_values[17] == 1 / 2000
    assert (np.delete(found.p_values, 17) > 1e-3).sum() >= 48


def test_power_grows_with_the_share_of_marked_text():
    rng = np.random.default_rng(4)
    model, key = style(rng), b"key"
    z = []
    for share in (0.0, 0.3, 1.0):
        text = sampled(model, 3000, rng, key=key, delta=1.5, share=share)
        z.append(asked(text, [key], owner=expected(model, text)).z[0])
    assert z[0] < 3 < z[1] < z[2]


def test_an_open_models_probabilities_are_stronger_than_its_samples():
    rng = np.random.default_rng(6)
    model, key = style(rng), b"key"
    text = sampled(model, 400, rng)
    contexts = contexts_of(text, WIDTH)
    owner = expected(model, text, top=VOCABULARY)
    tilted = owner.probabilities * np.exp(0.3 * green(contexts, owner.tokens, key, 0.5))
    open_model = Expected(owner.tokens, tilted / tilted.sum(axis=1, keepdims=True))
    sample = np.array([
        rng.choice(row, p=odds)
        for row, odds in zip(open_model.tokens, open_model.probabilities, strict=True)
    ])  # fmt: skip
    rngs = (np.random.default_rng(0), np.random.default_rng(0))
    closed = radioactivity(
        pairs_of(contexts, sample, owner=owner), [key], SCORES[0], drawn=199, rng=rngs[0]
    )
    opened = radioactivity(
        pairs_of(contexts, None, suspect=open_model, owner=owner),
        [key], SCORES[0], drawn=199, rng=rngs[1],
    )  # fmt: skip
    assert opened.z[0] > 10 > closed.z[0] + 3


@given(st.integers(0, 2**32 - 1))
def test_statistics_are_the_sum_over_positions(seed):
    rng = np.random.default_rng(seed)
    text = rng.integers(0, 6, 30)
    contexts, tokens, key = contexts_of(text, WIDTH), text[WIDTH:], rng.bytes(8)
    owner = Expected(rng.integers(0, 6, (28, 3)), rng.dirichlet(np.ones(4), 28)[:, :3])
    found = statistics(pairs_of(contexts, tokens, owner=owner), key_states([key]), SCORES[1])
    seen = green(contexts, tokens, key, 0.25) - 0.25
    wanted = owner.probabilities * (green(contexts, owner.tokens, key, 0.25) - 0.25)
    assert found[0] == pytest.approx(seen.sum() - wanted.sum(), abs=1e-9)


def test_a_gumbel_score_is_of_the_number_that_marks():
    contexts, tokens = np.array([[1, 2]]), np.array([3])
    found = statistics(pairs_of(contexts, tokens), key_states([b"key"]), Score("gumbel"))
    draw = keyed_uniforms_of(contexts, tokens, b"key")[0]
    assert found[0] == pytest.approx(-np.log(1 - draw) - 1)


def test_once_counts_a_repeated_pair_once():
    pairs = pairs_of(np.array([[1], [1], [2]]), np.array([5, 5, 5]), repeats="once")
    assert pairs.weights.tolist() == [1.0, 1.0]
    assert pairs_of(np.array([[1], [1], [2]]), np.array([5, 5, 5])).weights.tolist() == [2.0, 1.0]


def test_nothing_to_score_is_no_evidence():
    nothing = pairs_of(np.empty((0, 2), dtype=np.int64), np.empty(0, dtype=np.int64))
    found = radioactivity(nothing, [b"key"], SCORES[0], drawn=19, rng=np.random.default_rng(0))
    assert (found.p_values[0], found.z[0], found.lift[0]) == (1.0, 0.0, 0.0)


def test_a_suspect_that_answers_exactly_as_the_owner_is_no_evidence():
    """All scores tie at 0 up to rounding; ties count against the accuser."""
    rng = np.random.default_rng(0)
    text = rng.integers(0, 9, 50)
    same = Expected(rng.integers(0, 9, (48, 4)), rng.dirichlet(np.ones(4), 48))
    pairs = pairs_of(contexts_of(text, 2), None, suspect=same, owner=same)
    found = radioactivity(pairs, [b"key"], SCORES[0], drawn=19, rng=rng)
    assert found.p_values[0] == 1.0


def test_shapes_that_do_not_fit_are_refused():
    contexts = np.zeros((3, 2), dtype=np.int64)
    with pytest.raises(ValueError, match="either"):
        pairs_of(contexts, None)
    with pytest.raises(ValueError, match="3 contexts"):
        pairs_of(contexts, np.zeros(2, dtype=np.int64))
    assert isinstance(pairs_of(contexts, np.zeros(3, dtype=np.int64)), Pairs)


def test_a_tournaments_score_is_the_share_of_its_bits():
    contexts = np.array([[1, 2], [3, 4]])
    bits = tournament_bits(contexts, 10, b"key", 8)
    found = statistics(
        pairs_of(contexts, np.array([7, 9])), key_states([b"key"]), Score("tournament", layers=8)
    )
    assert found[0] == pytest.approx(bits[0, 7].mean() + bits[1, 9].mean() - 1.0)


def test_a_mark_without_a_context_is_tested_too():
    rng = np.random.default_rng(0)
    tokens = rng.integers(0, 100, 800)
    marked = tokens[green(np.empty((800, 0), dtype=np.int64), tokens, b"key", 0.5)]
    pairs = pairs_of(contexts_of(marked, 0), marked)
    found = radioactivity(pairs, [b"key", b"other"], SCORES[0], drawn=199, rng=rng)
    assert (found.p_values[0], found.lift[0]) == (1 / 200, pytest.approx(0.5))
    assert found.p_values[1] > 0.01
