"""Texts as ragged arrays of hashed words, made column-wise.

A word is a run of letters or digits, lower-cased; a character of a script that is
written without spaces (Han, Kana, Thai and the like) is a word of its own, so shingles
and lexicons work the same in Chinese and in English.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

UNSPACED = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
WORD = r"[\p{L}\p{N}\p{M}]"
SEPARATOR, LETTER, ALONE = 0, 1, 2
"""Kinds of characters: between words, in words, and words of their own."""
VARIATIONS = np.arange(0xE0000, 0xE1000)
"""Marks of the plane that has nothing else."""
BLOCK = 1 << 15
"""Texts that are split at once: what is made on the way is a few times their size."""


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
    column = column.cast(pa.large_string())
    parts = [
        _split(chunk.slice(start, BLOCK))
        for chunk in (column.chunks if isinstance(column, pa.ChunkedArray) else [column])
        for start in range(0, len(chunk), BLOCK)
    ]
    lengths = np.concatenate([np.empty(0, np.int64), *(lengths for _, lengths in parts)])
    return Words(
        np.concatenate([np.empty(0, np.uint64), *(hashes for hashes, _ in parts)]),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def _split(texts: pa.LargeStringArray) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The hash of each word of some texts, and how many words each text has.

    By their bytes and not by regular expressions, which take five times as long.
    """
    lower = pc.utf8_lower(pc.fill_null(texts, ""))
    _, ends, letters = lower.buffers()
    ends = np.frombuffer(ends, np.int64)[lower.offset : lower.offset + len(lower) + 1]
    data = np.frombuffer(letters or b"", np.uint8)[ends[0] : ends[-1]]
    ends = ends - ends[0]
    kind, alone = kinds_of_bytes(data)
    within = kind > SEPARATOR
    begins = within.copy()
    begins[1:] &= kind[1:] != kind[:-1]
    begins[alone] = True
    # A text ends a word, though the next one follows it without a gap.
    heads = ends[:-1][ends[:-1] < ends[1:]]
    begins[heads] = within[heads]
    closes = within.copy()
    closes[:-1] &= ~within[1:] | begins[1:]
    starts = np.flatnonzero(begins)
    # Where the words lie once all else is left out.
    sizes = np.flatnonzero(closes) + 1 - starts
    places = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    words = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), starts.size, [None, pa.py_buffer(places), pa.py_buffer(data[within])]
    )
    return _hashed(words), np.diff(np.searchsorted(starts, ends))


def kinds_of_bytes(data: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The kind of the character that each byte of UTF-8 belongs to.

    Returns:
        `SEPARATOR`, `LETTER` or `ALONE`, shape (n,), and where the last begin, shape (m,).
    """
    kinds = kinds_of_characters()
    kind = kinds[data]
    lead = np.flatnonzero(data >= 0xC0)
    if not lead.size:
        return kind, lead
    # Bytes behind the lead carry six bits each; the text is whole, so none is missing.
    size = 2 + (data[lead] >= 0xE0) + (data[lead] >= 0xF0)
    code = (data[lead] & (0x7F >> size)).astype(np.int64)
    for place in range(1, 4):
        some = size > place
        code[some] = code[some] << 6 | data[lead[some] + place] & 0x3F
    found = kinds[code]
    for place in range(4):
        some = size > place
        kind[lead[some] + place] = found[some]
    return kind, lead[found == ALONE]


@cache
def kinds_of_characters() -> NDArray[np.uint8]:
    """The kind of every character by its code point. Shape (0x110000,)."""
    # Other planes have no letters: they are empty or private. Surrogates are no characters.
    codes = np.concatenate([np.arange(0xD800), np.arange(0xE000, 0x40000), VARIATIONS])
    text = codes.astype("<u4").tobytes().decode("utf-32-le")
    characters = pa.array(list(text), pa.string())
    word = pc.match_substring_regex(characters, WORD).to_numpy(zero_copy_only=False)
    alone = pc.match_substring_regex(characters, UNSPACED).to_numpy(zero_copy_only=False)
    kinds = np.full(0x110000, SEPARATOR, np.uint8)
    kinds[codes[word]] = LETTER
    kinds[codes[word & alone]] = ALONE
    return kinds


def _hashed(words: pa.LargeBinaryArray) -> NDArray[np.uint64]:
    """The hash of each word; each distinct one is hashed once."""
    coded = words.dictionary_encode()
    vocabulary = coded.dictionary.to_pylist()
    hashes = np.fromiter(map(xxhash.xxh3_64_intdigest, vocabulary), np.uint64, len(vocabulary))
    return np.asarray(hashes[coded.indices.to_numpy()])
