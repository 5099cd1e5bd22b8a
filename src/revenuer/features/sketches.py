"""Keyed sketches of prompts: what they hold, and how they are read without the key.

A sketch stands for a prompt in logs that may not carry text. Its parts:

version        1 byte, this format
size           1 byte: empty, short or long
fingerprint    8 bytes, keyed, of the whole text: equal texts are seen to be equal
readings       2 bytes, what the content detectors said, in four steps each
capability     1 byte, the capability that the prompt exercises most, told of some prompts
fragments      6 bytes each, keyed hashes of some runs of three words: shared templates

Size, readings, capability and the number of fragments are clear and therefore coarse; the
rest are the outputs of a pseudo-random function (`features.keyed`), which say nothing to who
has no key but which of them are equal. docs/sketches.md says what a sketch gives away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

from revenuer.features.shingles import combine
from revenuer.features.words import Words

VERSION = 1
HEAD_BYTES = 13
FRAGMENT_BYTES = 6
NO_CAPABILITY = 255

FRAGMENT_COUNTS = np.array([0, 1, 2, 4, 8, 16, 32])
"""How many fragments a sketch may hold: few numbers, so that their count gives little of a
text's length away. placeholder"""

SIZE_BOUNDS = np.array([1, 40])
"""Characters from which a text is of the next size: some, and as many as `same-prompt` asks
for."""

TOLD_OF_ONE_IN = np.uint64(4)
"""A sketch tells its prompt's capability for one prompt in so many. It is what would narrow a
prompt down most (docs/sketches.md), and the mix of a campaign shows in a part. placeholder"""

READINGS = (
    "reasoning-elicitation",
    "rubric-grading",
    "trace-cleaning",
    "task-generation",
    "example-generation",
    "sensitive-rewriting",
    "working-asked",
)
"""The content detectors whose scores a sketch carries, by id, in the order of their bits; eight
at most."""

READING_BOUNDS = np.array([0.2, 0.5, 0.75])
"""Scores from which a reading is of the next step. The middle one is a hit. placeholder"""
READING_VALUES = np.array([0.0, 0.35, 0.6, 0.9])
"""The score that each step stands for. placeholder"""

HEAD = np.dtype(
    [
        ("version", "u1"),
        ("size", "u1"),
        ("fingerprint", "<u8"),
        ("readings", "<u2"),
        ("capability", "u1"),
    ]
)


@dataclass(frozen=True)
class Sketches:
    """Sketches of n texts, as columns; a row without a readable one has `present` false.

    Attributes:
        present: Which rows have a sketch. Shape (n,).
        size: Step of `SIZE_BOUNDS`; 0 is an empty text. Shape (n,).
        fingerprint: Equal for equal texts under one key, never across keys. Shape (n,).
        readings: Steps of the content detectors, in the order of `READINGS`. Shape (n, n_readings).
        capability: Place in `features.capability.CAPABILITIES`, -1 if not told. Shape (n,).
        fragments: Hashes of shingles; never equal across keys, nor to hashes of text.
    """

    present: NDArray[np.bool_]
    size: NDArray[np.uint8]
    fingerprint: NDArray[np.uint64]
    readings: NDArray[np.uint8]
    capability: NDArray[np.int16]
    fragments: Words

    def __len__(self) -> int:
        return int(self.present.size)

    def scores(self) -> Mapping[str, NDArray[np.float64]]:
        """What the sketches say for each content detector; NaN where they say nothing."""
        values = np.where(self.present[:, None], READING_VALUES[self.readings], np.nan)
        return {name: values[:, place] for place, name in enumerate(READINGS)}


def no_sketches(size: int) -> Sketches:
    """No sketch for any of so many rows."""
    nothing = pa.nulls(size, pa.binary())
    return read_sketches(nothing, pa.nulls(size, pa.string()))


