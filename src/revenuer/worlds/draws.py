"""Seeded choices without a Python object per exchange.

Everything an exchange says is a function of its *item*, a 64-bit number, so that a request
which is retried, handed over or replayed says the same thing again.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike, NDArray

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
HEX = np.array([f"{octet:02x}" for octet in range(256)], dtype="S2")


def label_number(label: str) -> int:
    """A stable number for a name, to salt seeds with."""
    return zlib.crc32(label.encode())


def generator(seed: int, *labels: str | int) -> np.random.Generator:
    """The random stream of one named part of a world.

    Each part has its own, so that adding a cohort changes nobody else's traffic.
    """
    words = [label_number(label) if isinstance(label, str) else label for label in labels]
    return np.random.default_rng([seed, *words])


def mix(values: ArrayLike, salt: str | int = 0) -> NDArray[np.uint64]:
    """Scramble 64-bit numbers, one to one.

    Source:
        Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators",
        OOPSLA, the finaliser of SplitMix64.

    Examples:
        The first output of SplitMix64 seeded with 0, as in the authors' Java reference.

        >>> hex(int(mix(0)))
        '0xe220a8397b1dcdaf'
    """
    mixed = scramble(np.atleast_1d(np.asarray(values)).astype(np.uint64) + salt_offset(salt))
    return mixed if np.ndim(values) else mixed[0]


@lru_cache(maxsize=4096)
def salt_offset(salt: str | int) -> np.uint64:
    """What is added to a number before it is scrambled, so that salts differ."""
    number = label_number(salt) if isinstance(salt, str) else salt
    return np.uint64((number * 0xD1342543DE82EF95 + 0x9E3779B97F4A7C15) % 2**64)


def scramble(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    scrambled: NDArray[np.uint64] = x ^ (x >> np.uint64(31))
    return scrambled


def pick(items: NDArray[np.uint64], salt: str, count: ArrayLike) -> NDArray[np.int64]:
    """A choice in [0, count) for each item; the same item and salt choose the same."""
    chosen = mix(items, salt) % np.asarray(count, dtype=np.uint64)
    return chosen.astype(np.int64)


def share(items: NDArray[np.uint64], salt: str) -> NDArray[np.float64]:
    """A number in [0, 1) for each item; the same item and salt give the same."""
    return (mix(items, salt) >> np.uint64(11)).astype(np.float64) / 2.0**53


def hex_strings(numbers: NDArray[np.uint64], prefix: str = "", digits: int = 16) -> pa.StringArray:
    """Numbers as fixed-width hexadecimal strings with a prefix."""
    width = len(prefix) + digits
    text = np.empty((numbers.size, width), dtype="S1")
    text[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype="S1")
    octets = np.ascontiguousarray(numbers, dtype=">u8").view(np.uint8)
    whole = HEX[octets].view("S1").reshape(numbers.size, 16)
    text[:, len(prefix) :] = whole[:, 16 - digits :]
    offsets = np.arange(numbers.size + 1, dtype=np.int32) * width
    return pa.StringArray.from_buffers(
        numbers.size, pa.py_buffer(offsets), pa.py_buffer(text.tobytes())
    )


def mint(
    rng: np.random.Generator, prefix: str, count: int, digits: int = 14
) -> NDArray[np.object_]:
    """New opaque ids, one an account, card or key."""
    numbers = rng.integers(0, 2**63, count).astype(np.uint64) >> np.uint64(64 - 4 * digits)
    minted: NDArray[np.object_] = hex_strings(numbers, prefix, digits).to_numpy(
        zero_copy_only=False
    )
    return minted


def split(total: int, weights: Sequence[float] | NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers that add up to `total`, in proportion to the weights.

    Examples:
        >>> split(10, [1, 1, 2])
        array([2, 3, 5])
    """
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    bounds = np.floor(edges / edges[-1] * total + 1e-9).astype(np.int64)
    parts: NDArray[np.int64] = np.diff(bounds, prepend=0)
    return parts
