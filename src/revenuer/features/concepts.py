"""Where in a text which concept is mentioned, for whole populations of texts at once.

A concept is a meaning with its phrasings in several languages. All phrasings are
compiled to prefixes of hashed words, so one walk over the words of a population finds
every concept, in Chinese as in English, without a Python object per text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from revenuer.features.lexicons import LEXICON
from revenuer.features.phrasings import expand
from revenuer.features.shingles import combine
from revenuer.features.words import Words, split_words

# Buckets of the table in front of the sorted prefixes: 1 MB stays in the second-level
# cache, and most of ten thousand prefixes have a bucket to themselves.
BUCKET_BITS = 18
BUCKET_SHIFT = np.uint64(64 - BUCKET_BITS)
# Words looked up at a time, so that intermediate arrays stay in cache too.
BLOCK = 1 << 17
# Places between the last word of one text and the first of the next: more than any
# reach, so that nothing is near across texts.
GAP = 256
# More words than any population has.
PLACES = 1 << 48

Names = str | tuple[str, ...]


@dataclass(frozen=True)
class Concepts:
    """The mentions of every concept in n texts.

    Attributes:
        places: For each concept, where it is mentioned: word numbers, increasing, with
            a gap between texts.
        owners: For each concept, the text of each mention.
        size: The number of texts.
    """

    places: Mapping[str, NDArray[np.int64]]
    owners: Mapping[str, NDArray[np.int64]]
    size: int

    def count(self, names: Names) -> NDArray[np.float64]:
        """Mentions of any of these concepts in each text. Shape (n,)."""
        owners = np.concatenate([self.owners[name] for name in as_tuple(names)])
        return np.bincount(owners, minlength=self.size).astype(np.float64)

    def has(self, names: Names) -> NDArray[np.bool_]:
        """Whether each text mentions any of these concepts. Shape (n,)."""
        found = np.zeros(self.size, np.bool_)
        for name in as_tuple(names):
            found[self.owners[name]] = True
        return found

    def before(self, first: Names, second: Names, *, reach: int) -> NDArray[np.bool_]:
        """Whether `first` starts at most `reach` words before `second`. Shape (n,)."""
        places, owners = self._merged(first)
        found = np.zeros(self.size, np.bool_)
        found[owners[_followed(places, self._merged(second)[0], reach)]] = True
        return found

    def near(self, one: Names, other: Names, *, reach: int) -> NDArray[np.bool_]:
        """Whether the two start at most `reach` words apart, in any order. Shape (n,)."""
        return self.before(one, other, reach=reach) | self.before(other, one, reach=reach)

    def joined(self, one: Names, other: Names, *, reach: int, name: str) -> Concepts:
        """The same, with one more concept: mentions of `one` that have `other` near.

        In either order, because verbs come last in Japanese and Korean.
        """
        places, owners = self._merged(one)
        others = self._merged(other)[0]
        kept = _followed(places, others, reach) | _preceded(places, others, reach)
        return Concepts(
            {**self.places, name: places[kept]}, {**self.owners, name: owners[kept]}, self.size
        )

    def _merged(self, names: Names) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places and owners of any of these concepts, in reading order."""
        chosen = as_tuple(names)
        if len(chosen) == 1:
            return self.places[chosen[0]], self.owners[chosen[0]]
        places = np.concatenate([self.places[name] for name in chosen])
        owners = np.concatenate([self.owners[name] for name in chosen])
        order = np.argsort(places, kind="stable")
        return places[order], owners[order]


def as_tuple(names: Names) -> tuple[str, ...]:
    """One name or several, as several."""
    return (names,) if isinstance(names, str) else names


def _followed(first: NDArray[np.int64], second: NDArray[np.int64], reach: int) -> NDArray[np.bool_]:
    """Mask of `first`: a place of `second` follows within `reach`, or is the same place."""
    if not second.size:
        return np.zeros(first.size, np.bool_)
    following = np.searchsorted(second, first, side="left")
    gap = second[np.minimum(following, second.size - 1)] - first
    found: NDArray[np.bool_] = (gap >= 0) & (gap <= reach)
    return found


def _preceded(second: NDArray[np.int64], first: NDArray[np.int64], reach: int) -> NDArray[np.bool_]:
    """Mask of `second`: a place of `first` stands at most `reach` before it."""
    return _followed(-second[::-1], -first[::-1], reach)[::-1]