def read_sketches(sketches: pa.Array, key_ids: pa.Array) -> Sketches:
    """Take sketches apart. What is no sketch of this version is as if it were not there.

    Args:
        sketches: Binary, null where there is none. Shape (n,).
        key_ids: The name of the key that each was made with, null if unknown. Shape (n,).
    """
    data, starts, lengths = _bytes_of(sketches)
    whole = (lengths >= HEAD_BYTES) & ((lengths - HEAD_BYTES) % FRAGMENT_BYTES == 0)
    whole[whole] = data[starts[whole]] == VERSION
    heads = np.zeros(whole.size, HEAD)
    bytes_of_heads = heads.view(np.uint8).reshape(-1, HEAD_BYTES)
    bytes_of_heads[whole] = data[starts[whole, None] + np.arange(HEAD_BYTES)]
    key = key_numbers(key_ids)
    steps = heads["readings"][:, None] >> (2 * np.arange(len(READINGS), dtype=np.uint16))
    capability = heads["capability"].astype(np.int16)
    capability[~whole | (capability == NO_CAPABILITY)] = -1
    fragments = np.where(whole, (lengths - HEAD_BYTES) // FRAGMENT_BYTES, 0)
    return Sketches(
        present=whole,
        size=heads["size"],
        fingerprint=np.where(whole, combine(heads["fingerprint"], key), np.uint64(0)),
        readings=(steps & 3).astype(np.uint8),
        capability=capability,
        fragments=_fragments(data, starts, fragments, key),
    )


def key_numbers(key_ids: pa.Array) -> NDArray[np.uint64]:
    """A number for each key's name; one for those without a name. Shape (n,)."""
    coded = pc.fill_null(key_ids.cast(pa.string()), "").dictionary_encode()
    names = coded.dictionary.to_pylist()
    numbers = np.fromiter(
        (xxhash.xxh3_64_intdigest(name.encode()) for name in names), np.uint64, len(names)
    )
    places = coded.indices.to_numpy(zero_copy_only=False)
    return numbers[places] if len(names) else np.empty(0, np.uint64)


def _fragments(
    data: NDArray[np.uint8],
    starts: NDArray[np.int64],
    counts: NDArray[np.int64],
    key: NDArray[np.uint64],
) -> Words:
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], counts)
    firsts = np.repeat(starts + HEAD_BYTES, counts) + within * FRAGMENT_BYTES
    wide = np.zeros((firsts.size, 8), np.uint8)
    wide[:, :FRAGMENT_BYTES] = data[firsts[:, None] + np.arange(FRAGMENT_BYTES)]
    # Under another key's name the same bytes are another hash.
    return Words(combine(wide.view("<u8").ravel(), np.repeat(key, counts)), offsets)


