"""A small grammar over columns: frames with slots, filled for all rows at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from revenuer.worlds.language.productions import Productions

SLOT = re.compile(r"\{(\w+)\}")
NUMBERS = {"n": (2, 60), "big": (100, 9_000), "year": (1890, 2026), "hour": (1, 24)}

Slots: TypeAlias = Mapping[str, Sequence[str]]
Voice: TypeAlias = tuple[str, Sequence[str], Slots]
"""A salt, frames, and the slots in them."""
Frozen: TypeAlias = tuple[str, tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]


def write_rows(
    item: NDArray[np.uint64], salt: str, frames: Sequence[str], slots: Slots
) -> pa.StringArray:
    """One text for each item: a frame, its slots filled by choices that follow from the item.

    A slot is a name in braces. `{n}`, `{big}`, `{year}` and `{hour}` are numbers; a trailing
    digit makes another choice from the same list, as `{name2}`. Values may have slots too.

    Examples:
        >>> items = np.arange(3, dtype=np.uint64)
        >>> rows = write_rows(items, "x", ["{who} sings."], {"who": ["Ann", "Bo"]})
        >>> set(rows.to_pylist()) <= {"Ann sings.", "Bo sings."}
        True
    """
    return write_voices(item, np.zeros(item.size, dtype=np.int64), [(salt, frames, slots)])


def write_voices(
    item: NDArray[np.uint64], voice: NDArray[np.int64], voices: Sequence[Voice]
) -> pa.StringArray:
    """One text for each item, as `write_rows` writes it for the item's own voice.

    Args:
        item: What each text is about. Shape (n,).
        voice: Position in `voices` of each. Shape (n,).
        voices: Salts, frames and slots.
    """
    table, roots = productions_of(tuple(freeze(*each) for each in voices))
    return table.write(item, roots[voice])


def freeze(salt: str, frames: Sequence[str], slots: Slots) -> Frozen:
    """A voice that can be looked up."""
    return salt, tuple(frames), tuple((name, tuple(values)) for name, values in slots.items())


@lru_cache(maxsize=256)
def productions_of(voices: tuple[Frozen, ...]) -> tuple[Productions, NDArray[np.int64]]:
    """Read voices once: their productions, and the symbol that each begins with."""
    table = Productions()
    roots = [
        read_values(table, salt, frames, dict(slots), shared=False)
        for salt, frames, slots in voices
    ]
    return table, np.array(roots, dtype=np.int64)


def read_values(
    table: Productions,
    salt: str,
    values: Sequence[str],
    slots: Mapping[str, tuple[str, ...]],
    *,
    shared: bool = True,
) -> int:
    """The symbol that becomes one of some values, each with its slots; chosen by the salt."""
    if shared and not any("{" in value for value in values):
        return table.add_words(salt, values)
    return table.add_choice(salt, [read_frame(table, salt, value, slots) for value in values])


def read_frame(
    table: Productions, salt: str, frame: str, slots: Mapping[str, tuple[str, ...]]
) -> list[int]:
    """The symbols of a frame, in order."""
    symbols = []
    for place, piece in enumerate(SLOT.split(frame)):
        if place % 2 == 0:
            symbols += [table.add_fragment(piece)] if piece else []
        else:
            symbols.append(read_slot(table, f"{salt}/{piece}", piece, slots))
    return symbols


def read_slot(
    table: Productions, salt: str, name: str, slots: Mapping[str, tuple[str, ...]]
) -> int:
    """The symbol of a slot: the same wherever the slot stands in the frames of one salt."""
    known = table.named.get(salt)
    if known is not None:
        return known
    bare = name.rstrip("0123456789")
    values = NUMERALS[bare] if bare in NUMBERS else slots[bare]
    table.named[salt] = read_values(table, salt, values, slots)
    return table.named[salt]


NUMERALS = {name: tuple(map(str, range(*bounds))) for name, bounds in NUMBERS.items()}


def by_kind(
    kind: NDArray[np.int64], write: Callable[[int, NDArray[np.int64]], pa.StringArray]
) -> pa.StringArray:
    """Texts of several kinds, each kind written for its own rows only.

    Args:
        kind: Kind of each row. Shape (n,).
        write: Given a kind and its rows, their texts.
    """
    if kind.size == 0:
        return pa.array([], pa.string())
    if kind.min() == kind.max():
        return write(int(kind[0]), np.arange(kind.size))
    order = np.argsort(kind, kind="stable")
    sizes = np.bincount(kind)
    groups = np.split(order, np.cumsum(sizes)[:-1])
    written = [write(place, rows) for place, rows in enumerate(groups) if rows.size]
    back = np.empty(kind.size, dtype=np.int64)
    back[order] = np.arange(kind.size)
    return pa.concat_arrays(written).take(pa.array(back))
