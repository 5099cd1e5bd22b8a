"""Texts as ragged arrays of hashed words, made column-wise.

A word is a run of letters or digits, lower-cased; a character of a script that is
written without spaces (Han, Kana, Thai and the like) is a word of its own, so shingles
and lexicons work the same in Chinese and in English.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

UNSPACED = r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}])"
NOT_A_WORD = r"[^\p{L}\p{N}\p{M}]+"


@dataclass(frozen=True, slots=True)
class Words:
    """Hashed words of n texts, back to back.

    Attributes:
        hashes: xxh3-64 of each word, in reading order. Shape (n_words,).
        offsets: Text i is `hashes[offsets[i]:offsets[i + 1]]`. Shape (n + 1,).
    """

    hashes: NDArray[np.uint64]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.offsets.size - 1)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Words of each text. Shape (n,)."""
        return np.diff(self.offsets)

    @property
    def owner(self) -> NDArray[np.int64]:
        """The text each word belongs to. Shape (n_words,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def take(self, texts: NDArray[np.int64]) -> Words:
        """The words of some texts, in the order given."""
        lengths = self.lengths[texts]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        starts = np.repeat(self.offsets[texts] - offsets[:-1], lengths)
        return Words(self.hashes[starts + np.arange(offsets[-1])], offsets)


def word_hash(word: str) -> int:
    """The number that stands for one word (already lower-cased)."""
    return xxhash.xxh3_64_intdigest(word.encode())


def split_words(texts: pa.StringArray | pa.ChunkedArray | Sequence[str | None]) -> Words:
    """Split texts into hashed words.

    Args:
        texts: Shape (n,); null is a text without words.

    Examples:
        >>> words = split_words(["Think step by step.", None, "逐步思考"])
        >>> words.lengths
        array([4, 0, 4])
        >>> int(words.hashes[1]) == word_hash("step")
        True
    """
    column = (
        texts if isinstance(texts, pa.Array | pa.ChunkedArray) else pa.array(texts, pa.string())
    )
    spaced = pc.replace_substring_regex(pc.utf8_lower(pc.fill_null(column, "")), UNSPACED, r" \1 ")
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(spaced, NOT_A_WORD, " "))
    lists = pc.split_pattern(plain, " ")
    if isinstance(lists, pa.ChunkedArray):
        lists = lists.combine_chunks()
    # An empty text splits into one empty word: give it none.
    lengths = np.where(
        pc.equal(plain, "").to_numpy(zero_copy_only=False),
        0,
        pc.list_value_length(lists).to_numpy(zero_copy_only=False),
    )
    flat = lists.flatten()
    flat = flat.filter(pc.not_equal(flat, ""))
    coded = flat.dictionary_encode()
    vocabulary = np.fromiter(
        (word_hash(word) for word in coded.dictionary.to_pylist()), np.uint64, len(coded.dictionary)
    )
    hashes = vocabulary[coded.indices.to_numpy()] if len(flat) else np.empty(0, np.uint64)
    return Words(hashes, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))