def _bytes_of(
    sketches: pa.Array,
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """All bytes, and where each value starts and how long it is, 0 for null."""
    column = pc.fill_null(sketches.cast(pa.large_binary()), b"")
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    _, offsets, values = column.buffers()
    bounds = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(values, np.uint8) if values is not None else np.empty(0, np.uint8)
    return data, bounds[:-1].astype(np.int64), np.diff(bounds).astype(np.int64)


def write_sketches(
    *,
    size: NDArray[np.uint8],
    fingerprint: NDArray[np.uint64],
    readings: NDArray[np.uint8],
    capability: NDArray[np.int16],
    fragments: Words,
    present: NDArray[np.bool_],
) -> pa.BinaryArray:
    """Put sketches together; the arguments are as in `Sketches`, fragments of 48 bits.

    Returns:
        Null where `present` is false.
    """
    heads = np.zeros(present.size, HEAD)
    heads["version"], heads["size"] = VERSION, size
    heads["fingerprint"] = fingerprint
    places = 2 * np.arange(len(READINGS), dtype=np.uint16)
    heads["readings"] = (readings.astype(np.uint16) << places).sum(axis=1)
    heads["capability"] = np.where(capability < 0, NO_CAPABILITY, capability)
    fragments = fragments.take(np.flatnonzero(present))
    lengths = HEAD_BYTES + FRAGMENT_BYTES * fragments.lengths
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    data = np.zeros(int(offsets[-1]), np.uint8)
    starts = offsets[:-1]
    kept = heads[present].view(np.uint8).reshape(-1, HEAD_BYTES)
    data[starts[:, None] + np.arange(HEAD_BYTES)] = kept
    within = np.arange(fragments.hashes.size) - fragments.offsets[:-1][fragments.owner]
    firsts = starts[fragments.owner] + HEAD_BYTES + within * FRAGMENT_BYTES
    wide = fragments.hashes.astype("<u8").view(np.uint8).reshape(-1, 8)
    data[firsts[:, None] + np.arange(FRAGMENT_BYTES)] = wide[:, :FRAGMENT_BYTES]
    bounds = np.zeros(present.size + 1, np.int32)
    bounds[1:] = np.cumsum(np.bincount(np.flatnonzero(present), lengths, present.size))
    mask = np.packbits(present, bitorder="little")
    buffers = [pa.py_buffer(mask), pa.py_buffer(bounds), pa.py_buffer(data)]
    return pa.Array.from_buffers(pa.binary(), present.size, buffers)


def reading_steps(scores: Sequence[NDArray[np.float64]]) -> NDArray[np.uint8]:
    """The step of each score; a score that is NaN is of the lowest. Shape (n, n_scores)."""
    table = np.nan_to_num(np.stack(list(scores), axis=1))
    return np.searchsorted(READING_BOUNDS, table, side="right").astype(np.uint8)


def coarse_scores(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores as a sketch would give them back; NaN stays. Shape (n,)."""
    steps = np.searchsorted(READING_BOUNDS, np.nan_to_num(scores), side="right")
    return np.where(np.isnan(scores), np.nan, READING_VALUES[steps])


def text_sizes(texts: pa.Array) -> NDArray[np.uint8]:
    """The step of each text's length, 0 for none. Shape (n,)."""
    lengths = pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False)
    sizes: NDArray[np.uint8] = np.searchsorted(SIZE_BOUNDS, lengths, side="right").astype(np.uint8)
    return sizes


def choose_fragments(
    shingles: Words, order: NDArray[np.uint64], values: NDArray[np.uint64]
) -> Words:
    """Of each text the shingles that come first in an order that all texts share.

    Two texts of one template so keep the same of its shingles (a bottom-k sample), however
    different their slots are. The count goes down to one of `FRAGMENT_COUNTS`.

    Args:
        shingles: Of n texts; only where they stand counts.
        order: One number a shingle, equal for equal ones. Shape (n_shingles,).
        values: What is kept of each. Shape (n_shingles,).

    Returns:
        For each text the chosen values in increasing order, so that their places say nothing.

    Source:
        Broder (1997), "On the resemblance and containment of documents", section 4.
    """
    # One number for text and place in the order sorts faster than the two. Forty bits are
    # enough to order the runs of one text.
    ranked = (shingles.owner.astype(np.uint64) << np.uint64(40)) | (order >> np.uint64(24))
    places = np.argsort(ranked, kind="stable")
    ranked = ranked[places]
    places = places[np.concatenate([[True], ranked[1:] != ranked[:-1]])[: places.size]]
    owner = shingles.owner[places]
    distinct = np.bincount(owner, minlength=len(shingles))
    kept = FRAGMENT_COUNTS[np.searchsorted(FRAGMENT_COUNTS, distinct, side="right") - 1]
    firsts = np.concatenate([[0], np.cumsum(distinct)])[:-1]
    inside = np.arange(owner.size) - firsts[owner] < kept[owner]
    owner, chosen = owner[inside], values[places[inside]]
    offsets = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
    return Words(chosen[np.lexsort((chosen, owner))], offsets)
