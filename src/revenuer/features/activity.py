"""How each account's exchanges fall into hours, hours of the day, and days of the window.

Everything is worked out on the hours of each account, which are fewer than its exchanges.
Hours come from seconds since 1970: the engine's own `hour` would follow the time zone of
its session.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np

HOURS = 24
DAY_BINS = 32
"""Days of a month and one more: a window of up to 31 days has a bin for each day."""


def hourly_activity(exchanges: ir.Table) -> ir.Table:
    """How many exchanges each account made in each hour: `account_id`, `hour`, `exchanges`."""
    hour = (exchanges.occurred_at.epoch_seconds() // 3600).cast("int64")
    return (
        exchanges.group_by(exchanges.account_id, hour=hour)
        .aggregate(exchanges=exchanges.count())
        .select("account_id", "hour", "exchanges")
    )


def activity_features(hours: ir.Table, window_days: float) -> ir.Table:
    """What the hours of each account add up to, a row an account.

    The window's start is not known when the query is written, so bins of days are numbered
    modulo `DAY_BINS`; each account's first exchange tells later where its circle begins.

    Args:
        hours: From `hourly_activity`.
        window_days: Length of the window, days.

    Returns:
        `account_id`; `active_hours` and `active_days`; `hour_0` to `hour_23`, exchanges in
        each hour of the UTC day; `day_0` to `day_31`, exchanges in each bin, and `day_bin_s`,
        the seconds of a bin.
    """
    span_h = days_per_bin(window_days) * HOURS
    rows = hours.select(
        "account_id",
        "exchanges",
        day=hours.hour // HOURS,
        of_day=hours.hour % HOURS,
        bin=(hours.hour // span_h) % DAY_BINS,
    )

    def made(where: ir.BooleanValue) -> ir.Value:
        return rows.exchanges.sum(where=where).fill_null(0).cast("int64")

    return rows.group_by("account_id").aggregate(
        active_hours=rows.count(),
        active_days=rows.day.nunique(),
        **{f"hour_{hour}": made(rows.of_day == hour) for hour in range(HOURS)},
        day_bin_s=ibis.literal(span_h * 3600, "int64"),
        **{f"day_{number}": made(rows.bin == number) for number in range(DAY_BINS)},
    )


def days_per_bin(window_days: float) -> int:
    """Days in each bin: 1 in windows of up to 31 days, then as many as it takes."""
    return int(np.ceil(max(window_days, 1.0) / (DAY_BINS - 1)))
