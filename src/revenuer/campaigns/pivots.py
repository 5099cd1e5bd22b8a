"""Moves of a campaign's traffic from one model to another."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from revenuer.records import Pivot
from revenuer.settings import Release

WINDOW = timedelta(hours=24)
"""MiniMax moved nearly half of its traffic within 24 hours (Anthropic, 2026-02-23)."""
MOVED_SHARE = 0.2
"""Share of the traffic that must go to the new model within the window. placeholder"""
FEWEST = 20
"""Exchanges before and after below which a move is not called one. placeholder"""


def find_pivots(own: pl.DataFrame, releases: tuple[Release, ...]) -> tuple[Pivot, ...]:
    """Find the models that took over a share of the traffic within a day.

    Args:
        own: The campaign's own exchanges: `occurred_at` and `model`.
        releases: Known releases; a model without one is dated from its first exchange
            here, and `hours_after_release` is then unknown.
    """
    known = own.select("occurred_at", "model").drop_nulls("model")
    released = {release.model: release.at for release in releases}
    firsts = known.group_by("model").agg(pl.col("occurred_at").min()).sort("occurred_at", "model")
    pivots = []
    for model, first in firsts.iter_rows():
        before = known.filter(pl.col("occurred_at") < first)
        after = known.filter(pl.col("occurred_at").is_between(first, first + WINDOW))
        if before.height < FEWEST or after.height < FEWEST:
            continue
        share = float((after["model"] == model).mean() or 0.0)
        if share >= MOVED_SHARE:
            recent = before.filter(pl.col("occurred_at") >= first - 3 * WINDOW)
            usual = (recent if recent.height else before)["model"].mode().sort()[0]
            at = released.get(model)
            hours = None if at is None else round((first - at).total_seconds() / 3600, 2)
            pivots.append(Pivot(first, usual, model, round(share, 4), hours))
    return tuple(pivots)
