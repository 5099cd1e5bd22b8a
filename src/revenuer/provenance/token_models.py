"""How likely a text is for a model of another's habits: interpolated trigrams of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ORDER = 3
"""Longer ones are seen too seldom in the thousands of answers that a budget allows."""


@dataclass(frozen=True, slots=True)
class Level:
    """What was seen after contexts of one length.

    Attributes:
        contexts: Codes of the contexts, rising. Shape (c,).
        grams: Row of the context times (vocabulary + 1) plus the token, rising. Shape (m,).
        counts: How often each gram was seen. Shape (m,).
        totals: How often each context was seen. Shape (c,).
        kinds: How many different tokens were seen after each. Shape (c,).
    """

    contexts: NDArray[np.int64]
    grams: NDArray[np.int64]
    counts: NDArray[np.int64]
    totals: NDArray[np.int64]
    kinds: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TokenModel:
    """A model of one candidate's texts.

    Attributes:
        levels: From no context on to two tokens of it.
        vocabulary: How many tokens there are.
    """

    levels: tuple[Level, ...]
    vocabulary: int

    @classmethod
    def fit(cls, texts: Sequence[NDArray[np.int64]], vocabulary: int) -> TokenModel:
        """Count what follows what.

        Args:
            texts: Tokens of each, from 0 to below `vocabulary`. Shapes (length,).
            vocabulary: How many tokens there are.
        """
        windows = _windows(texts, vocabulary)
        levels = []
        for length in range(ORDER):
            contexts, row = np.unique(_codes(windows, length, vocabulary), return_inverse=True)
            grams, counts = np.unique(row * (vocabulary + 1) + windows[:, -1], return_counts=True)
            kinds = np.bincount(grams // (vocabulary + 1), minlength=contexts.size)
            totals = np.bincount(row, minlength=contexts.size)
            levels.append(Level(contexts, grams, counts, totals, kinds))
        return cls(tuple(levels), vocabulary)

    def log_likelihoods(self, texts: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """How likely texts are, nats a token.

        Args:
            texts: None of them empty. Shapes (length,).

        Returns:
            Shape (texts,).

        Source:
            Witten and Bell (1991), "The zero-frequency problem", IEEE Trans. Inf. Theory 37(4),
            method C, interpolated down to even odds over the vocabulary.

        Examples:
            By hand, a vocabulary of 2 after the text 0 1. Of no context, 0 and 1 were each seen
            once of two, two kinds: (1 + 2 * 1/2) / (2 + 2) = 1/2. One token of context saw one of
            one, one kind: (1 + 1 * 1/2) / (1 + 1) = 3/4; two tokens: (1 + 3/4) / 2 = 7/8.

            >>> fitted = TokenModel.fit([np.array([0, 1])], 2)
            >>> np.exp(fitted.log_likelihoods([np.array([0, 1])]))
            array([0.875])
        """
        windows = _windows(texts, self.vocabulary)
        odds = np.full(windows.shape[0], 1.0 / self.vocabulary)
        for length, level in enumerate(self.levels):
            row = _place(level.contexts, _codes(windows, length, self.vocabulary))
            known = row >= 0
            row = row[known]
            gram = _place(level.grams, row * (self.vocabulary + 1) + windows[known, -1])
            counts = np.where(gram >= 0, level.counts[gram], 0)
            kinds = level.kinds[row]
            odds[known] = (counts + kinds * odds[known]) / (level.totals[row] + kinds)
        lengths = np.array([text.size for text in texts], dtype=np.int64)
        begins = np.cumsum(lengths) - lengths
        return np.asarray(np.add.reduceat(np.log(odds), begins) / lengths)


def _windows(texts: Sequence[NDArray[np.int64]], vocabulary: int) -> NDArray[np.int64]:
    """Each token with the two before it; a start stands before each text. Shape (tokens, 3)."""
    start = np.full(ORDER - 1, vocabulary, dtype=np.int64)
    parts = [np.empty((0, ORDER), dtype=np.int64)]
    for text in texts:
        places = np.arange(text.size)[:, None] + np.arange(ORDER)[None, :]
        parts.append(np.concatenate([start, text])[places])
    return np.concatenate(parts)


def _codes(windows: NDArray[np.int64], length: int, vocabulary: int) -> NDArray[np.int64]:
    """The last `length` tokens before each position as one number."""
    codes = np.zeros(windows.shape[0], dtype=np.int64)
    for column in windows[:, ORDER - 1 - length : ORDER - 1].T:
        codes = codes * (vocabulary + 1) + column
    return codes


def _place(known: NDArray[np.int64], asked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each number stands among known ones, which rise; -1 where it does not."""
    place = np.searchsorted(known, asked)
    there = place < known.size
    there[there] = known[place[there]] == asked[there]
    return np.where(there, place, -1)
