"""Days of the same volume, flat just below a limit."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, quoted, remembered
from revenuer.detectors.activity_bins import day_matrix
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
        "fewer than three full days",
        "a few exchanges a day, where chance hides every ceiling",
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
FEWEST_DAYS = 3
USUAL_VARIATION = 0.7
"""Variation of an ordinary account's days, which each account's is mixed with. placeholder"""
PRIOR_DAYS = 3.0
"""How many such days are mixed in: three equal days are no ceiling yet. placeholder"""
REFUSAL_WEIGHT = 2.0
"""Nats for an account that is refused all the time. placeholder"""
TOO_MANY = 429


class RateCeiling:
    """Days of the same volume, flat just below a limit."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """Refusals for too many requests."""
        refused = exchanges.count(where=exchanges.status == TOO_MANY)
        return {f"{NAME}_refused": refused}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Measure how little the account's full days differ, and how often it hits a limit.

        Returns:
            Minus the log of the coefficient of variation over active days, the first and
            last left out, with what chance adds at this volume; and up to two nats for
            refusals. NaN with fewer than three such days. Shape (n,).
        """
        days, mean, variation = daily_variation(accounts)
        own = np.maximum(days - 1, 0.0)
        mixed = (own * variation**2 + PRIOR_DAYS * USUAL_VARIATION**2) / (own + PRIOR_DAYS)
        # Counts of one a day are equal without a ceiling: a Poisson count's square of
        # variation is one over its mean.
        flat = -0.5 * np.log(mixed + 1 / mean)
        return flat + REFUSAL_WEIGHT * np.nan_to_num(refusal_rate(accounts))

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare the share of refusals and the variation of daily volumes."""
        flat = [median(daily_variation(part)[2]) for part in (members, others)]
        refused = [median(refusal_rate(part)) for part in (members, others)]
        return (
            f"The full days of the median member differ by {quoted(flat[0], '.0%')} of their mean, "
            f"those of others by {quoted(flat[1], '.0%')}; {quoted(refused[0], '.1%')} and "
            f"{quoted(refused[1], '.1%')} of requests were refused as too many."
        )


@remembered
def daily_variation(
    accounts: pl.DataFrame,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """How much the account's full active days differ.

    Returns:
        Days, exchanges on their mean, and their standard deviation over the mean. Each of
        shape (n,), NaN with too few days.
    """
    days = day_matrix(accounts)
    lived = (~np.isnan(days)).sum(axis=1)
    steps = np.arange(days.shape[1])
    # The first and the last day are cut short by the hour they began or ended.
    full = (steps > 0) & (steps < lived[:, None] - 1) & (np.nan_to_num(days) > 0)
    count = np.where(full.sum(axis=1) >= FEWEST_DAYS, full.sum(axis=1), np.nan)
    mean = np.where(full, days, 0.0).sum(axis=1) / count
    apart = np.where(full, (np.nan_to_num(days) - mean[:, None]) ** 2, 0.0).sum(axis=1)
    return count, mean, np.sqrt(apart / (count - 1)) / mean


def refusal_rate(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Share of requests that were refused as too many. Shape (n,)."""
    return numbers(accounts, f"{NAME}_refused") / np.maximum(numbers(accounts, "n_exchanges"), 1.0)


DETECTOR = RateCeiling()
