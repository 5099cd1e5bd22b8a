"""Where in a text which concept is mentioned, for whole populations of texts at once.

A concept is a meaning with its phrasings in several languages. One walk over the words
of a population finds every concept, in Chinese as in English, without a Python object
per text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from revenuer.features.lexicons import LEXICON
from revenuer.features.phrase_index import PhraseIndex, index_phrases
from revenuer.features.phrasings import expand
from revenuer.features.words import Words, split_words

# Places between the last word of one text and the first of the next: more than any
# reach, so that nothing is near across texts.
GAP = 256

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
class Lexicon:
    """Concepts, compiled; `names` in the order of their labels in `index`."""

    names: tuple[str, ...]
    index: PhraseIndex

    def find(self, words: Words) -> Concepts:
        """Find every concept in every text."""
        labels, starts = self.index.find(words)
        owners = np.searchsorted(words.offsets, starts, side="right") - 1
        places = starts + owners * GAP
        bounds = np.searchsorted(labels, np.arange(len(self.names) + 1))
        parts = dict(zip(self.names, (slice(a, b) for a, b in pairwise(bounds)), strict=True))
        return Concepts(
            {name: places[part] for name, part in parts.items()},
            {name: owners[part] for name, part in parts.items()},
            len(words),
        )


def compile_lexicon(lexicon: Mapping[str, Mapping[str, str]]) -> Lexicon:
    """Compile concepts.

    Args:
        lexicon: For each concept, for each language, patterns as `phrasings.expand`
            reads them.
    """
    phrasings, labels = [], []
    for label, patterns in enumerate(lexicon.values()):
        for phrasing in sorted({p for text in patterns.values() for p in expand(text)}):
            phrasings.append(phrasing)
            labels.append(label)
    return Lexicon(tuple(lexicon), index_phrases(split_words(phrasings), labels))


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
