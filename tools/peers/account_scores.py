"""Window statistics asked of single accounts, where an account has enough queries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from peers.logs import Logs
from peers.windows import kernel, squared_mmd

QUERIES = 50
"""Queries of an account that are looked at; accounts with fewer are not judged. placeholder"""
LEVEL = 0.01
"""Share of clean accounts that a threshold per account may name. placeholder"""
Statistic = Callable[[NDArray[np.float32]], float]


def account_queries(logs: Logs, *, size: int = QUERIES) -> dict[str, NDArray[np.intp]]:
    """Texts of each account with at least `size` exchanges, evenly spaced over its own."""
    grouped = (
        logs.exchanges.group_by("account_id").agg("text").filter(pl.col("text").list.len() >= size)
    )
    spaced = {
        account: np.asarray(texts)[np.linspace(0, len(texts) - 1, size).astype(np.intp)]
        for account, texts in grouped.iter_rows()
    }
    return dict(sorted(spaced.items()))


def account_statistics(
    logs: Logs, statistic: Statistic, *, size: int = QUERIES
) -> dict[str, float]:
    """One number for every account that can be judged."""
    return {
        account: statistic(logs.vectors[texts])
        for account, texts in account_queries(logs, size=size).items()
    }


def discrepancy_to(pool: NDArray[np.float32], *, bandwidth: float) -> Statistic:
    """Squared maximum mean discrepancy between an account's queries and a pool."""
    own = kernel(pool, pool, bandwidth=bandwidth).sum(dtype=np.float64)

    def statistic(vectors: NDArray[np.float32]) -> float:
        within = kernel(vectors, vectors, bandwidth=bandwidth).sum(dtype=np.float64)
        between = kernel(vectors, pool, bandwidth=bandwidth).sum(dtype=np.float64)
        sizes = {"size": len(vectors), "other_size": len(pool)}
        found = squared_mmd(np.array([within]), np.array([own]), np.array([between]), **sizes)
        return float(found[0])

    return statistic


def both_sides(values: dict[str, float], clean: dict[str, float]) -> dict[str, float]:
    """Surprise of each value against the clean ones, whichever side it errs on.

    Minus the logarithm of twice the smaller tail.
    """
    ranked = np.sort([value for value in clean.values() if np.isfinite(value)])
    names = [name for name, value in values.items() if np.isfinite(value)]
    asked = np.array([values[name] for name in names])
    below = np.searchsorted(ranked, asked, side="right") + 1
    above = len(ranked) - np.searchsorted(ranked, asked, side="left") + 1
    tails = np.minimum(2 * np.minimum(below, above) / (len(ranked) + 1), 1)
    return dict(zip(names, (-np.log(tails)).tolist(), strict=True))


def named_above(
    values: dict[str, float], clean: dict[str, float], *, level: float = LEVEL
) -> frozenset[str]:
    """Accounts above what all but `level` of the clean ones stay at or below."""
    finite = [value for value in clean.values() if np.isfinite(value)]
    if not finite:
        return frozenset()
    bar = float(np.quantile(finite, 1 - level, method="higher"))
    return frozenset(account for account, value in values.items() if value > bar)
