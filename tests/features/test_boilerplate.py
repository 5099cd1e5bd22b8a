"""What stays the same from prompt to prompt of one account."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from revenuer.features.boilerplate import (
    RECURRENT_SHARE,
    RECURS_IN,
    SHINGLE_WORDS,
    recurrent_shingles,
    repeat_share,
    shingle_counts,
)
from revenuer.features.shingles import ngram_hashes
from revenuer.features.words import Words, split_words


@dataclass(frozen=True)
class Sent:
    """Prompts and who sent them."""

    account: NDArray[np.int32]
    n_accounts: int
    text: pa.StringArray
    words: Words

    @property
    def shingles(self) -> Words:
        return ngram_hashes(self.words, SHINGLE_WORDS)

    @property
    def has_words(self) -> NDArray[np.bool_]:
        return self.words.lengths > 0


def _prompts(**texts: list[str | None]) -> Sent:
    """The sampled prompts of each account."""
    sizes = [len(theirs) for theirs in texts.values()]
    account = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)
    text = pa.array([text for theirs in texts.values() for text in theirs], pa.string())
    return Sent(account, len(texts), text, split_words(text))


def _shingles(text: str) -> set[int]:
    return set(ngram_hashes(split_words([text]), 3).hashes.tolist())


def _recurrent(prompts: Sent) -> set[int]:
    return set(
        recurrent_shingles(prompts.account, prompts.shingles, prompts.has_words)[
            "shingle"
        ].to_list()
    )


def test_the_fixed_part_recurs_and_the_slots_do_not() -> None:
    prompts = _prompts(a=[f"Rate the answer below {word} from one to five" for word in "xyz"])
    assert _recurrent(prompts) == _shingles("Rate the answer below") | _shingles("from one to five")


def test_a_sentence_that_two_accounts_say_once_each_recurs_in_neither() -> None:
    said = "The same five words here"
    assert _recurrent(_prompts(a=[said, "Another thing altogether"], b=[said])) == set()


def test_a_sentence_twice_in_one_prompt_counts_once() -> None:
    prompts = _prompts(a=["go on then, go on then, go on then"])
    counts = shingle_counts(prompts.account, prompts.shingles, prompts.has_words)
    assert counts["prompts"].max() == 1
    assert _recurrent(prompts) == set()


def test_shares_are_of_the_prompts_with_words() -> None:
    prompts = _prompts(a=["one two three", "one two three", "four five six", None, "..."])
    counts = shingle_counts(prompts.account, prompts.shingles, prompts.has_words)
    found = {row[0]: row[1:] for row in counts.select("shingle", "prompts", "share").iter_rows()}
    (fixed,), (other,) = _shingles("one two three"), _shingles("four five six")
    assert found[fixed] == (2, pytest.approx(2 / 3))
    assert found[other] == (1, pytest.approx(1 / 3))


def test_a_shingle_must_recur_in_a_share_of_the_prompts() -> None:
    fixed = "give the final value"
    for others, recurs in ((10, True), (30, False)):
        texts = [fixed] * RECURS_IN + [f"question {k} about topic {k}" for k in range(others)]
        assert (RECURS_IN / len(texts) >= RECURRENT_SHARE) == recurs
        assert (_shingles(fixed) <= _recurrent(_prompts(a=texts))) == recurs


def test_no_prompts_have_no_boilerplate() -> None:
    prompts = _prompts()
    assert shingle_counts(prompts.account, prompts.shingles, prompts.has_words).is_empty()
    assert repeat_share(prompts.account, 0, prompts.text).shape == (0,)


def test_repeats_are_counted_to_the_letter_and_within_an_account() -> None:
    prompts = _prompts(
        a=["same", "same", "other", "Same"],
        b=["same", "different"],
        c=["again"] * 4,
        d=[None, None],
    )
    shares = repeat_share(prompts.account, prompts.n_accounts, prompts.text).tolist()
    assert shares[:3] == [0.5, 0.0, 1.0]
    assert math.isnan(shares[3])
