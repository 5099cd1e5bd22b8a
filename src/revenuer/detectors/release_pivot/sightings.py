"""Releases read off the logs, where the operator lists none."""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis.expr.types as ir
import polars as pl

from revenuer.settings import Release

NEVER_BEFORE = timedelta(days=2)
"""Days at the window's start in which every model that is in use shows up. placeholder"""
FEWEST_ACCOUNTS = 5
"""Fewer accounts are a private fine-tune or a test, not a release. placeholder"""


def first_sightings(exchanges: ir.Table) -> ir.Table:
    """When each model was first asked, and by how many accounts: a row a model."""
    named = exchanges.filter(exchanges.model.notnull() & (exchanges.model != ""))
    return named.group_by("model").aggregate(
        first_at=named.occurred_at.min(), accounts=named.account_id.nunique()
    )


def inferred_releases(sightings: pl.DataFrame) -> tuple[Release, ...]:
    """Models that appear well inside the window, oldest first.

    Args:
        sightings: `model`, `first_at` and `accounts`, as of `first_sightings`.

    Examples:
        >>> from datetime import UTC
        >>> rows = pl.DataFrame(
        ...     {
        ...         "model": ["a-1", "a-2", "own-tune"],
        ...         "first_at": [datetime(2026, 6, day, tzinfo=UTC) for day in (1, 9, 12)],
        ...         "accounts": [400, 90, 1],
        ...     }
        ... )
        >>> [release.model for release in inferred_releases(rows)]
        ['a-2']
    """
    start: datetime | None = sightings["first_at"].min()  # type: ignore[assignment]
    if start is None:
        return ()
    late = pl.col("first_at") >= start + NEVER_BEFORE
    new = sightings.filter(late & (pl.col("accounts") >= FEWEST_ACCOUNTS)).sort("first_at", "model")
    return tuple(Release(row["model"], row["first_at"]) for row in new.iter_rows(named=True))
