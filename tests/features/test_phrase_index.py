"""Phrases found in texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from revenuer.features.phrase_index import index_phrases
from revenuer.features.words import split_words

WORDS = st.sampled_from(["a", "b", "c"])
PHRASES = st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=6)
TEXTS = st.lists(st.lists(WORDS, max_size=8), max_size=6)


def _slow(phrases: list[list[str]], texts: list[list[str]]) -> list[tuple[int, int]]:
    found = set()
    place = 0
    for text in texts:
        for start in range(len(text)):
            for label, phrase in enumerate(phrases):
                if text[start : start + len(phrase)] == phrase:
                    found.add((label, place + start))
        place += len(text)
    return sorted(found)


@given(phrases=PHRASES, texts=TEXTS)
def test_it_finds_what_a_loop_over_all_phrases_finds(
    phrases: list[list[str]], texts: list[list[str]]
) -> None:
    index = index_phrases(split_words([" ".join(p) for p in phrases]), range(len(phrases)))
    labels, starts = index.find(split_words([" ".join(text) for text in texts]))
    assert list(zip(labels.tolist(), starts.tolist(), strict=True)) == _slow(phrases, texts)


def test_a_phrase_does_not_run_into_the_next_text() -> None:
    index = index_phrases(split_words(["hidden reasoning"]), [0])
    assert index.find(split_words(["it is hidden", "reasoning matters"]))[0].size == 0


def test_more_words_than_one_block_are_searched() -> None:
    index = index_phrases(split_words(["needle here"]), [3])
    labels, starts = index.find(split_words(["hay " * 200_000 + "needle here"]))
    assert labels.tolist() == [3]
    assert starts.tolist() == [200_000]
