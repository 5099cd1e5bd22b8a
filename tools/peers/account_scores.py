"""Window statistics asked of single accounts, where an account has enough queries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from peers.logs import Logs
from peers.windows import four_gaussians, kernel, squared_mmd

QUERIES = 50
"""Queries of an account that are looked at; accounts with fewer are not judged. placeholder"""
LEVEL = 0.01
"""Share of clean accounts that a threshold per account may name. placeholder"""
ACCOUNTS_AT_ONCE = 100
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


def discrepancies(
    logs: Logs, pool: NDArray[np.float32], *, bandwidth: float, size: int = QUERIES
) -> dict[str, float]:
    """Squared maximum mean discrepancy between each account's queries and a pool.

    Many accounts a product: one at a time takes ten times as long.
    """
    queries = account_queries(logs, size=size)
    names = list(queries)
    own = kernel(pool, pool, bandwidth=bandwidth).sum(dtype=np.float64)
    found: dict[str, float] = {}
    for start in range(0, len(names), ACCOUNTS_AT_ONCE):
        chosen = names[start : start + ACCOUNTS_AT_ONCE]
        vectors = logs.vectors[np.stack([queries[name] for name in chosen])]
        flat = vectors.reshape(len(chosen) * size, -1)
        across = kernel(flat, pool, bandwidth=bandwidth).sum(axis=1, dtype=np.float64)
        alike = vectors @ vectors.transpose(0, 2, 1)
        lengths = (vectors * vectors).sum(axis=2)
        apart = np.maximum(lengths[:, :, None] + lengths[:, None, :] - 2 * alike, 0)
        within = four_gaussians(apart, bandwidth=bandwidth).sum(axis=(1, 2), dtype=np.float64)
        between = across.reshape(len(chosen), size).sum(axis=1)
        told = squared_mmd(
            within, np.full(len(chosen), own), between, size=size, other_size=len(pool)
        )
        found.update(zip(chosen, told.tolist(), strict=True))
    return found


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
