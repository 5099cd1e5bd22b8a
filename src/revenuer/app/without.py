"""The verdict on a group of a scan without each piece of its evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

from revenuer.campaigns.waterfall import axis_e_value
from revenuer.records import Axis, Campaign

PASSING_UNKNOWN = math.inf


@dataclass(frozen=True, slots=True)
class Without:
    """The verdict without one piece of evidence.

    Attributes:
        axis: Of the piece.
        kind: Of the piece.
        log_e_value: What the group would have, nats.
        passes: Whether that would still convict, all other groups unchanged.
    """

    axis: Axis
    kind: str
    log_e_value: float
    passes: bool


def group_of(
    target: str, campaign: Campaign | None, judged: pl.DataFrame
) -> dict[str, object] | None:
    """The judged group of a campaign, or the one of an account that came nearest."""
    groups = judged.with_columns(least=pl.min_horizontal(*map(str, Axis)))
    if campaign is not None:
        first = campaign.account_ids[0]
        groups = groups.filter(pl.col("account_ids").list.contains(first)).with_columns(
            closeness=(
                pl.col("account_ids").list.len().cast(pl.Int64) - len(campaign.account_ids)
            ).abs()
        )
        ranked = groups.sort("closeness", "group")
    else:
        groups = groups.filter(pl.col("account_ids").list.contains(target))
        ranked = groups.sort("least", "group", descending=[True, False])
    return ranked.row(0, named=True) if ranked.height else None


def parts_of(group: dict[str, object] | None) -> dict[Axis, dict[str, float]]:
    """The pieces of each axis of a judged group, nats; none without a group."""
    parts: dict[Axis, dict[str, float]] = {axis: {} for axis in Axis}
    pieces = group["parts"] if group else []
    assert isinstance(pieces, list)
    for piece in pieces:
        parts[Axis(piece["axis"])][piece["kind"]] = piece["nats"]
    return parts


def axes_of(group: dict[str, object] | None) -> dict[Axis, float]:
    """The axes of a judged group, nats; none without a group."""
    return {axis: float(str(group[axis])) for axis in Axis} if group else {}


def bar_of(judged: pl.DataFrame) -> float | None:
    """The least evidence with which a group passed."""
    passing = judged.filter("passes").select(pl.min_horizontal(*map(str, Axis)))
    return float(passing.to_series().min()) if passing.height else None  # type: ignore[arg-type]


def without_each(
    parts: dict[Axis, dict[str, float]], axes: dict[Axis, float], bar: float | None
) -> tuple[Without, ...]:
    """The verdict without each piece: its axis is averaged again over the others."""
    found = []
    for axis, pieces in parts.items():
        for kind in pieces:
            rest = {name: nats for name, nats in pieces.items() if name != kind}
            least = min({**axes, axis: axis_e_value(axis, rest)}.values())
            passes = least >= (PASSING_UNKNOWN if bar is None else bar)
            found.append(Without(axis, kind, least, passes))
    return tuple(found)
