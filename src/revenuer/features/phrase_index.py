"""Finding thousands of phrases in millions of words, in one walk.

The beginnings of all phrases of n words form a sorted table of hashes; a word that
begins no phrase is dropped at once, and only the rest is compared with longer ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.features.shingles import combine
from revenuer.features.words import Words

# Buckets of the table in front of the sorted prefixes: 1 MB stays in the second-level
# cache, and most of ten thousand prefixes have a bucket to themselves.
BUCKET_BITS = 18
BUCKET_SHIFT = np.uint64(64 - BUCKET_BITS)
# Words looked up at a time, so that intermediate arrays stay in cache too.
BLOCK = 1 << 17
# More words than any population has: label and place share one number, because sorting
# numbers is faster than sorting pairs.
PLACES = 1 << 48


@dataclass(frozen=True)
class Prefixes:
    """The beginnings of all phrases that are n words long.

    Attributes:
        hashes: Sorted. Shape (k,).
        first: For each bucket of high bits, the first prefix in it, -1 if there is none.
            Shape (2**BUCKET_BITS,).
        crowd: Prefixes in the fullest bucket.
        goes_on: Whether a longer phrase starts so. Shape (k,).
        labels: Labels of the phrases that end here, in the order of `hashes`. Shape (m,).
        bounds: Prefix i ends phrases with `labels[bounds[i]:bounds[i + 1]]`. Shape (k + 1,).
    """

    hashes: NDArray[np.uint64]
    first: NDArray[np.int32]
    crowd: int
    goes_on: NDArray[np.bool_]
    labels: NDArray[np.int64]
    bounds: NDArray[np.int64]

    def find(self, runs: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Which runs are known, and as which prefix: positions in `runs`, in `hashes`."""
        blocks = [self._find_block(runs, start) for start in range(0, runs.size, BLOCK)]
        none = (np.empty(0, np.int64), np.empty(0, np.int32))
        known, rank = zip(none, *blocks, strict=True)
        return np.concatenate(known), np.concatenate(rank)

    def _find_block(
        self, runs: NDArray[np.uint64], start: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        wanted = runs[start : start + BLOCK]
        rank = self.first[(wanted >> BUCKET_SHIFT).astype(np.int32)]
        maybe = np.flatnonzero(rank >= 0)
        wanted, rank = wanted[maybe], rank[maybe]
        for _ in range(self.crowd - 1):
            rank += self.hashes[rank] < wanted
            np.minimum(rank, self.hashes.size - 1, out=rank)
        exact = self.hashes[rank] == wanted
        return maybe[exact] + start, rank[exact]


@dataclass(frozen=True)
class PhraseIndex:
    """Labelled phrases, compiled. `levels`: prefixes of one word, of two, and so on."""

    levels: tuple[Prefixes, ...]

    def find(self, words: Words) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every phrase in every text: its label, and the number of its first word.

        Sorted by label, then by place. No phrase runs from one text into the next.
        """
        last = np.zeros(words.hashes.size, np.bool_)
        last[words.offsets[1:][words.lengths > 0] - 1] = True
        starts = np.arange(words.hashes.size, dtype=np.int64)
        runs = words.hashes
        found = []
        for depth, level in enumerate(self.levels):
            known, rank = level.find(runs)
            starts, runs = starts[known], runs[known]
            found.append(_ending(level, starts, rank))
            longer = level.goes_on[rank] & ~last[starts + depth]
            starts = starts[longer]
            runs = combine(runs[longer], words.hashes[starts + depth + 1])
        return np.divmod(np.sort(np.concatenate(found)), PLACES)


def _ending(
    level: Prefixes, starts: NDArray[np.int64], rank: NDArray[np.int32]
) -> NDArray[np.int64]:
    """Labels and starts of the phrases that end at this level, each pair one number."""
    low = level.bounds[rank]
    many = level.bounds[rank + 1] - low
    some = np.flatnonzero(many)
    starts, low, many = starts[some], low[some], many[some]
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    labels = level.labels[np.repeat(low, many) + within]
    pairs: NDArray[np.int64] = labels * PLACES + np.repeat(starts, many)
    return pairs


def index_phrases(phrases: Words, labels: Sequence[int]) -> PhraseIndex:
    """Compile phrases, given as hashed words, each with its label.

    A phrase may have several labels, and be the beginning of another.
    """
    lengths, firsts = phrases.lengths, phrases.offsets[:-1]
    runs = phrases.hashes[firsts]
    numbers = np.asarray(labels, np.int64)
    levels = []
    for depth in range(int(lengths.max())):
        if depth:
            alive = lengths > depth
            runs, lengths = runs[alive], lengths[alive]
            firsts, numbers = firsts[alive], numbers[alive]
            runs = combine(runs, phrases.hashes[firsts + depth])
        levels.append(_compile_level(runs, lengths > depth + 1, numbers))
    return PhraseIndex(tuple(levels))


def _compile_level(
    runs: NDArray[np.uint64], goes_on: NDArray[np.bool_], numbers: NDArray[np.int64]
) -> Prefixes:
    hashes, rank = np.unique(runs, return_inverse=True)
    buckets, starts, crowds = np.unique(
        (hashes >> BUCKET_SHIFT).astype(np.int64), return_index=True, return_counts=True
    )
    first = np.full(1 << BUCKET_BITS, -1, np.int32)
    first[buckets] = starts
    longer = np.zeros(hashes.size, np.bool_)
    longer[rank[goes_on]] = True
    ends = np.unique(np.stack([rank[~goes_on], numbers[~goes_on]], axis=1), axis=0)
    bounds = np.searchsorted(ends[:, 0], np.arange(hashes.size + 1))
    return Prefixes(hashes, first, int(crowds.max()), longer, ends[:, 1].copy(), bounds)
