"""Runs of words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.features.shingles import combine, ngram_hashes
from revenuer.features.words import split_words, word_hash

TEXTS = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=7), max_size=8)


def _slow(text: list[str], n: int) -> list[int]:
    runs = []
    for start in range(len(text) - n + 1):
        run = np.array([word_hash(text[start])], np.uint64)
        for word in text[start + 1 : start + n]:
            run = combine(run, np.array([word_hash(word)], np.uint64))
        runs.append(int(run[0]))
    return runs


@given(texts=TEXTS, n=st.integers(1, 5))
def test_runs_are_those_of_a_loop_over_each_text(texts: list[list[str]], n: int) -> None:
    runs = ngram_hashes(split_words([" ".join(text) for text in texts]), n)
    found = [
        runs.hashes[a:b].tolist() for a, b in zip(runs.offsets, runs.offsets[1:], strict=False)
    ]
    assert found == [_slow(text, n) for text in texts]


def test_order_of_words_changes_the_hash() -> None:
    runs = ngram_hashes(split_words(["dog bites man", "man bites dog"]), 3).hashes
    assert runs[0] != runs[1]


def test_a_run_of_no_words_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ngram_hashes(split_words(["a"]), 0)
