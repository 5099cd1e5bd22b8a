"""The four detection indicators of AA26-251A, as thresholds on one account each.

The advisory gives no numbers. Each indicator becomes one statistic, and its threshold is
what one account in a hundred exceeds in a world without campaigns.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from peers.logs import Logs

INDICATORS = ("round-the-clock", "no ramp", "addresses and clients", "above plan")
LEAST_DAYS = 3
DAY_US = 86_400_000_000


def indicators(logs: Logs) -> pl.DataFrame:
    """Every account's four statistics; null where its log cannot tell.

    Returns:
        `account_id` and `INDICATORS`: the least idle stretch of a usual day turned round (24
        hours less the longest gap), tokens of the first day to those of the largest one for
        accounts that signed up within the window, distinct addresses times distinct clients,
        and the largest day's tokens to the plan's.

    Source:
        CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A, the four enumerated
        indicators. The statistics are ours.
    """
    found = round_the_clock(logs)
    for other in (no_ramp(logs), addresses_and_clients(logs), above_plan(logs)):
        found = found.join(other, on="account_id", how="full", coalesce=True)
    return found.sort("account_id")


def round_the_clock(logs: Logs) -> pl.DataFrame:
    """Hours that an account is not idle on a usual day: 24 less the day's longest gap."""
    gaps = (
        logs.exchanges.lazy()
        .select("account_id", "at_us", day=pl.col("at_us") // DAY_US)
        .group_by("account_id", "day")
        .agg(
            pl.col("at_us").sort().diff().max().fill_null(DAY_US).alias("gap"),
            first=pl.col("at_us").min() % DAY_US,
            last=DAY_US - pl.col("at_us").max() % DAY_US,
        )
        .select("account_id", "day", idle=pl.max_horizontal("gap", "first", "last"))
    )
    return (
        gaps.group_by("account_id")
        .agg(days=pl.len(), idle=pl.col("idle").median())
        .filter(pl.col("days") >= LEAST_DAYS)
        .select("account_id", (24 - pl.col("idle") / 3.6e9).alias(INDICATORS[0]))
        .collect()
    )


def daily_tokens(logs: Logs) -> pl.LazyFrame:
    """Tokens of each account on each day of its use."""
    return (
        logs.exchanges.lazy()
        .with_columns(day=pl.col("at_us") // DAY_US)
        .group_by("account_id", "day")
        .agg(
            tokens=(
                pl.col("input_tokens").fill_null(0) + pl.col("output_tokens").fill_null(0)
            ).sum()
        )
    )


def no_ramp(logs: Logs) -> pl.DataFrame:
    """First day's tokens, times the share of the largest day that they are, for new accounts.

    The share alone would name everybody who came once.
    """
    start = logs.exchanges["occurred_at"][0]
    new = logs.accounts.filter(pl.col("created_at") >= start).select("account_id").lazy()
    return (
        daily_tokens(logs)
        .join(new, on="account_id", how="semi")
        .group_by("account_id")
        .agg(
            days=pl.len(),
            first=pl.col("tokens").sort_by("day").first(),
            largest=pl.col("tokens").max(),
        )
        .filter((pl.col("days") >= LEAST_DAYS) & (pl.col("largest") > 0))
        .select(
            "account_id",
            (pl.col("first") * pl.col("first") / pl.col("largest")).alias(INDICATORS[1]),
        )
        .collect()
    )


def addresses_and_clients(logs: Logs) -> pl.DataFrame:
    """Distinct addresses times distinct clients: shared accounts have many of both."""
    return (
        logs.exchanges.lazy()
        .group_by("account_id")
        .agg(addresses=pl.col("client_ip").n_unique(), clients=pl.col("user_agent").n_unique())
        .select(
            "account_id",
            (pl.col("addresses") * pl.col("clients").cast(pl.Float64)).alias(INDICATORS[2]),
        )
        .collect()
    )


def above_plan(logs: Logs) -> pl.DataFrame:
    """Tokens of the largest day to what the plan is made for."""
    plans = logs.accounts.lazy().select("account_id", "plan_tokens_per_day")
    return (
        daily_tokens(logs)
        .group_by("account_id")
        .agg(largest=pl.col("tokens").max())
        .join(plans, on="account_id")
        .filter(pl.col("plan_tokens_per_day") > 0)
        .select(
            "account_id", (pl.col("largest") / pl.col("plan_tokens_per_day")).alias(INDICATORS[3])
        )
        .collect()
    )


def tail_ranks(values: Mapping[str, float], clean: Mapping[str, float]) -> dict[str, float]:
    """Surprise of each value: minus the logarithm of the share of clean accounts above it."""
    ranked = np.sort([value for value in clean.values() if np.isfinite(value)])
    if not len(ranked):
        return {}
    names = [name for name, value in values.items() if np.isfinite(value)]
    asked = np.array([values[name] for name in names])
    above = len(ranked) - np.searchsorted(ranked, asked, side="left")
    surprise = -np.log((above + 1) / (len(ranked) + 1))
    return dict(zip(names, surprise.tolist(), strict=True))


def nth_largest(columns: list[dict[str, float]], place: int) -> dict[str, float]:
    """Each account's `place`-th largest surprise over several indicators, 0 where it has fewer."""
    names = {name for column in columns for name in column}
    return {
        name: sorted((column.get(name, 0.0) for column in columns), reverse=True)[place]
        for name in names
    }
