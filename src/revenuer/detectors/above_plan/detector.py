"""Token use far above what the account's plan is for."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, per_active_day, quoted, texts
from revenuer.records import Axis

CARD = Card(
    id="above-plan",
    title="Usage far above the plan",
    axis=Axis.EXTRACTION,
    atlas=(
        "AML.T0024.002",
        "AML.T0012",
    ),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A, indicator 4: "
        "anomalous subscription-to-usage ratios, enterprise throughput on accounts that"
        " are none."
    ),
    blind_spots=(
        "pools that split the load until each account fits its plan",
        "logs without token counts",
    ),
    innocent_causes=(
        "a small team with a large volume",
        "a backfill of a document store",
        "a plan that fits badly, which sales should hear of",
    ),
    runbook=(
        "Look at how long it lasts and whether the customer pays for it. One day of a "
        "backfill is ordinary; a seat at a factory's load for weeks is not."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=(
        "exchanges.output_tokens",
        "accounts.plan",
    ),
)

FEWEST_PEERS = 20
"""Accounts of a plan from which its median may stand for its allowance. placeholder"""


class AbovePlan:
    """Token use far above what the account's plan is for."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """Nothing beside the base aggregates."""
        return {}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Set tokens of an active day against the plan's allowance.

        The allowance is the account's own, else the one that the operator set for its
        plan. Only where the log knows no allowance at all, the median use of the plan's
        accounts stands in: among plans with allowances one without is metered, and there
        much use is much paid for.

        Returns:
            Logs of times the allowance, NaN where none is known. Shape (n,).
        """
        daily = daily_tokens(accounts)
        allowed = numbers(accounts, "plan_tokens_per_day")
        allowed = np.where(allowed > 0, allowed, _of_plan(accounts, context))
        if np.isnan(allowed).all():
            allowed = _of_peers(accounts, daily)
        return np.where(allowed > 0, np.log1p(daily) - np.log1p(allowed), np.nan)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare tokens of an active day."""
        daily = [median(daily_tokens(part)) for part in (members, others)]
        ratio = median(daily_tokens(members) / numbers(members, "plan_tokens_per_day"))
        stated = "" if np.isnan(ratio) else f", {ratio:,.2g} times its allowance"
        return (
            f"The median member used {quoted(daily[0])} tokens on an active day{stated}; "
            f"others used {quoted(daily[1])}."
        )


def daily_tokens(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Tokens in and out per active day, NaN where the log has no counts. Shape (n,)."""
    counts = np.column_stack([numbers(accounts, f"{way}_tokens") for way in ("input", "output")])
    total = np.where(np.isnan(counts).all(axis=1), np.nan, np.nansum(counts, axis=1))
    return per_active_day(accounts, total)


def _of_plan(accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
    """The allowance that the operator set for each account's plan. Shape (n,)."""
    stated = {name.lower(): float(n) for name, n in context.plan_tokens_per_day.items()}
    plans = texts(accounts, "plan").to_list()
    return np.array([stated.get(plan or "", np.nan) for plan in plans], dtype=np.float64)


def _of_peers(accounts: pl.DataFrame, daily: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median use of each account's plan, NaN in plans of few accounts. Shape (n,)."""
    plans = texts(accounts, "plan").alias("plan")
    frame = pl.DataFrame([plans, pl.Series("daily", daily, nan_to_null=True)])
    peers = pl.col("daily").median().over("plan")
    enough = (pl.col("daily").count().over("plan") >= FEWEST_PEERS) & pl.col("plan").is_not_null()
    return frame.select(pl.when(enough).then(peers)).to_series().to_numpy().astype(np.float64)


DETECTOR = AbovePlan()
