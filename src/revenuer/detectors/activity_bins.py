"""How an account's exchanges fall into hours of the day and days of the window.

Conditional counts, because they join the one pass over the exchanges; a second grouping
would read the logs again. Hours come from seconds since 1970: the engine's own `hour`
would follow the time zone of its session.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Context
from revenuer.detectors.account_columns import DAY_S, numbers, seconds

HOURS = 24
DAY_BINS = 32
"""Days of a month and one more: a window of up to 31 days has a bin for each day."""


def hour_counts(exchanges: ir.Table, prefix: str) -> dict[str, ir.Value]:
    """Aggregates `<prefix>_hour_<h>`: exchanges in each hour of the UTC day."""
    hour = (exchanges.occurred_at.epoch_seconds() // 3600).cast("int64") % HOURS
    return {f"{prefix}_hour_{h}": exchanges.count(where=hour == h) for h in range(HOURS)}


def hour_matrix(accounts: pl.DataFrame, prefix: str) -> NDArray[np.float64]:
    """The counts of `hour_counts`. Shape (n, 24)."""
    names = [f"{prefix}_hour_{h}" for h in range(HOURS)]
    return accounts.select(pl.col(names).cast(pl.Float64)).to_numpy()


def days_per_bin(context: Context) -> int:
    """Days in each bin: 1 in windows of up to 31 days, then as many as it takes."""
    return int(np.ceil(max(context.window_days, 1.0) / (DAY_BINS - 1)))


def day_counts(exchanges: ir.Table, prefix: str, context: Context) -> dict[str, ir.Value]:
    """Aggregates `<prefix>_day_<d>`: exchanges in each bin, numbered around a circle.

    `<prefix>_bin_s` says how many seconds a bin has.

    The window's start is not known when the query is written, so days are numbered
    modulo `DAY_BINS`; each account's first exchange tells later where its circle begins.
    """
    span = int(days_per_bin(context) * DAY_S)
    day = (exchanges.occurred_at.epoch_seconds() // span).cast("int64") % DAY_BINS
    counts = {f"{prefix}_day_{d}": exchanges.count(where=day == d) for d in range(DAY_BINS)}
    return {f"{prefix}_bin_s": ibis.literal(span, "int64"), **counts}


def day_matrix(accounts: pl.DataFrame, prefix: str) -> NDArray[np.float64]:
    """The counts of `day_counts`, from each account's first day to its last.

    Returns:
        Exchanges per bin, NaN after the account's last. Shape (n, `DAY_BINS`).
    """
    names = [f"{prefix}_day_{d}" for d in range(DAY_BINS)]
    circle = accounts.select(pl.col(names).cast(pl.Float64)).to_numpy()
    span = numbers(accounts, f"{prefix}_bin_s")
    first = (seconds(accounts, "first_at") // span).astype(np.int64)
    last = (seconds(accounts, "last_at") // span).astype(np.int64)
    steps = np.arange(DAY_BINS)
    counts = np.take_along_axis(circle, (first[:, None] + steps) % DAY_BINS, axis=1)
    return np.where(steps <= (last - first)[:, None], counts, np.nan)
