"""A keyed hash of a text's context and its next token, over arrays and many keys at once.

Watermarks of sampled text ask one question a token: what does this key say of this token after
these? A decoder asks it of a whole vocabulary at each step, and a test of a suspect asks it of
the same text under thousands of keys, so the answer has to be a few integer operations of numpy.

The mixing is splitmix64's, which is no cipher: who sees enough marked text and knows the form
may work at the key. What tests rest on does not depend on it: under the null, the text was
made without the key, and then the true key is one draw among the drawn ones, whatever is hashed.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

STATE_PERSON = b"revenuer mark 1"
WEYL = np.uint64(0x9E3779B97F4A7C15)
"""2^64 over the golden ratio, made odd: the step of splitmix64 (Steele et al. 2014, section 4)."""
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
"""Stafford's "Mix13" factors, as splitmix64 has them."""


def mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Each word mixed, so that every bit of it depends on all.

    Args:
        words: Any shape.

    Source:
        Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA,
        figure 16 with Stafford's variant 13: what `java.util.SplittableRandom` returns.

    Examples:
        The generator's published first outputs for the seed 1234567: it adds `WEYL`, then mixes.

        >>> seed = np.array([1234567], dtype=np.uint64)
        >>> mixed(seed + WEYL), mixed(seed + WEYL + WEYL)
        (array([6457827717110365317], dtype=uint64), array([3203168211198807973], dtype=uint64))
    """
    words = words ^ (words >> np.uint64(30))
    words *= FIRST
    words ^= words >> np.uint64(27)
    words *= SECOND
    words ^= words >> np.uint64(31)
    return words


def key_states(keys: Sequence[bytes]) -> NDArray[np.uint64]:
    """The two words that stand for each key.

    Args:
        keys: Of any length, at best 16 bytes or more of a secret.

    Returns:
        128 bits a key, as `drawn_states` draws them. Shape (keys, 2).
    """
    digests = [blake2b(key, digest_size=16, person=STATE_PERSON).digest() for key in keys]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64).reshape(-1, 2)


def drawn_states(keys: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Keys that nobody ever used: what a true key is compared with. Shape (keys, 2)."""
    return rng.integers(0, 2**64, size=(keys, 2), dtype=np.uint64)


def context_seeds(contexts: NDArray[np.int64], states: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What each key makes of each context; the order of its tokens counts.

    Args:
        contexts: The last h tokens before each position; h may be 0. Shape (n, h).
        states: Shape (keys, 2).

    Returns:
        Shape (keys, n).
    """
    seeds = np.repeat(states[:, :1], contexts.shape[0], axis=1)
    for column in contexts.T:
        seeds = mixed((seeds ^ column.astype(np.int64).view(np.uint64)) + WEYL)
    return seeds


def hashed(
    contexts: NDArray[np.int64], tokens: NDArray[np.int64], states: NDArray[np.uint64]
) -> NDArray[np.uint64]:
    """One word for each key, context and token, as good as drawn evenly.

    Args:
        contexts: Shape (n, h).
        tokens: What is asked about after each context: one token, or several. Shape (n,) or
            (n, k); a row (1, k) is asked after every context.
        states: Shape (keys, 2).

    Returns:
        Shape (keys, n) or (keys, n, k).
    """
    words = mixed_tokens(tokens, states)
    seeds = context_seeds(contexts, states)
    return paired(seeds if tokens.ndim == 1 else seeds[:, :, None], words)


def mixed_tokens(tokens: NDArray[np.int64], states: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """What each key makes of tokens before they meet a context. Shape (keys, *tokens.shape)."""
    asked = np.ascontiguousarray(tokens, dtype=np.int64).view(np.uint64)
    seconds = states[:, 1].reshape(-1, *(1 for _ in range(asked.ndim)))
    return mixed((asked[None] ^ seconds) + WEYL)


def paired(seeds: NDArray[np.uint64], token_words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The words of contexts and tokens that `context_seeds` and `mixed_tokens` mixed."""
    return mixed(seeds + token_words)


def evenly(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Words as numbers in the open interval (0, 1): no logarithm of them is infinite.

    Examples:
        >>> evenly(np.array([0, 2**63, 2**64 - 1], dtype=np.uint64)).round(3)
        array([0. , 0.5, 1. ])
    """
    return np.asarray(((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52)
