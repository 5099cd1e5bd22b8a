"""Productions of a grammar as arrays, so that many texts grow at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from revenuer.worlds.draws import salt_offset, scramble

ROWS_AT_ONCE = 65_536
"""Texts that grow together; their symbols then stay in the processor's cache, nearly."""


class Productions:
    """What each symbol may become.

    Symbols are whole numbers. From 0 up they are fragments of text. Negative ones are choices:
    `~symbol` is a choice's position. A choice becomes one of its alternatives, sequences of
    symbols, by a number that follows from the item and from the choice's salt.
    """

    def __init__(self) -> None:
        self.named: dict[str, int] = {}
        self._fragments: dict[str, int] = {}
        self._offsets: list[np.uint64] = []
        self._firsts: list[int] = []
        self._counts: list[int] = []
        self._are_words: list[bool] = []
        self._alternatives: list[list[int]] = []
        self._words: dict[tuple[str, ...], int] = {}

    def add_fragment(self, text: str) -> int:
        """The symbol of a piece of text."""
        return self._fragments.setdefault(text, len(self._fragments))

    def add_words(self, salt: str, values: Sequence[str]) -> int:
        """A choice among plain texts."""
        words = tuple(values)
        if words not in self._words:
            self._words[words] = len(self._alternatives)
            self._alternatives += [[self.add_fragment(word)] for word in words]
        return self._add(salt, self._words[words], len(words), are_words=True)

    def add_choice(self, salt: str, alternatives: Sequence[list[int]]) -> int:
        """A choice among sequences of symbols."""
        first = len(self._alternatives)
        self._alternatives += alternatives
        return self._add(salt, first, len(alternatives), are_words=False)

    def _add(self, salt: str, first: int, count: int, *, are_words: bool) -> int:
        self._offsets.append(salt_offset(salt))
        self._firsts.append(first)
        self._counts.append(count)
        self._are_words.append(are_words)
        return ~(len(self._offsets) - 1)

    @cached_property
    def _tables(self) -> _Tables:
        return _Tables(
            list(self._fragments),
            self._offsets,
            self._firsts,
            self._counts,
            self._are_words,
            self._alternatives,
        )

    def write(self, item: NDArray[np.uint64], symbol: NDArray[np.int64]) -> pa.StringArray:
        """One text for each item, grown from its symbol.

        Args:
            item: Whatever is chosen follows from it. Shape (n,).
            symbol: Where each begins. Shape (n,).
        """
        parts = [
            self._tables.write(item[start : start + ROWS_AT_ONCE], symbol[start:][:ROWS_AT_ONCE])
            for start in range(0, item.size, ROWS_AT_ONCE)
        ]
        return pa.concat_arrays(parts) if parts else pa.array([], pa.string())


class _Tables:
    """Productions, frozen."""

    def __init__(
        self,
        fragments: Sequence[str],
        offsets: Sequence[np.uint64],
        firsts: Sequence[int],
        counts: Sequence[int],
        are_words: Sequence[bool],
        alternatives: Sequence[list[int]],
    ) -> None:
        self.fragments = pa.array(fragments, pa.string())
        self.offset = np.array(offsets, dtype=np.uint64)
        self.first = np.array(firsts, dtype=np.int64)
        self.count = np.array(counts, dtype=np.uint64)
        self.are_words = np.array(are_words, dtype=bool)
        self.length = np.array([len(each) for each in alternatives], dtype=np.int64)
        self.start = np.cumsum(self.length) - self.length
        every = [symbol for each in alternatives for symbol in each]
        self.children = np.array(every, dtype=np.int64)

    def write(self, item: NDArray[np.uint64], symbol: NDArray[np.int64]) -> pa.StringArray:
        """One text for each item."""
        row = np.arange(item.size)
        while True:
            place = ~symbol
            grows = (symbol < 0) & ~self.are_words[np.maximum(place, 0)]
            if not grows.any():
                break
            symbol, row = self.grow(item, symbol, row, grows)
        word = np.flatnonzero(symbol < 0)
        chosen = self.choose(item[row[word]], ~symbol[word])
        symbol[word] = self.children[self.start[chosen]]
        return self.spell(symbol, row, item.size)

    def choose(self, item: NDArray[np.uint64], place: NDArray[np.int64]) -> NDArray[np.int64]:
        """The alternative that each choice becomes."""
        picked = scramble(item + self.offset[place]) % self.count[place]
        chosen: NDArray[np.int64] = self.first[place] + picked.astype(np.int64)
        return chosen

    def grow(
        self,
        item: NDArray[np.uint64],
        symbol: NDArray[np.int64],
        row: NDArray[np.int64],
        grows: NDArray[np.bool_],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Put the symbols of one alternative in place of each choice that grows."""
        chosen = self.choose(item[row[grows]], ~symbol[grows])
        added = self.length[chosen]
        lengths = np.ones(symbol.size, dtype=np.int64)
        lengths[grows] = added
        inside = np.arange(added.sum()) - np.repeat(np.cumsum(added) - added, added)
        longer = np.repeat(symbol, lengths)
        longer[np.repeat(grows, lengths)] = self.children[
            np.repeat(self.start[chosen], added) + inside
        ]
        return longer, np.repeat(row, lengths)

    def spell(
        self, symbol: NDArray[np.int64], row: NDArray[np.int64], count: int
    ) -> pa.StringArray:
        """Join the fragments of each row; rows are in order."""
        pieces = self.fragments.take(pa.array(symbol))
        _, offsets, data = pieces.buffers()
        ends = np.frombuffer(offsets, dtype=np.int32)[pieces.offset :][: symbol.size + 1]
        bounds = np.searchsorted(row, np.arange(count + 1))
        joined = ends[bounds] if symbol.size else np.zeros(count + 1, dtype=np.int32)
        return pa.StringArray.from_buffers(
            count, pa.py_buffer(np.ascontiguousarray(joined)), data or pa.py_buffer(b"")
        )
