"""New accounts that work at full load from their first day."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import (
    DAY_S,
    median,
    numbers,
    per_active_day,
    quoted,
    seconds,
)
from revenuer.detectors.activity_bins import day_matrix
from revenuer.records import Axis

CARD = Card(
    id="no-ramp",
    title="A new account at full load from the first day",
    axis=Axis.EXTRACTION,
    atlas=(
        "AML.T0021",
        "AML.T0024.002",
    ),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A, indicator 2: new "
        "subscriptions immediately at maximum usage, with no ramp."
    ),
    blind_spots=(
        "accounts that were warmed up or bought",
        "accounts more than a week older than the window",
        "pools with a low load for each account",
    ),
    innocent_causes=(
        "a customer who moves to a new key or project",
        "a backfill on the day of signing up",
        "a class or an event",
    ),
    runbook=(
        "Ask whether another key of the same customer stopped when this one began: that"
        " is a migration, and it is said openly."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.occurred_at",),
)

NAME = "no_ramp"
EARLY_BINS = 2
"""The first day is cut short by the hour of signing up, so the second counts as well."""
FEWEST_BINS = 3
YOUNG_DAYS = 7.0
"""Age at the window's start up to which an account is still new. placeholder"""
UNSEEN_DAYS = 3.0
"""Without created_at: silence since the window's start that makes an account new. placeholder"""


class NoRamp:
    """New accounts that work at full load from their first day."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """None of its own: the days are counted for everybody."""
        return {}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Compare the load that a new account keeps from its first days with the usual one.

        The smaller of early and later load counts: one who tries a lot and leaves is low
        later, one who grows is low early.

        Returns:
            Logs of times the usual daily load; NaN for accounts that are not new or lived
            less than three days in the window. Shape (n,).
        """
        early, later = loads(accounts)
        usual = median(per_active_day(accounts, numbers(accounts, "n_exchanges")))
        kept = np.log1p(np.minimum(early, later)) - np.log1p(usual)
        return np.where(is_new(accounts, context), kept, np.nan)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare exchanges a day over the active days, and how old the members are."""
        daily = [
            median(per_active_day(part, numbers(part, "n_exchanges"))) for part in (members, others)
        ]
        age_s = seconds(members, "first_at") - seconds(members, "created_at")
        return (
            f"The median member made {quoted(daily[0])} exchanges on an active day, others "
            f"{quoted(daily[1])}; its first came {quoted(median(age_s) / 3600, ',.1f')} hours "
            "after the account was opened."
        )


def loads(accounts: pl.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Exchanges a day in the first two days, and from then to the account's last.

    Returns:
        Two of shape (n,), NaN where the account lived too short.
    """
    days = day_matrix(accounts)
    lived = (~np.isnan(days)).sum(axis=1)
    early = np.nanmax(days[:, :EARLY_BINS], axis=1, initial=0.0)
    rest = np.nansum(days[:, EARLY_BINS:], axis=1)
    later = rest / np.maximum(lived - EARLY_BINS, 1)
    known = lived >= FEWEST_BINS
    return np.where(known, early, np.nan), np.where(known, later, np.nan)


def is_new(accounts: pl.DataFrame, context: Context) -> NDArray[np.bool_]:
    """Accounts opened shortly before the window or in it, or first seen in it. Shape (n,)."""
    first, created = seconds(accounts, "first_at"), seconds(accounts, "created_at")
    start = seconds(accounts, "last_at").max(initial=-np.inf) - context.window_days * DAY_S
    silent = first >= start + UNSEEN_DAYS * DAY_S
    young = created >= start - YOUNG_DAYS * DAY_S
    return np.asarray(np.where(np.isnan(created), silent, young), dtype=bool)


DETECTOR = NoRamp()
