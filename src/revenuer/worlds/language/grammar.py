"""A small grammar over columns: frames with slots, filled for all rows at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.worlds.draws import pick

SLOT = re.compile(r"\{(\w+)\}")
NUMBERS = {"n": (2, 60), "big": (100, 9_000), "year": (1890, 2026), "hour": (1, 24)}


def write_rows(
    item: NDArray[np.uint64],
    salt: str,
    frames: Sequence[str],
    slots: Mapping[str, Sequence[str]],
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
    return by_kind(
        pick(item, salt, len(frames)),
        lambda place, rows: write_frame(item[rows], salt, frames[place], slots),
    )


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
    order = np.argsort(kind, kind="stable")
    found, starts = np.unique(kind[order], return_index=True)
    groups = np.split(order, starts[1:])
    written = [write(int(place), rows) for place, rows in zip(found, groups, strict=True)]
    back = np.empty(kind.size, dtype=np.int64)
    back[order] = np.arange(kind.size)
    return pa.concat_arrays(written).take(pa.array(back))


def write_frame(
    item: NDArray[np.uint64], salt: str, frame: str, slots: Mapping[str, Sequence[str]]
) -> pa.StringArray:
    """The same frame for every item, its slots filled."""
    pieces = SLOT.split(frame)
    parts: list[pa.StringArray | str] = []
    for place, piece in enumerate(pieces):
        if place % 2 == 0:
            parts.append(piece)
        else:
            parts.append(fill_slot(item, f"{salt}/{piece}", piece, slots))
    if len(parts) == 1:
        return pa.array([frame] * item.size, pa.string())
    return pc.binary_join_element_wise(*parts, "")


def fill_slot(
    item: NDArray[np.uint64], salt: str, name: str, slots: Mapping[str, Sequence[str]]
) -> pa.StringArray:
    """The words of one slot."""
    bare = name.rstrip("0123456789")
    if bare in NUMBERS:
        low, high = NUMBERS[bare]
        return pa.array(pick(item, salt, high - low) + low).cast(pa.string())
    values = slots[bare]
    if any("{" in value for value in values):
        return write_rows(item, salt, values, slots)
    return pa.array(values, pa.string()).take(pa.array(pick(item, salt, len(values))))
