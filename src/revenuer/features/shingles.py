"""Runs of n words as ragged arrays of hashes: shingles for templates, keys for phrases."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.features.words import Words

# The odd multiplier of splitmix64 (Steele, Lea and Flood 2014): it makes the hash of a
# run depend on the order of its words.
MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
SHIFT = np.uint64(29)


def combine(runs: NDArray[np.uint64], words: NDArray[np.uint64] | np.uint64) -> NDArray[np.uint64]:
    """The hash of each run with one more word at its end. Shape as the inputs."""
    mixed = (runs ^ (runs >> SHIFT)) * MULTIPLIER
    return mixed + words


def ngram_hashes(words: Words, n: int) -> Words:
    """Hash every run of `n` neighbouring words; no run crosses from one text to the next.

    Args:
        words: Hashed words of some texts.
        n: Words in a run, at least 1; with 1 the words come back as they are.

    Returns:
        A text of m words has m - n + 1 runs, in reading order, and none if m < n.

    Raises:
        ValueError: `n` is less than 1.

    Examples:
        >>> from revenuer.features.words import split_words
        >>> pairs = ngram_hashes(split_words(["to be or not to be", "be"]), 2)
        >>> pairs.lengths
        array([5, 0])
        >>> bool(pairs.hashes[0] == pairs.hashes[4])
        True
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    if n == 1:
        return words
    lengths = np.maximum(words.lengths - (n - 1), 0)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    width = words.hashes.size - (n - 1)
    if width <= 0:
        return Words(np.empty(0, np.uint64), offsets)
    runs = words.hashes[:width]
    for place in range(1, n):
        runs = combine(runs, words.hashes[place : place + width])
    return Words(runs[_inside(words, n)[:width]], offsets)


def _inside(words: Words, n: int) -> NDArray[np.bool_]:
    """Mask of the words at which a run of `n` fits into the text. Shape (n_words,)."""
    fits = np.ones(words.hashes.size, np.bool_)
    ends = words.offsets[1:]
    for back in range(1, n):
        # The last n - 1 words of each text start no run; an empty text must not reach
        # back into the one before it.
        starts = ends - back
        fits[starts[starts >= words.offsets[:-1]]] = False
    return fits
