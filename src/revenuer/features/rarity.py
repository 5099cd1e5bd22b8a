"""How rare a word is among accounts: what many use says little of any of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from revenuer.features.words import Words

BUCKETS = 1 << 14
"""Dimensions that words are hashed to; collisions only add noise at this size."""


def word_numbers(words: Words) -> NDArray[np.int64]:
    """A number below `BUCKETS` for each word. Shape (n_words,)."""
    return (words.hashes % BUCKETS).astype(np.int64)


def accounts_using(words: Words, account: NDArray[np.int32]) -> NDArray[np.int64]:
    """How many accounts use each word.

    Args:
        words: Of n texts.
        account: Position of each text's account, from 0. Shape (n,).

    Returns:
        Shape (`BUCKETS`,).
    """
    users = sparse.csr_array(
        (np.ones(words.hashes.size), (account[words.owner], word_numbers(words))),
        shape=(int(account.max(initial=-1)) + 1, BUCKETS),
    )
    users.sum_duplicates()
    return np.bincount(users.indices, minlength=BUCKETS)


def word_rarity(using: NDArray[np.int64], n_accounts: int) -> NDArray[np.float64]:
    """Inverse document frequency, an account being a document.

    Args:
        using: How many accounts use each word. Shape (`BUCKETS`,).
        n_accounts: All accounts.
    """
    return np.asarray(np.log((1 + n_accounts) / (1 + using)))
