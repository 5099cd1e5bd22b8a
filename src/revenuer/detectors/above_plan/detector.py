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
        "plans whose allowance nobody states",
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
    version=2,
    needs=(
        "exchanges.output_tokens",
        "accounts.plan",
    ),
)


class AbovePlan:
    """Token use far above what the account's plan is for."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """Nothing beside the base aggregates."""
        return {}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Set tokens of an active day against the plan's allowance.

        The allowance is the account's own, else the one that the operator set for its
        plan. A plan without one is metered, and there much use is much paid for. Its median
        is no allowance: the users of a coding agent, whose contexts are long, would be far
        above it, each and every one.

        Returns:
            Logs of times the allowance, NaN where none is known. Shape (n,).
        """
        daily = daily_tokens(accounts)
        allowed = numbers(accounts, "plan_tokens_per_day")
        allowed = np.where(allowed > 0, allowed, _of_plan(accounts, context))
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


DETECTOR = AbovePlan()
