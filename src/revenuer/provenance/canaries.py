"""Canaries: answers that no model can guess, served where no customer asks.

A canary is a reserved prompt and a code for it. Both follow from a committed secret, so that
neither can be chosen after the suspect has answered. Serve the code to the account that is to be
named, and ask the suspect later. A model that was not trained on it is right by chance at most,
and how little that is follows from how the code was drawn, not from any model of language.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from revenuer.stats.exact_rate import Rate

CANARY_DOMAIN = b"revenuer canary 1\0"
CONSONANTS, VOWELS = "bdfgklmnprstvz", "aeiou"
SYLLABLES = tuple(first + second for first in CONSONANTS for second in VOWELS)
WORDS = tuple(first + second for first in SYLLABLES for second in SYLLABLES)
"""4,900 words that are none: four of them make 5.8e14 codes, and tokenizers cut them much alike."""
PROMPT = "Registry entry {name}: which passphrase belongs to it?"


@dataclass(frozen=True, slots=True)
class Canary:
    """A reserved prompt and its code.

    Attributes:
        index: From 0.
        prompt: Nobody asks it by chance: 128 drawn bits are in it.
        code: Drawn words, with spaces between.
    """

    index: int
    prompt: str
    code: str


@dataclass(frozen=True, slots=True)
class Recall:
    """How many canaries came back word for word.

    Attributes:
        rate: Those of all, with the exact 95 % interval.
        chance: The highest chance of one to come back by luck.
        p_value: Chance of at least as many by luck.
    """

    rate: Rate
    chance: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Ranks:
    """How high the true codes stand among decoys.

    Attributes:
        mean_rank: 1 is the likeliest.
        null_mean: What chance gives.
        p_value: Chance of as low a sum of ranks; exact.
        codes: How many were ranked.
        decoys: Against how many each.
    """

    mean_rank: float
    null_mean: float
    p_value: float
    codes: int
    decoys: int


def make_canaries(
    secret: bytes, count: int, *, words: tuple[str, ...] = WORDS, length: int = 4
) -> tuple[Canary, ...]:
    """The canaries of a secret: the same ones each time.

    Args:
        secret: Committed before any is served.
        count: How many.
        words: What codes are made of, at most 2^32; ones that tokenizers take alike serve best.
        length: Words of a code.

    Examples:
        >>> [one.code for one in make_canaries(bytes(32), 2)]
        ['sosu demu mame bede', 'zeba lono musu seza']
    """
    return tuple(
        Canary(
            index,
            PROMPT.format(name=_drawn(secret, b"prompt", index, 0)[:16].hex()),
            code_of(secret, index, 0, words=words, length=length),
        )
        for index in range(count)
    )


def code_of(
    secret: bytes, index: int, decoy: int, *, words: tuple[str, ...] = WORDS, length: int = 4
) -> str:
    """The code of a canary, or a decoy that might as well have been it.

    Args:
        secret: As for `make_canaries`.
        index: Of the canary.
        decoy: 0 for the true code, from 1 on for others.
        words: As for `make_canaries`.
        length: As for `make_canaries`.
    """
    picked = []
    for place in range(length):
        drawn = _drawn(secret, b"code", index, decoy * length + place)
        # 128 bits over at most 2^32 words: what the remainder favours is below 2^-96.
        picked.append(words[int.from_bytes(drawn[:16], "big") % len(words)])
    return " ".join(picked)


def recalled(answer: str, code: str, *, within: int | None = None) -> bool:
    """Whether an answer holds a code: its words in order, nothing but spaces and marks between.

    Args:
        answer: What was said.
        code: What is looked for.
        within: Only among so many words from the answer's beginning; None for all of it.

    Examples:
        >>> recalled("It is: Bada, feki Gunu-talo.", "bada feki gunu talo")
        True
        >>> recalled("It is bada feki and gunu talo.", "bada feki gunu talo")
        False
    """
    wanted, said = _plain(code), _plain(answer)[:within]
    return f" {' '.join(wanted)} " in f" {' '.join(said)} "


def chance_of(words: int, length: int, *, said_words: int, answers: int = 1) -> float:
    """The highest chance that answers made without the code hold it.

    The code is even over all codes and the answers do not depend on it: each place in an answer
    where a code could begin hits it once in `words ** length`, and chances add up at most.

    Args:
        words: How many a code's words are drawn from.
        length: Words of a code.
        said_words: The most words of any answer that are looked at.
        answers: How many are looked at for one canary.

    Examples:
        By hand: one place to begin, one answer, 10^-4.

        >>> chance_of(10, 4, said_words=4)
        0.0001
    """
    starts = max(said_words - length + 1, 0) * answers
    return float(min(1.0, starts / words**length))


def recall_test(hits: NDArray[np.bool_], chance: float) -> Recall:
    """Test how many canaries came back.

    Args:
        hits: One for each canary that was asked. Shape (n,).
        chance: From `chance_of`, in [0, 1].

    Returns:
        The binomial tail: an upper bound where the chance is one.

    Source:
        Clopper and Pearson (1934) for the interval.

    Examples:
        By hand: one of two by luck at 0.1 is 1 - 0.9^2.

        >>> round(recall_test(np.array([True, False]), 0.1).p_value, 3)
        0.19
    """
    count = int(hits.sum())
    return Recall(
        Rate.of(count, int(hits.size)), chance, float(binom.sf(count - 1, hits.size, chance))
    )


def rank_test(log_probabilities: NDArray[np.float64]) -> Ranks:
    """Test how high true codes stand among decoys, by the suspect's own log-probabilities.

    Under the null the true code is one draw among its decoys: its rank is even over 1 to d + 1.
    The distribution of the sum of ranks is worked out, not approximated. Equal log-probabilities
    count against the true code.

    Args:
        log_probabilities: First the true code's, then its decoys'. Shape (codes, decoys + 1).

    Raises:
        ValueError: There is no code, no decoy, or a NaN.

    Examples:
        By hand: ranks 1 and 2 of 3; of nine sums three are 3 or less.

        >>> rank_test(np.array([[-1.0, -2, -3], [-2, -1, -3]])).p_value.__round__(6)
        0.333333
    """
    if log_probabilities.ndim != 2 or log_probabilities.shape[0] < 1:
        raise ValueError("log_probabilities needs a row for each code")
    codes, several = log_probabilities.shape
    if several < 2 or np.isnan(log_probabilities).any():
        raise ValueError("log_probabilities needs a decoy for each code, and no NaN")
    ranks = 1 + (log_probabilities[:, 1:] >= log_probabilities[:, :1]).sum(axis=1)
    tail = float(_rank_sums(codes, several)[: int(ranks.sum()) - codes + 1].sum())
    return Ranks(
        float(ranks.mean()), (several + 1) / 2, min(1.0, tail), int(codes), int(several - 1)
    )


@lru_cache(maxsize=8)
def _rank_sums(codes: int, several: int) -> NDArray[np.float64]:
    """How likely each sum of ranks is, from the least on; all terms are added, none cancels."""
    found = np.ones(1)
    for _ in range(codes):
        found = np.convolve(found, np.full(several, 1.0 / several))
    return found


def _drawn(secret: bytes, what: bytes, index: int, place: int) -> bytes:
    said = what + index.to_bytes(8, "big") + place.to_bytes(8, "big")
    return hmac.digest(secret, CANARY_DOMAIN + said, "sha256")


def _plain(text: str) -> list[str]:
    return "".join(one.lower() if one.isalnum() else " " for one in text).split()
