"""Days of the same volume, flat just below a limit."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, quoted
from revenuer.detectors.activity_bins import day_counts, day_matrix
from revenuer.records import Axis

CARD = Card(
    id="rate-ceiling",
    title="Daily volumes flat below a limit",
    axis=Axis.CONCEALMENT,
    atlas=("AML.T0040",),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: load "
        "balancing to avoid detection; key-pool software caps each key just below the "
        "provider's limit and goes on after a 429."
    ),
    blind_spots=(
        "pools with random quotas",
        "fewer than five full days",
        "fewer than ten exchanges a day",
    ),
    innocent_causes=(
        "timers and monitors that call a fixed number of times",
        "a quota that the customer set for itself",
        "an evaluation that repeats the same set each night",
    ),
    runbook=(
        "Compare the ceilings of the members: many accounts flat at the same number are"
        " one scheduler. A monitor is flat as well, but its requests are the same every"
        " day."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.occurred_at",),
)

NAME = "rate_ceiling"
FEWEST_DAYS = 5
FEWEST_DAILY = 10.0
"""Exchanges a day below which chance hides every ceiling. placeholder"""
FLOOR = 0.02
"""Variation below which days count as equal, so that logs stay finite. placeholder"""
REFUSAL_WEIGHT = 2.0
"""Nats for an account that is refused all the time. placeholder"""
TOO_MANY = 429


class RateCeiling:
    """Days of the same volume, flat just below a limit."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """Exchanges on each day, and refusals for too many requests."""
        refused = exchanges.count(where=exchanges.status == TOO_MANY)
        return {f"{NAME}_refused": refused, **day_counts(exchanges, NAME, context)}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Measure how little the account's full days differ, and how often it hits a limit.

        Returns:
            Minus the log of the coefficient of variation over active days, the first and
            last left out, and up to two nats for refusals; NaN with fewer than five such
            days or ten exchanges on them. Shape (n,).
        """
        variation = daily_variation(accounts)
        refused = refusal_rate(accounts)
        return -np.log(variation + FLOOR) + REFUSAL_WEIGHT * np.nan_to_num(refused)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare the share of refusals and the variation of daily volumes."""
        flat = [median(daily_variation(part)) for part in (members, others)]
        refused = [median(refusal_rate(part)) for part in (members, others)]
        return (
            f"The full days of the median member differ by {quoted(flat[0], '.0%')} of their mean, "
            f"those of others by {quoted(flat[1], '.0%')}; {quoted(refused[0], '.1%')} and "
            f"{quoted(refused[1], '.1%')} of requests were refused as too many."
        )


def daily_variation(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Standard deviation over mean of the account's full active days.

    Returns:
        NaN with too few days or exchanges. Shape (n,).
    """
    days = day_matrix(accounts, NAME)
    lived = (~np.isnan(days)).sum(axis=1)
    steps = np.arange(days.shape[1])
    # The first and the last day are cut short by the hour they began or ended.
    full = (steps > 0) & (steps < lived[:, None] - 1) & (np.nan_to_num(days) > 0)
    count = np.maximum(full.sum(axis=1), 1)
    mean = np.where(full, days, 0.0).sum(axis=1) / count
    spread = np.where(full, (np.nan_to_num(days) - mean[:, None]) ** 2, 0.0).sum(axis=1)
    known = (count >= FEWEST_DAYS) & (mean >= FEWEST_DAILY)
    variation = np.sqrt(spread / np.maximum(count - 1, 1)) / np.maximum(mean, 1e-9)
    return np.where(known, variation, np.nan)


def refusal_rate(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Share of requests that were refused as too many. Shape (n,)."""
    return numbers(accounts, f"{NAME}_refused") / np.maximum(numbers(accounts, "n_exchanges"), 1.0)


DETECTOR = RateCeiling()
