"""Requests that the model or its guard mostly refuses."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, quoted
from revenuer.records import Axis

CARD = Card(
    id="often-refused",
    title="Requests that are mostly refused",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002", "AML.T0040"),
    source=(
        "Anthropic (2026-09-10), Detecting and countering misuse of AI: more than 12,000 "
        "requests that each tried another technique against hidden reasoning, most of them "
        "rejected before one worked and was scaled up."
    ),
    blind_spots=(
        "techniques that work at the first try",
        "probing through other models or open weights",
        "logs without stop reasons or a guard's outcomes",
    ),
    innocent_causes=(
        "red teams and safety research, which a permit covers",
        "a product on a contested subject: medicine, weapons law, moderation",
        "an application whose prompt a new model refuses",
    ),
    runbook=(
        "Read the refused prompts in order of time. One prompt refused again and again is a "
        "broken application; ever new ways to ask for one thing are probes."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.stop_reason",),
)

NAME = "often_refused"
WAITED_FOR = 16.0
"""Requests without a refusal that every account is credited with: a first try that is refused
says little. placeholder"""


class OftenRefused:
    """Requests that the model or its guard mostly refuses."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """How many requests ended in a known way, and how many of them were refused."""
        guarded = exchanges.outcome.startswith("guard_").fill_null(False)
        refused = (exchanges.stop_reason == "refusal").fill_null(False) | guarded
        return {
            f"{NAME}_known": exchanges.count(where=exchanges.stop_reason.notnull() | guarded),
            f"{NAME}_refused": exchanges.count(where=refused),
        }

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Take the share of requests that were refused, drawn towards none.

        Returns:
            In [0, 1); NaN where no ending is known. Shape (n,).
        """
        known, refused = numbers(accounts, f"{NAME}_known"), numbers(accounts, f"{NAME}_refused")
        return np.where(known > 0, refused / (known + WAITED_FOR), np.nan)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare the shares that were refused."""
        shares = [
            median(numbers(part, f"{NAME}_refused") / np.maximum(numbers(part, f"{NAME}_known"), 1))
            for part in (members, others)
        ]
        return (
            f"Of the median member's requests {quoted(shares[0], '.0%')} were refused, of others' "
            f"{quoted(shares[1], '.0%')}."
        )


DETECTOR = OftenRefused()
