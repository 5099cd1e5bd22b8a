"""Teacher among candidates: named where it is there, none where it is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from revenuer.provenance.attribution import attribute, candidate_models, leans
from revenuer.provenance.token_models import TokenModel

VOCABULARY = 12


def talker(rng, base=None, own=1.0):
    """Habits of a bigram; those of a student are its own and its teacher's mixed."""
    mine = rng.dirichlet(np.full(VOCABULARY, 0.3), size=VOCABULARY)
    return mine if base is None else own * mine + (1 - own) * base


def say(habits, rng, texts=15, length=40):
    spoken = [rng.integers(VOCABULARY, size=texts)]
    ends = habits.cumsum(axis=1)
    for _ in range(length - 1):
        spoken.append((rng.random((texts, 1)) > ends[spoken[-1]]).sum(axis=1).clip(max=11))
    return list(np.stack(spoken, axis=1))


@given(
    st.lists(st.lists(st.integers(0, 4), max_size=8), max_size=4),
    st.integers(0, 4),
    st.integers(0, 4),
)
def test_next_token_odds_sum_to_one(texts, first, second):
    fitted = TokenModel.fit([np.array(text, dtype=np.int64) for text in texts], 5)
    prefix = np.array([first, second])
    before = 2 * fitted.log_likelihoods([prefix])
    after = 3 * fitted.log_likelihoods([np.append(prefix, token) for token in range(5)])
    assert np.exp(after - before).sum() == pytest.approx(1.0)


def test_leans_sum_to_nothing_and_point_to_whose_words_they_are():
    rng = np.random.default_rng(0)
    teachers = {name: talker(rng) for name in "abc"}
    models = candidate_models({name: say(one, rng) for name, one in teachers.items()}, VOCABULARY)
    found = leans(models, say(teachers["b"], rng))
    assert found.sum() == pytest.approx(0.0, abs=1e-9)
    assert found.argmax() == 1


def world(rng, teachers=3, controls=60):
    """Candidates, and students of others who have learned from none of them."""
    habits = [talker(rng) for _ in range(teachers)]
    models = candidate_models({str(i): say(one, rng) for i, one in enumerate(habits)}, VOCABULARY)
    strangers = np.array([
        leans(models, say(talker(rng, talker(rng), 0.5), rng, texts=4)) for _ in range(controls)
    ])  # fmt: skip
    return habits, models, strangers


def test_a_student_of_a_candidate_is_named():
    rng = np.random.default_rng(1)
    habits, models, strangers = world(rng)
    for teacher, taught in enumerate(habits):
        lean = leans(models, say(talker(rng, taught, 0.5), rng, texts=4))
        found = attribute(tuple("012"), lean, strangers, alpha=0.05)
        assert found.named == str(teacher)
        assert found.false_names.low <= 0.05


def test_strangers_are_named_no_more_often_than_promised():
    rng = np.random.default_rng(2)
    named = 0
    _, _, strangers = world(rng, controls=260)
    for start in range(200):
        few = np.concatenate([strangers[:start], strangers[start + 1 :]])
        few = few[rng.permutation(len(few))[:60]]
        named += attribute(tuple("012"), strangers[start], few, alpha=0.05).named is not None
    assert binomtest(named, 200, 0.05, "greater").pvalue > 1e-3


def test_false_names_are_those_of_controls_among_the_other_controls():
    controls = np.column_stack([np.arange(41.0), -np.arange(41.0)])
    found = attribute(("a", "b"), np.array([0.0, 0.0]), controls, alpha=0.05)
    # The last leads in a, at 1 / 41 twice; the first in neither, since both of its leans are 0.
    assert (found.false_names.count, found.false_names.total) == (1, 41)


def test_too_few_controls_name_nobody():
    controls = np.zeros((38, 2))
    found = attribute(("a", "b"), np.array([5.0, -5.0]), controls, alpha=0.05)
    assert (found.named, found.controls_needed) == (None, 39)
    more = attribute(("a", "b"), np.array([5.0, -5.0]), np.zeros((39, 2)), alpha=0.05)
    assert more.named == "a"


def test_a_candidate_with_more_text_has_no_more_weight():
    rng = np.random.default_rng(3)
    much, little = say(talker(rng), rng, texts=50), say(talker(rng), rng, texts=5)
    models = candidate_models({"much": much, "little": little}, VOCABULARY)
    assert models["much"].levels[0].totals.tolist() == models["little"].levels[0].totals.tolist()


def test_one_candidate_or_no_text_is_refused():
    model = TokenModel.fit([np.array([0])], 2)
    with pytest.raises(ValueError, match="two candidates"):
        leans({"a": model}, [np.array([0])])
    with pytest.raises(ValueError, match="not empty"):
        leans({"a": model, "b": model}, [])
