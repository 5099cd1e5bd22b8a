"""Texts as hashed words: against a loop, and the same in every script."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.features.words import split_words, word_hash

LINES = st.lists(
    st.one_of(st.none(), st.text(alphabet="aBé9 ,.-\n\t'思ンก_", max_size=20)), max_size=10
)
UNSPACED = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "THAI")


def _by_loop(text: str | None) -> list[str]:
    words, run = [], ""
    for char in (text or "").lower():
        alone = unicodedata.name(char, "").startswith(UNSPACED)
        if unicodedata.category(char)[0] in "LNM" and not alone:
            run += char
            continue
        words += [run] if run else []
        words += [char] if alone else []
        run = ""
    return words + ([run] if run else [])


def _hashes(text: str | None) -> list[int]:
    return split_words([text]).hashes.tolist()


@given(texts=LINES)
def test_words_are_those_of_a_loop_over_characters(texts: list[str | None]) -> None:
    words = split_words(texts)
    found = [
        words.hashes[start:end].tolist()
        for start, end in zip(words.offsets, words.offsets[1:], strict=False)
    ]
    assert found == [[word_hash(word) for word in _by_loop(text)] for text in texts]


@given(texts=LINES)
def test_every_word_has_an_owner(texts: list[str | None]) -> None:
    words = split_words(texts)
    assert len(words) == len(texts)
    assert words.owner.size == words.hashes.size == words.lengths.sum()
    assert np.bincount(words.owner, minlength=len(texts)).tolist() == words.lengths.tolist()


@pytest.mark.parametrize("texts", [[], [None], [""], ["  \n", "...", None]])
def test_texts_without_words_have_none(texts: list[str | None]) -> None:
    words = split_words(texts)
    assert len(words) == len(texts)
    assert words.lengths.sum() == 0
    assert words.hashes.dtype == np.uint64


def test_case_and_punctuation_do_not_count() -> None:
    assert _hashes("Think, STEP-by-step!") == _hashes("think step by step")


def test_words_run_on_over_digits_and_accents() -> None:
    assert split_words(["gpt4 naïve"]).lengths.tolist() == [2]


def test_characters_of_unspaced_scripts_are_words() -> None:
    assert split_words(["逐步思考", "ถาม", "ひと"]).lengths.tolist() == [4, 3, 2]
    assert _hashes("用python写") == [word_hash(word) for word in ("用", "python", "写")]


def test_an_arrow_column_in_chunks_is_read_like_a_list() -> None:
    column = pa.chunked_array([["one two", None], [], ["three"]], type=pa.string())
    words = split_words(column)
    assert words.offsets.tolist() == [0, 2, 2, 3]
    assert words.hashes.tolist() == split_words(["one two", None, "three"]).hashes.tolist()


def test_a_sliced_column_is_read_from_where_it_starts() -> None:
    column = pa.array(["zero", "one two", "three"], pa.string()).slice(1)
    assert split_words(column).offsets.tolist() == [0, 2, 3]
    assert split_words(column).hashes.tolist() == split_words(["one two", "three"]).hashes.tolist()
