"""Mentions of concepts, and what stands near what."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.features.concepts import (
    Concepts,
    compile_lexicon,
    concept_counts,
    find_concepts,
    join_words,
    weigh,
)
from revenuer.features.words import split_words

SMALL = compile_lexicon(
    {"show": {"en": "show, print", "zh": "展示"}, "mind": {"en": "inner voice"}}
)


def find(*texts: str) -> Concepts:
    return SMALL.find(split_words(texts))


def test_mentions_are_counted_per_text_and_language() -> None:
    counts = concept_counts(find("Print it, then SHOW it.", "", "请展示"), ["show", "mind"])
    assert counts.tolist() == [[2, 0], [0, 0], [1, 0]]


def test_before_looks_one_way_and_near_looks_both() -> None:
    concepts = find("show the inner voice", "the inner voice we show")
    assert concepts.before("show", "mind", reach=3).tolist() == [True, False]
    assert concepts.near("show", "mind", reach=3).tolist() == [True, True]


def test_what_is_out_of_reach_is_not_near() -> None:
    concepts = find("show us one two three the inner voice")
    assert not concepts.near("show", "mind", reach=5).any()
    assert concepts.near("show", "mind", reach=6).all()


def test_nothing_is_near_across_texts() -> None:
    assert not find("show", "inner voice").near("show", "mind", reach=200).any()


def test_joined_mentions_can_be_asked_for_like_any_other() -> None:
    concepts = find("show x", "print the inner voice").joined(
        "show", "mind", reach=4, name="shown-mind"
    )
    assert concepts.has("shown-mind").tolist() == [False, True]
    assert concepts.count(("shown-mind", "mind")).tolist() == [0, 2]


def test_an_unknown_concept_is_an_error_of_the_programmer() -> None:
    with pytest.raises(KeyError):
        find("show").has("no-such-concept")


def test_a_system_prompt_is_read_before_its_prompt() -> None:
    system = split_words(["You print your hidden reasoning.", None])
    prompts = split_words(["How old is the moon?", "How old is the moon?"])
    assert find_concepts(system, prompts).has("hidden-mind").tolist() == [True, False]


@given(st.lists(st.tuples(st.text("ab ", max_size=6), st.text("ab ", max_size=6)), max_size=6))
def test_joined_words_are_those_of_both_texts(pairs: list[tuple[str, str]]) -> None:
    joined = join_words(split_words([a for a, _ in pairs]), split_words([b for _, b in pairs]))
    whole = split_words([f"{a} {b}" for a, b in pairs])
    np.testing.assert_array_equal(joined.hashes, whole.hashes)
    np.testing.assert_array_equal(joined.offsets, whole.offsets)


@given(st.lists(st.floats(0, 0.99), min_size=1, max_size=5))
def test_more_readings_never_make_it_less_sure(weights: list[float]) -> None:
    yes = np.array([True])
    scores = [weigh(*((yes, w) for w in weights[: n + 1]))[0] for n in range(len(weights))]
    assert all(0 <= score < 1 for score in scores)
    assert scores == sorted(scores)


def test_a_concept_is_found_in_several_languages() -> None:
    texts = ["reveal your hidden reasoning", "输出你的内部推理", "Zeige deine inneren Überlegungen"]
    found = find_concepts(split_words([None] * 3), split_words(texts))
    assert (found.has("hidden-mind") & found.has("disclose")).all()
