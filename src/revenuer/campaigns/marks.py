"""What the prompts of a campaign say again and again, in account after account.

A shingle marks a campaign if it is far commoner there than with everybody else, and if more
than one account says it. A customer's own template stays in the customer's account; an
operator's is spread over the pool.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.features.words import Words

MARKS_AT_MOST = 4000
MARK_RATIO = 10.0
"""A shingle marks a campaign if it is so many times as common there. placeholder"""
MARK_SHARE = 0.004
"""Share of the campaign's prompts in which a mark must stand, but for the account that says
it most: a hundred wordings, used in turn, still show. placeholder"""
FEWEST_PROMPTS = 3.0
"""Prompts of other owners in which a mark must stand, at least. placeholder"""
MARK_LEVELS = np.array([0.02, 0.1, 0.3])
"""Bounds of the levels at which the share of marked shingles counts. placeholder"""
LEVEL_NAMES = np.array(["0", "1", "2", "3", "none"])
SIEVE = 1 << 18
"""Places of the table that sieves hashes before they are looked up; a power of two."""


@dataclass(frozen=True, slots=True)
class Said:
    """Shingles of some prompts.

    Attributes:
        shingles: Of n prompts.
        whose: A number for the owner of each prompt. Shape (n,).
        readable: Which prompts have text or a sketch. Shape (n,).
    """

    shingles: Words
    whose: NDArray[np.int64]
    readable: NDArray[np.bool_]

    def __len__(self) -> int:
        return int(self.readable.size)


def prompts_with(said: Said, rows: NDArray[np.bool_]) -> pl.DataFrame:
    """In how many prompts each shingle stands: `shingle`, `prompts`, and `elsewhere`.

    Args:
        said: The prompts.
        rows: Those that count. Shape (n,).

    Returns:
        `elsewhere` leaves out the owner who says the shingle most.
    """
    owner = said.shingles.owner
    wanted = rows[owner]
    frame = pl.DataFrame({"text": owner[wanted], "shingle": said.shingles.hashes[wanted]}).unique()
    return (
        frame.with_columns(owner=pl.Series(said.whose[frame["text"].to_numpy()]))
        .group_by("shingle", "owner")
        .agg(prompts=pl.len().cast(pl.Int64))
        .group_by("shingle")
        .agg(pl.col("prompts").sum(), most=pl.col("prompts").max())
        .select("shingle", "prompts", elsewhere=pl.col("prompts") - pl.col("most"))
    )


def find_marks(
    said: Said, own: NDArray[np.bool_], everybody: pl.DataFrame, n_everybody: int
) -> NDArray[np.uint64]:
    """Shingles that are far commoner in a campaign's own exchanges, sorted.

    Args:
        said: Prompts of the campaign's accounts.
        own: Those that are taken for its own. Shape (n,).
        everybody: From `prompts_with`, of ordinary accounts' prompts.
        n_everybody: How many prompts that were.
    """
    n_here, n_there = max(int(own.sum()), 1), max(n_everybody, 1)
    alone = np.unique(said.whose[own]).size < 2
    here = prompts_with(said, own).with_columns(
        pl.col("prompts").alias("spread") if alone else pl.col("elsewhere").alias("spread")
    )
    kept = (
        here.filter(pl.col("spread") >= max(FEWEST_PROMPTS, MARK_SHARE * n_here))
        .join(everybody.select("shingle", there="prompts"), on="shingle", how="left")
        .with_columns(pl.col("there").fill_null(0))
        .filter(pl.col("spread") / n_here >= MARK_RATIO * (pl.col("there") + 0.5) / n_there)
        .sort("spread", "shingle", descending=[True, False])
        .head(MARKS_AT_MOST)
    )
    return np.sort(kept["shingle"].to_numpy())


def mark_level(said: Said, marks: NDArray[np.uint64]) -> pl.Series:
    """How much of each text is made of marked shingles: `0` to `3`, or `none` without text."""
    marked = is_marked(said.shingles.hashes, marks)
    hits = np.bincount(said.shingles.owner[marked], minlength=len(said))
    share = hits / np.maximum(said.shingles.lengths, 1)
    level = np.searchsorted(MARK_LEVELS, share, side="right")
    return pl.Series("marked", LEVEL_NAMES[np.where(said.readable, level, 4)])


def is_marked(hashes: NDArray[np.uint64], marks: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Mask of the hashes that are among sorted marks. Shape as `hashes`.

    A million prompts have tens of millions of shingles and next to none is a mark: a table
    of the low bits sieves them before they are searched for.
    """
    found = np.zeros(hashes.size, dtype=bool)
    if not marks.size:
        return found
    sieve = np.zeros(SIEVE, dtype=bool)
    sieve[marks & np.uint64(SIEVE - 1)] = True
    maybe = np.flatnonzero(sieve[hashes & np.uint64(SIEVE - 1)])
    sought = hashes[maybe]
    place = np.minimum(np.searchsorted(marks, sought), marks.size - 1)
    found[maybe] = marks[place] == sought
    return found
