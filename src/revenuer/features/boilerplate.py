"""The part of an account's prompts that stays the same from prompt to prompt.

A template with filled slots is a containment problem, not a Jaccard one (measured in
docs/decisions/0001): what recurs inside one account is the template, and what two
accounts' templates have in common is the link.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from revenuer.features.words import Words

SHINGLE_WORDS = 3
RECURS_IN = 2
"""Prompts in which a shingle must stand, at least. placeholder"""
RECURRENT_SHARE = 0.1
"""Share of the account's sampled prompts in which it must stand: ten wordings of one
template, used in turn, still show. placeholder"""


def shingle_counts(
    account: NDArray[np.int32], shingles: Words, has_words: NDArray[np.bool_]
) -> pl.DataFrame:
    """In how many of an account's sampled prompts each of its shingles stands.

    Args:
        account: The account of each text. Shape (n,).
        shingles: Runs of `SHINGLE_WORDS` words of n texts.
        has_words: Which texts have any words. Shape (n,).

    Returns:
        `account` (position), `shingle` (uint64), `prompts` and `share` (of the account's
        prompts that have words).
    """
    texts = pl.DataFrame({"account": account, "has_words": has_words})
    read = texts.filter("has_words").group_by("account").agg(read=pl.len())
    once = pl.DataFrame({"text": shingles.owner, "shingle": shingles.hashes}).unique()
    return (
        once.with_columns(account=pl.Series(account[once["text"].to_numpy()]))
        .group_by("account", "shingle")
        .agg(prompts=pl.len())
        .join(read, on="account")
        .select("account", "shingle", "prompts", share=pl.col("prompts") / pl.col("read"))
    )


def recurrent_shingles(
    account: NDArray[np.int32], shingles: Words, has_words: NDArray[np.bool_]
) -> pl.DataFrame:
    """The shingles that recur among an account's prompts; see `shingle_counts`."""
    return shingle_counts(account, shingles, has_words).filter(
        (pl.col("prompts") >= RECURS_IN) & (pl.col("share") >= RECURRENT_SHARE)
    )


def repeat_share(
    account: NDArray[np.int32], n_accounts: int, text: pa.StringArray | pl.Series
) -> NDArray[np.float64]:
    """Share of each account's sampled prompts that it sent at least twice, to the letter.

    Args:
        account: The account of each text. Shape (n,).
        n_accounts: Accounts in all.
        text: The texts, or a number for each; null is left out. Shape (n,).

    Returns:
        NaN for accounts without text. Shape (n_accounts,).
    """
    rows = pl.DataFrame({"account": account, "text": pl.Series(text)})
    shares = (
        rows.drop_nulls()
        .with_columns(same=pl.len().over("account", "text"))
        .group_by("account")
        .agg(share=(pl.col("same") > 1).mean())
    )
    values = np.full(n_accounts, np.nan)
    values[shares["account"].to_numpy()] = shares["share"].to_numpy()
    return values
