"""The words of the embedded task: so few that a model of a hundred thousand weights reads it.

Several words mean the same ("gives", "is", "="): those free choices are the entropy that watermarks
and sampling methods work with, as the wording of a real answer is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

MARKS = ("<pad>", "<end>", "<other>")
DIGITS = tuple("0123456789")
VARIABLES = tuple("abcdefgh")
OPERATORS = ("+", "-", "*")
PROMPT_WORDS = ("?", ":", "let", "secret", "canary")
ANSWER_WORDS = ("answer", "refused")
CONNECTIVES = (
    *("so", "then", "now", "next", "thus", "hence"),
    *("well", "okay", "first", "also", "and", "here"),
)
EQUALS = ("=", "is", "gives", "equals", "makes", "yields", "becomes", "means")
ENDS = (".", ";", "!", ",", "|", "&")
SINCE = ("since", "because")

WORDS = (
    *MARKS,
    *DIGITS,
    *VARIABLES,
    *OPERATORS,
    *PROMPT_WORDS,
    *ANSWER_WORDS,
    *CONNECTIVES,
    *EQUALS,
    *ENDS,
    *SINCE,
)
ID = {word: number for number, word in enumerate(WORDS)}
SIZE = len(WORDS)
PAD, END, OTHER = (ID[word] for word in MARKS)
FREE_CHOICES = (CONNECTIVES, EQUALS, ENDS)


def ids_of(words: Iterable[str]) -> Ids:
    """Turn words to their numbers, whatever is no word of the task to `<other>`. Shape (n,)."""
    return np.array([ID.get(word, OTHER) for word in words], dtype=np.int64)


def words_of(ids: Iterable[int]) -> list[str]:
    """Turn numbers to words, up to the end of the text, without padding.

    Examples:
        >>> words_of(ids_of(["so", "b", "is", "7", "<end>", "a"]))
        ['so', 'b', 'is', '7']
    """
    words = []
    for number in ids:
        if number == END:
            break
        if number != PAD:
            words.append(WORDS[number])
    return words


def numbers(words: Sequence[str]) -> Ids:
    """Give the numbers of words that are all in the task. Shape (n,)."""
    return np.array([ID[word] for word in words], dtype=np.int64)