@dataclass(frozen=True)
class Prefixes:
    """The beginnings of all phrasings that are n words long.

    Attributes:
        hashes: Sorted. Shape (k,).
        first: For each bucket of high bits, the first prefix in it, -1 if there is none.
            Shape (2**BUCKET_BITS,).
        crowd: Prefixes in the fullest bucket.
        goes_on: Whether a longer phrasing starts so. Shape (k,).
        ends: (position in `hashes`, number of the concept) of phrasings that end here,
            sorted by position. Shape (m, 2).
    """

    hashes: NDArray[np.uint64]
    first: NDArray[np.int32]
    crowd: int
    goes_on: NDArray[np.bool_]
    ends: NDArray[np.int64]

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
class Lexicon:
    """Concepts, compiled.

    Attributes:
        names: The concepts, in the order of their numbers.
        levels: Prefixes of one word, of two, and so on.
    """

    names: tuple[str, ...]
    levels: tuple[Prefixes, ...]

    def find(self, words: Words) -> Concepts:
        """Find every concept in every text."""
        last = np.zeros(words.hashes.size, np.bool_)
        last[words.offsets[1:][words.lengths > 0] - 1] = True
        starts = np.arange(words.hashes.size, dtype=np.int64)
        runs = words.hashes
        found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        for depth, level in enumerate(self.levels):
            known, rank = level.find(runs)
            starts, runs = starts[known], runs[known]
            found.append(_ending(level, starts, rank))
            longer = level.goes_on[rank] & ~last[starts + depth]
            starts = starts[longer]
            runs = combine(runs[longer], words.hashes[starts + depth + 1])
        return self._sorted(words, found)

    def _sorted(
        self, words: Words, found: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]]
    ) -> Concepts:
        # One number for both, because sorting numbers is faster than sorting pairs.
        both = np.concatenate([concepts * PLACES + starts for starts, concepts in found])
        concepts, starts = np.divmod(np.sort(both), PLACES)
        owners = np.searchsorted(words.offsets, starts, side="right") - 1
        places = starts + owners * GAP
        bounds = np.searchsorted(concepts, np.arange(len(self.names) + 1))
        slices = [slice(a, b) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]
        return Concepts(
            {name: places[part] for name, part in zip(self.names, slices, strict=True)},
            {name: owners[part] for name, part in zip(self.names, slices, strict=True)},
            len(words),
        )


def _ending(
    level: Prefixes, starts: NDArray[np.int64], rank: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Starts and concept numbers of the phrasings that end at this level."""
    low = np.searchsorted(level.ends[:, 0], rank, side="left")
    many = np.searchsorted(level.ends[:, 0], rank, side="right") - low
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return np.repeat(starts, many), level.ends[np.repeat(low, many) + within, 1]


def compile_lexicon(lexicon: Mapping[str, Mapping[str, str]]) -> Lexicon:
    """Compile phrasings to prefixes.

    Args:
        lexicon: For each concept, for each language, patterns as `phrasings.expand`
            reads them.
    """
    phrasings, owners = [], []
    for number, patterns in enumerate(lexicon.values()):
        for phrasing in sorted({p for text in patterns.values() for p in expand(text)}):
            phrasings.append(phrasing)
            owners.append(number)
    words = split_words(phrasings)
    lengths, firsts = words.lengths, words.offsets[:-1]
    runs = words.hashes[firsts]
    numbers = np.asarray(owners, np.int64)
    levels = []
    for depth in range(int(lengths.max())):
        if depth:
            alive = lengths > depth
            runs, lengths = runs[alive], lengths[alive]
            firsts, numbers = firsts[alive], numbers[alive]
            runs = combine(runs, words.hashes[firsts + depth])
        levels.append(_compile_level(runs, lengths > depth + 1, numbers))
    return Lexicon(tuple(lexicon), tuple(levels))


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
    ends = np.stack([rank[~goes_on], numbers[~goes_on]], axis=1).astype(np.int64)
    return Prefixes(hashes, first, int(crowds.max()), longer, np.unique(ends, axis=0))


@cache
def the_lexicon() -> Lexicon:
    """The concepts that come with Revenuer, compiled once."""
    return compile_lexicon(LEXICON)


def find_concepts(system_words: Words, words: Words) -> Concepts:
    """Every concept of the lexicon in each system prompt and the prompt after it."""
    return the_lexicon().find(join_words(system_words, words))


def join_words(first: Words, second: Words) -> Words:
    """Each text of `first` with the text of `second` after it."""
    if not first.hashes.size:
        return second
    offsets = first.offsets + second.offsets
    hashes = np.empty(first.hashes.size + second.hashes.size, np.uint64)
    # The words of `first` are moved on by all words of `second` in the texts before.
    hashes[np.arange(first.hashes.size) + np.repeat(second.offsets[:-1], first.lengths)] = (
        first.hashes
    )
    hashes[np.arange(second.hashes.size) + np.repeat(first.offsets[1:], second.lengths)] = (
        second.hashes
    )
    return Words(hashes, offsets)


def concept_counts(concepts: Concepts, names: Sequence[str]) -> NDArray[np.float64]:
    """Mentions of each concept in each text. Shape (n, len(names))."""
    return np.stack([concepts.count(name) for name in names], axis=1)


def weigh(*readings: tuple[NDArray[np.bool_], float]) -> NDArray[np.float64]:
    """How sure several readings make one, each sure to its own degree: a noisy or.

    Args:
        readings: Which texts read so, shape (n,), and how often such a text is meant
            so, in [0, 1].

    Returns:
        1 minus the chance that every reading is mistaken. Shape (n,).

    Source:
        Pearl (1988), "Probabilistic Reasoning in Intelligent Systems", section 4.3.2.

    Examples:
        By hand: 1 - 0.5 * 0.2 is 0.9.

        >>> weigh((np.array([True, False]), 0.5), (np.array([True, True]), 0.8))
        array([0.9, 0.8])
    """
    mistaken = np.ones(readings[0][0].size)
    for reads_so, sureness in readings:
        mistaken *= np.where(reads_so, 1 - sureness, 1.0)
    return 1 - mistaken
