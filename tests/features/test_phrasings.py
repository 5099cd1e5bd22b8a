"""The notation of the lexicons."""

from __future__ import annotations

import pytest

from revenuer.features.lexicons import LEXICON
from revenuer.features.phrasings import expand
from revenuer.features.words import split_words

# Words of one or two letters that every text holds; as a phrasing, one would fire always.
EVERYWHERE = {
    "a",
    "an",
    "the",
    "of",
    "to",
    "in",
    "is",
    "it",
    "and",
    "or",
    "b",
    "c",
    "i",
    "的",
    "一",
}


def test_groups_multiply_and_may_be_empty() -> None:
    assert expand("(a|b) (very |)big c") == ["a very big c", "a big c", "b very big c", "b big c"]


def test_a_group_may_go_on_in_the_next_line() -> None:
    assert expand("(a|\n      b) c\nd, e") == ["a c", "b c", "d", "e"]


def test_a_comma_inside_a_group_does_not_end_the_phrasing() -> None:
    assert expand("x (a,b|c)") == ["x a,b", "x c"]


@pytest.mark.parametrize(
    ("verb", "past"), [("grade+", "graded"), ("copy+", "copied"), ("trim+", "trimmed")]
)
def test_a_plus_inflects(verb: str, past: str) -> None:
    assert past in expand(verb)


def test_a_tilde_adds_korean_particles() -> None:
    assert "추론을" in expand("추론~")


@pytest.mark.parametrize("concept", LEXICON)
def test_no_pattern_is_left_unexpanded_or_without_words(concept: str) -> None:
    phrasings = [p for patterns in LEXICON[concept].values() for p in expand(patterns)]
    assert [p for p in phrasings if set(p) & set("()|~+")] == []
    assert split_words(phrasings).lengths.min() >= 1


@pytest.mark.parametrize("concept", LEXICON)
def test_no_phrasing_is_a_word_that_every_text_holds(concept: str) -> None:
    phrasings = {p.lower() for patterns in LEXICON[concept].values() for p in expand(patterns)}
    assert phrasings & EVERYWHERE == set()


@pytest.mark.parametrize("concept", ["hidden-mind", "mind", "disclose", "verbatim", "own"])
def test_elicitation_is_worded_in_eleven_languages(concept: str) -> None:
    languages = {"en", "zh", "ja", "ko", "es", "fr", "de", "ru", "pt", "ar", "vi"}
    assert set(LEXICON[concept]) >= languages
