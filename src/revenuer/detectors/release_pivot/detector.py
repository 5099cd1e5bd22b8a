"""Traffic that moves to a new model within two days of its release."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, quoted
from revenuer.records import Axis

CARD = Card(
    id="release-pivot",
    title="A move to a new model within two days of its release",
    axis=Axis.EXTRACTION,
    atlas=(
        "AML.T0024.002",
        "AML.T0042",
    ),
    source=(
        "Anthropic (2026-02-23), Detecting and preventing distillation attacks: pivoted"
        " within 24 hours of a release, redirecting nearly half the traffic; CISA, NSA "
        "and FBI (2026-09-08), joint advisory AA26-251A: retargeting a new model within"
        " 24 hours."
    ),
    blind_spots=(
        "campaigns that stay with one model",
        "windows without a release",
        "accounts that began after the release",
    ),
    innocent_causes=(
        "benchmarks on the first day",
        "applications that follow an alias to the newest model",
        "developers who like new things",
    ),
    runbook=(
        "Corroboration only: every release draws honest crowds. Look at whether the "
        "prompts changed with the model; a harvest asks the new one the same."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.model",),
)

NAME = "release_pivot"
NEWEST = 8
"""Releases that are looked at: each adds three columns to the pass."""
SECONDS_AFTER = 48 * 3600
FEWEST_BEFORE = 2
FEWEST_AFTER = 1
PRIOR = 10.0
"""Exchanges of an ordinary account that each account's share is mixed with. placeholder"""


class ReleasePivot:
    """Traffic that moves to a new model within two days of its release."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """For each release: exchanges before, in the two days after, and on the new model then."""
        at_s = exchanges.occurred_at.epoch_seconds().cast("int64")
        wanted: dict[str, ir.Value] = {}
        for number, release in enumerate(context.releases[-NEWEST:]):
            start = int(release.at.timestamp())
            soon = (at_s >= start) & (at_s < start + SECONDS_AFTER)
            # Dated snapshots carry the name of their model: `model-20260301`, `model-2026-03-01`.
            same = (exchanges.model == release.model) | exchanges.model.startswith(
                f"{release.model}-20"
            )
            wanted[f"{NAME}_{number}_before"] = exchanges.count(where=at_s < start)
            wanted[f"{NAME}_{number}_after"] = exchanges.count(where=soon)
            wanted[f"{NAME}_{number}_moved"] = exchanges.count(where=soon & same)
        return wanted

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Compare the share that moved with the share that everyone moved.

        Returns:
            The largest difference over the releases, in [-1, 1], each account's share
            mixed with ten ordinary exchanges; NaN without use before and after one.
            Shape (n,).
        """
        columns = [
            _moved_beyond(accounts, number) for number in range(len(context.releases[-NEWEST:]))
        ]
        return np.fmax.reduce(columns) if columns else np.full(accounts.height, np.nan)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare the shares of traffic that moved."""
        numbers_seen = [n for n in range(NEWEST) if f"{NAME}_{n}_after" in members.columns]
        moved = [
            [median(share_moved(part, number)) for number in numbers_seen]
            for part in (members, others)
        ]
        best = int(np.nanargmax(moved[0])) if np.isfinite(moved[0]).any() else None
        if best is None:
            return "No member was active both before and after a release."
        return (
            f"Within two days of a release the median member moved {quoted(moved[0][best], '.0%')} "
            f"of its traffic to the new model; others moved {quoted(moved[1][best], '.0%')}."
        )


def share_moved(accounts: pl.DataFrame, number: int) -> NDArray[np.float64]:
    """Share of the two days after a release that went to the new model.

    Returns:
        In [0, 1], NaN for accounts with too little before or after. Shape (n,).
    """
    before = numbers(accounts, f"{NAME}_{number}_before")
    after = numbers(accounts, f"{NAME}_{number}_after")
    moved = numbers(accounts, f"{NAME}_{number}_moved")
    known = (before >= FEWEST_BEFORE) & (after >= FEWEST_AFTER)
    return np.where(known, moved / np.maximum(after, 1.0), np.nan)


def _moved_beyond(accounts: pl.DataFrame, number: int) -> NDArray[np.float64]:
    """How far each account's share lies above everyone's, mixed with it. Shape (n,)."""
    share = share_moved(accounts, number)
    known = ~np.isnan(share)
    if not known.any():
        return share
    usual = float(share[known].mean())
    after = numbers(accounts, f"{NAME}_{number}_after")
    return (share * after + usual * PRIOR) / (after + PRIOR) - usual


DETECTOR = ReleasePivot()
