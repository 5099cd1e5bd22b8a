"""Texts as hashed words: against a loop, and the same in every script."""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.features.words import UNSPACED, split_words, word_hash

LINES = st.lists(
    st.one_of(st.none(), st.text(alphabet="aBé9 ,.-\n\t'思ンก_", max_size=20)), max_size=10
)
UNSPACED_NAMES = ("CJK UNIFIED", "HIRAGANA", "KATAKANA", "THAI")


def _by_loop(text: str | None) -> list[str]:
    words, run = [], ""
    for char in (text or "").lower():
        alone = unicodedata.name(char, "").startswith(UNSPACED_NAMES)
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


def _by_expressions(texts: list[str | None]) -> list[list[str]]:
    """Words by regular expressions over whole columns, as they were split at first."""
    lower = pc.utf8_lower(pc.fill_null(pa.array(texts, pa.string()), ""))
    spaced = pc.replace_substring_regex(lower, rf"({UNSPACED})", r" \1 ")
    split = pc.replace_substring_regex(spaced, r"[^\p{L}\p{N}\p{M}]+", " ")
    return [text.split(" ") if text else [] for text in pc.utf8_trim(split, " ").to_pylist()]


@given(texts=st.lists(st.one_of(st.none(), st.text(max_size=12)), max_size=6))
def test_words_of_every_script_are_those_of_regular_expressions(texts: list[str | None]) -> None:
    words = split_words(texts)
    wanted = _by_expressions(texts)
    assert words.lengths.tolist() == [len(one) for one in wanted]
    assert words.hashes.tolist() == [word_hash(word) for one in wanted for word in one]


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["one two", None, "逐步 three", "", "four"]
    whole = split_words(texts)
    monkeypatch.setattr("revenuer.features.words.BLOCK", 2)
    parts = split_words(texts)
    assert parts.hashes.tolist() == whole.hashes.tolist()
    assert parts.offsets.tolist() == whole.offsets.tolist()


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
