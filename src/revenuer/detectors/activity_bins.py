"""How an account's exchanges fall into hours of the day and days of the window."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detectors.account_columns import numbers, seconds
from revenuer.features.activity import DAY_BINS, HOURS


def hour_matrix(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Exchanges in each hour of the UTC day. Shape (n, 24)."""
    names = [f"hour_{h}" for h in range(HOURS)]
    return accounts.select(pl.col(names).cast(pl.Float64)).to_numpy()


def day_matrix(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Exchanges of each bin of days, from each account's first day to its last.

    Returns:
        NaN after the account's last. Shape (n, `DAY_BINS`).
    """
    names = [f"day_{d}" for d in range(DAY_BINS)]
    circle = accounts.select(pl.col(names).cast(pl.Float64)).to_numpy()
    span = numbers(accounts, "day_bin_s")
    first = (seconds(accounts, "first_at") // span).astype(np.int64)
    last = (seconds(accounts, "last_at") // span).astype(np.int64)
    steps = np.arange(DAY_BINS)
    counts = np.take_along_axis(circle, (first[:, None] + steps) % DAY_BINS, axis=1)
    return np.where(steps <= (last - first)[:, None], counts, np.nan)
