"""What the prompts of a campaign say again and again, in account after account.

A shingle marks a campaign if it is far commoner there than with everybody else, and if more
than one account says it. A customer's own template stays in the customer's account; an
operator's is spread over the pool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.features.words import Words

MARKS_AT_MOST = 4000
MARK_RATIO = 10.0
"""A shingle marks a campaign if it is so many times as common there. placeholder"""
MARK_SHARE = 0.004
"""Share of the campaign's prompts in which a mark must stand, but for the account that says
it most: a hundred wordings, used in turn, still show. placeholder"""
FEWEST_PROMPTS = 3.0
"""Prompts of other owners in which a mark must stand, at least. placeholder"""
MARK_LEVELS = np.array([0.02, 0.1, 0.3])
"""Bounds of the levels at which the share of marked shingles counts. placeholder"""
UNREAD = MARK_LEVELS.size + 1
"""Level of a prompt without text."""
SIEVE = 1 << 18
"""Places of the table that sieves hashes before they are looked up; a power of two."""


@dataclass(frozen=True, slots=True)
class Said:
    """Shingles of some prompts.

    Attributes:
        shingles: Of n prompts.
        whose: A number for the owner of each prompt. Shape (n,).
        readable: Which prompts have text or a sketch. Shape (n,).
    """

    shingles: Words
    whose: NDArray[np.int64]
    readable: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.readable.size)

    def part(self, start: int, end: int) -> Said:
        """The prompts from one place to another."""
        ends = self.shingles.offsets[start : end + 1]
        shingles = Words(self.shingles.hashes[ends[0] : ends[-1]], ends - ends[0])
        return Said(shingles, self.whose[start:end], self.readable[start:end])


@dataclass(frozen=True, slots=True)
class Spoken:
    """Which owner says which shingle in which prompt, each numbered once for many counts.

    Attributes:
        shingles: The distinct ones, ascending. Shape (n_shingles,).
        prompt: Prompt of each pair of a prompt and a shingle of it. Shape (n_said,).
        voice: Number of that shingle in that owner's mouth. Shape (n_said,).
        begins: First voice of each shingle. Shape (n_shingles,).
        voices: Voices in all.
    """

    shingles: NDArray[np.uint64]
    prompt: NDArray[np.int64]
    voice: NDArray[np.int64]
    begins: NDArray[np.int64]
    voices: int

    @classmethod
    def of(cls, said: Said) -> Spoken:
        """Number what is said."""
        shingles, number = np.unique(said.shingles.hashes, return_inverse=True)
        # A prompt that says a shingle twice is one prompt with it.
        pairs = np.unique(number * np.int64(len(said)) + said.shingles.owner)
        number, prompt = np.divmod(pairs, np.int64(max(len(said), 1)))
        owners, owner = np.unique(said.whose, return_inverse=True)
        voices, voice = np.unique(number * owners.size + owner[prompt], return_inverse=True)
        begins = np.searchsorted(voices, np.arange(shingles.size) * owners.size)
        return cls(shingles, prompt, voice, begins, voices.size)

    def count(
        self, rows: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """In how many prompts each shingle stands, and in how many of other owners.

        Args:
            rows: The prompts that count; None for all. Shape (n,).

        Returns:
            The second leaves out the owner who says the shingle most. Shape (n_shingles,) each.
        """
        if not self.shingles.size:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        voice = self.voice if rows is None else self.voice[rows[self.prompt]]
        prompts = np.bincount(voice, minlength=self.voices)
        total = np.add.reduceat(prompts, self.begins)
        return total, total - np.maximum.reduceat(prompts, self.begins)


@dataclass(frozen=True, slots=True)
class Known:
    """In how many of some prompts each shingle stands.

    Attributes:
        shingles: Ascending. Shape (n_shingles,).
        prompts: Those with it. Shape (n_shingles,).
        size: Prompts in all.
    """

    shingles: NDArray[np.uint64]
    prompts: NDArray[np.int64]
    size: int

    @classmethod
    def of(cls, said: Said) -> Known:
        """Count what is said."""
        spoken = Spoken.of(said)
        return cls(spoken.shingles, spoken.count()[0], len(said))

    def with_shingles(self, sought: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Prompts with each of the shingles, 0 for what was never said. Shape as `sought`."""
        if not self.shingles.size:
            return np.zeros(sought.size, np.int64)
        place = np.minimum(np.searchsorted(self.shingles, sought), self.shingles.size - 1)
        return np.where(self.shingles[place] == sought, self.prompts[place], 0)


def find_marks(
    spoken: Spoken, own: NDArray[np.bool_], there: NDArray[np.int64], n_there: int, *, alone: bool
) -> NDArray[np.uint64]:
    """Shingles that are far commoner in a campaign's own exchanges, sorted.

    Args:
        spoken: What the prompts of the campaign's accounts say.
        own: Those that are taken for its own. Shape (n,).
        there: Ordinary prompts with each of the shingles. Shape (n_shingles,).
        n_there: Ordinary prompts in all.
        alone: One owner says it all, so no other can confirm it.
    """
    n_here, n_there = max(int(own.sum()), 1), max(n_there, 1)
    prompts, elsewhere = spoken.count(own)
    spread = prompts if alone else elsewhere
    marks = (spread >= max(FEWEST_PROMPTS, MARK_SHARE * n_here)) & (
        spread / n_here >= MARK_RATIO * (there + 0.5) / n_there
    )
    found = np.flatnonzero(marks)
    # The most widely said ones; the shingles ascend, and the sort keeps that order.
    best = found[np.argsort(-spread[found], kind="stable")[:MARKS_AT_MOST]]
    return np.sort(spoken.shingles[best])


def mark_level(said: Said, marks: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """How much of each text is made of marked shingles: 0 to 3, or `UNREAD`. Shape (n,)."""
    marked = is_marked(said.shingles.hashes, marks)
    ends = np.concatenate([[0], np.cumsum(marked)])
    hits = ends[said.shingles.offsets[1:]] - ends[said.shingles.offsets[:-1]]
    share = hits / np.maximum(said.shingles.lengths, 1)
    level = np.searchsorted(MARK_LEVELS, share, side="right")
    return np.where(said.readable, level, UNREAD).astype(np.uint64)


def is_marked(hashes: NDArray[np.uint64], marks: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Mask of the hashes that are among sorted marks. Shape as `hashes`.

    A million prompts have tens of millions of shingles and next to none is a mark: a table
    of the low bits sieves them before they are searched for.
    """
    found = np.zeros(hashes.size, dtype=bool)
    if not marks.size:
        return found
    sieve = np.zeros(SIEVE, dtype=bool)
    sieve[marks & np.uint64(SIEVE - 1)] = True
    maybe = np.flatnonzero(sieve[hashes & np.uint64(SIEVE - 1)])
    sought = hashes[maybe]
    place = np.minimum(np.searchsorted(marks, sought), marks.size - 1)
    found[maybe] = marks[place] == sought
    return found
