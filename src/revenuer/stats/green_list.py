"""What a watermark's key says of the next token: green or not, and a number between 0 and 1.

One function for who marks and for who looks for marks: a decoder asks `green_mask` or
`keyed_uniforms` of a whole vocabulary, a test asks `green` of the tokens of a text.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from revenuer.stats.keyed_hash import evenly, hashed, key_states


def contexts_of(tokens: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """The tokens before each position that has enough of them.

    Args:
        tokens: One text. Shape (length,).
        width: h, how many tokens are a context; 0 or more.

    Returns:
        Row i is the context of the token at position `width + i`. Shape (length - width, width);
        no rows where the text is no longer than a context.

    Examples:
        >>> contexts_of(np.array([5, 6, 7, 8]), 2)
        array([[5, 6],
               [6, 7]])
    """
    rows = max(tokens.size - width, 0)
    places = np.arange(rows)[:, None] + np.arange(width)[None, :]
    return np.asarray(tokens[places], dtype=np.int64)


def green(
    contexts: NDArray[np.int64], tokens: NDArray[np.int64], key: bytes, gamma: float
) -> NDArray[np.bool_]:
    """Whether tokens are on the green list that a key draws for their context.

    Args:
        contexts: The last h tokens, oldest first. Shape (n, h).
        tokens: One token after each context, or several. Shape (n,) or (n, k).
        key: The mark's.
        gamma: Share of the vocabulary that is green, in (0, 1).

    Returns:
        Shaped as `tokens`.

    Raises:
        ValueError: `gamma` is outside (0, 1).

    Source:
        Kirchenbauer et al. (2023), "A watermark for large language models", ICML, algorithm 2.
        Here a token is green on its own, with probability gamma, instead of a list having
        exactly gamma of the vocabulary: asking about one token then costs nothing for the rest.

    Examples:
        >>> contexts, tokens = np.array([[1, 2]] * 8), np.arange(8)
        >>> green(contexts, tokens, b"a key", 0.5).tolist()
        [False, False, False, False, False, True, False, True]
    """
    return np.asarray(hashed(contexts, tokens, key_states([key]))[0] < green_below(gamma))


def green_below(gamma: float) -> np.uint64:
    """The hashed word from which on a token is no longer green: `evenly(word) < gamma` below.

    Raises:
        ValueError: `gamma` is outside (0, 1).

    Examples:
        >>> hex(green_below(0.5))
        '0x8000000000000000'
    """
    if not 0 < gamma < 1:
        raise ValueError(f"gamma must be in (0, 1), got {gamma}")
    return np.uint64(math.ceil(gamma * 2.0**52 - 0.5) << 12)


def green_mask(
    contexts: NDArray[np.int64], vocabulary: int, key: bytes, gamma: float
) -> NDArray[np.bool_]:
    """The green list after each context, over a whole vocabulary.

    Args:
        contexts: Shape (n, h).
        vocabulary: How many tokens there are; they are numbered from 0.
        key: The mark's.
        gamma: Share of the vocabulary that is green, in (0, 1).

    Returns:
        Shape (n, vocabulary).

    Raises:
        ValueError: `gamma` is outside (0, 1).
    """
    return green(contexts, np.arange(vocabulary, dtype=np.int64)[None, :], key, gamma)


def keyed_uniforms(contexts: NDArray[np.int64], vocabulary: int, key: bytes) -> NDArray[np.float64]:
    """The number in (0, 1) that a key draws for each token after each context.

    Picking the token with the greatest `log(u) / p` samples from p, and a text so picked has
    greater numbers than others: the Gumbel-max watermark.

    Args:
        contexts: Shape (n, h).
        vocabulary: How many tokens there are; they are numbered from 0.
        key: The mark's.

    Returns:
        Shape (n, vocabulary).

    Source:
        Aaronson (2022), "Watermarking GPT outputs"; Fernandez et al. (2023), "Three bricks to
        consolidate watermarks for large language models", WIFS, section II.B.
    """
    tokens = np.arange(vocabulary, dtype=np.int64)[None, :]
    return np.asarray(evenly(hashed(contexts, tokens, key_states([key])))[0])


def keyed_uniforms_of(
    contexts: NDArray[np.int64], tokens: NDArray[np.int64], key: bytes
) -> NDArray[np.float64]:
    """The numbers of `keyed_uniforms`, for these tokens only; shaped as `tokens`."""
    return np.asarray(evenly(hashed(contexts, tokens, key_states([key])))[0])


def tournament_bits(
    contexts: NDArray[np.int64], vocabulary: int, key: bytes, layers: int
) -> NDArray[np.bool_]:
    """Who wins each round of a tournament between tokens that a key holds after each context.

    Args:
        contexts: Shape (n, h).
        vocabulary: How many tokens there are; they are numbered from 0.
        key: The mark's.
        layers: Rounds, 1 to 64.

    Returns:
        Of a pair, the token whose bit is set goes on; where both or none are, chance decides.
        Shape (n, vocabulary, layers).

    Source:
        Dathathri et al. (2024), "Scalable watermarking for identifying large language model
        outputs", Nature 634, 818-823: binary g-values, all of a token from one hash here.
    """
    tokens = np.arange(vocabulary, dtype=np.int64)[None, :]
    words = hashed(contexts, tokens, key_states([key]))[0]
    rounds = np.arange(layers, dtype=np.uint64)
    return np.asarray((words[:, :, None] >> rounds) & np.uint64(1), dtype=np.bool_)
