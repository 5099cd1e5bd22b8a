"""Sketches made from text, with the key that only their maker has."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

from revenuer.features.prompts import Prompts
from revenuer.features.sketches import (
    FRAGMENT_BYTES,
    READINGS,
    TOLD_OF_ONE_IN,
    choose_fragments,
    reading_steps,
    text_sizes,
    write_sketches,
)
from revenuer.features.words import Words

KEY_BYTES = 32
FRAGMENT_MASK = np.uint64((1 << (8 * FRAGMENT_BYTES)) - 1)

# What a hash is of goes into the block that is enciphered, so that a hash of one thing
# never equals that of another.
PROMPT, SYSTEM_PROMPT, SHINGLE = 1, 2, 3


@dataclass(frozen=True, slots=True)
class SketchKey:
    """A secret key with its name.

    Attributes:
        id: The name that goes beside every sketch.
        secret: 32 bytes.
    """

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"SketchKey(id={self.id!r})"

    def blocks(self, hashes: NDArray[np.uint64], domain: int) -> NDArray[np.uint64]:
        """A pseudo-random function of 64-bit hashes, 128 bits a value.

        AES-256 on each block of a hash and its domain: a permutation of 128 bits under a
        secret key, which nobody without it tells from random. Blocks of one text are
        independent, which is what its electronic codebook mode gives.

        Args:
            hashes: Shape (n,).
            domain: What they are hashes of.

        Returns:
            Shape (n, 2).

        Source:
            NIST FIPS 197 (2001), AES; Bellare and Rogaway (2005), "Introduction to modern
            cryptography", chapter 4, on permutations as pseudo-random functions.
        """
        blocks = np.empty((hashes.size, 2), "<u8")
        blocks[:, 0], blocks[:, 1] = hashes, domain
        # No message is enciphered here, so that equal blocks show is the purpose.
        encryptor = Cipher(algorithms.AES(self.secret), modes.ECB()).encryptor()
        return np.frombuffer(encryptor.update(blocks.tobytes()), "<u8").reshape(-1, 2)


def name_of(secret: bytes) -> str:
    """A name for a key, which tells nothing of it and is the same each time."""
    return hashlib.sha256(b"revenuer sketch key id\0" + secret).hexdigest()[:12]


def sketch_prompts(
    prompts: Prompts,
    texts: pa.Array,
    scores: list[NDArray[np.float64]],
    capability: NDArray[np.int16],
    key: SketchKey,
) -> pa.BinaryArray:
    """The sketch of each prompt, null without text.

    Args:
        prompts: The prompts, as detectors read them.
        texts: The same in full, in the same order; the fingerprint is of all of it.
        scores: What the content detectors say, in the order of `sketches.READINGS`.
        capability: The capability each exercises most, -1 for none.
        key: The key.
    """
    shingles = prompts.shingles
    order, values = key.blocks(shingles.hashes, SHINGLE).T
    whole = fingerprints(texts, PROMPT, key)
    told = whole[:, 1] % TOLD_OF_ONE_IN == 0
    return write_sketches(
        size=text_sizes(texts),
        fingerprint=whole[:, 0],
        readings=reading_steps(scores),
        capability=np.where(told, capability, np.int16(-1)),
        fragments=choose_fragments(shingles, order, values & FRAGMENT_MASK),
        present=prompts.has_text,
    )


def sketch_system_prompts(texts: pa.Array, key: SketchKey) -> pa.BinaryArray:
    """A fingerprint and a size for each system prompt, null without text.

    System prompts are compared as wholes, so their sketches hold no more.
    """
    n = len(texts)
    return write_sketches(
        size=text_sizes(texts),
        fingerprint=fingerprints(texts, SYSTEM_PROMPT, key)[:, 0],
        readings=np.zeros((n, len(READINGS)), np.uint8),
        capability=np.full(n, -1, np.int16),
        fragments=Words(np.empty(0, np.uint64), np.zeros(n + 1, np.int64)),
        present=pc.is_valid(texts).to_numpy(zero_copy_only=False),
    )


def fingerprints(texts: pa.Array, domain: int, key: SketchKey) -> NDArray[np.uint64]:
    """Two keyed hashes of each whole text, blanks and capitals aside. Shape (n, 2)."""
    coded = pc.fill_null(texts, "").dictionary_encode()
    plain = pc.utf8_lower(pc.utf8_normalize(coded.dictionary, "NFC"))
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"\s+", " "))
    hashes = np.fromiter(
        (xxhash.xxh3_64_intdigest(text.encode()) for text in plain.to_pylist()),
        np.uint64,
        len(plain),
    )
    keyed = key.blocks(hashes, domain)
    places: NDArray[np.int32] = coded.indices.to_numpy(zero_copy_only=False)
    return keyed[places]
