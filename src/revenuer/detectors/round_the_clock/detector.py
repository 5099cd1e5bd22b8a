"""Use that never pauses for a night."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, quoted, remembered
from revenuer.detectors.activity_bins import hour_matrix
from revenuer.features.activity import HOURS
from revenuer.records import Axis

CARD = Card(
    id="round-the-clock",
    title="Use around the clock, without a daily pause",
    axis=Axis.EXTRACTION,
    atlas=(
        "AML.T0040",
        "AML.T0024.002",
    ),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A, indicator 1: "
        "sustained round-the-clock use without human variation or idle."
    ),
    blind_spots=(
        "campaigns that keep office hours, or whose pools take turns",
        "accounts with fewer than a dozen active hours",
    ),
    innocent_causes=(
        "a product with customers in every time zone",
        "nightly evaluations beside daily work",
        "monitors and other timers",
    ),
    runbook=(
        "Look at the hours of single days. A product's traffic swells and ebbs with its"
        " customers; a harvest is flat. Ask for the product."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.occurred_at",),
)

NAME = "round_the_clock"
NIGHT_H = 6
"""A pause that a person's day has and a timer's has not."""
FEWEST_HOURS = 6
"""Active hours below which a missing pause is chance. placeholder"""
EXTRA_HOURS = 2.0
"""Added to the divisor, so that chance does not make sparse accounts look flat. placeholder"""
SPREAD = 0.74
"""Expected shortfall of the quietest window, in roots of the number of active hours.

From 20,000 draws each of 12 to 2,700 uniform hours: 0.66 to 0.755; the test draws again.
"""


class RoundTheClock:
    """Use that never pauses for a night."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """None of its own: the hours are counted for everybody."""
        return {}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Compare the quietest six hours of the day with those of a flat day.

        The number of active hours counts, not of exchanges, because exchanges come in
        bursts. Where the day begins does not matter, so neither does the time zone.

        Returns:
            About 0 for a day with a night, about 1 for a flat one. Shape (n,).
        """
        active = numbers(accounts, "active_hours")
        flat = np.maximum(active * NIGHT_H / HOURS - SPREAD * np.sqrt(active), 0.0)
        value = quietest_share(hour_matrix(accounts)) * active / (flat + EXTRA_HOURS)
        return np.where(active >= FEWEST_HOURS, value, np.nan)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare the shares of use in the quietest six hours."""
        shares = [median(_quietest(part)) for part in (members, others)]
        return (
            f"The quietest six hours of the day hold {quoted(shares[0], '.1%')} of the use of the "
            f"median member and {quoted(shares[1], '.1%')} of others; a flat day would have 25%."
        )


@remembered
def _quietest(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """The quietest share of each account's own hours. Shape (n,)."""
    return quietest_share(hour_matrix(accounts))


def quietest_share(hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of use in the quietest six hours on end, around the clock.

    Args:
        hours: Exchanges in each hour of the day. Shape (n, 24).

    Returns:
        In [0, 0.25], NaN without use. Shape (n,).

    Examples:
        >>> quietest_share(np.ones((1, 24)))
        array([0.25])
    """
    around = np.concatenate([hours, hours[:, : NIGHT_H - 1]], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(around, NIGHT_H, axis=1).sum(axis=2)
    total = hours.sum(axis=1)
    unknown = np.full(total.shape, np.nan)
    return np.asarray(np.divide(windows.min(axis=1), total, out=unknown, where=total > 0))


DETECTOR = RoundTheClock()
