"""The figures of a campaign as a sighting has it: what queues and lists are made from."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from revenuer.casework.queue import Pace, pace_of
from revenuer.instants import micros
from revenuer.records import Axis, Campaign, Exhibit

SPEAKS = math.log(2)
"""Nats from which a piece of evidence counts as speaking against somebody: a bet that doubled."""


def figures_of(one: Campaign, exhibit: Exhibit | None, until: date) -> dict[str, Any]:
    """The figures of a campaign.

    Args:
        one: Its record.
        exhibit: What is drawn of it; None where that was not kept.
        until: The scan's last day.
    """
    leak, pace = one.leaked_before_detection, _pace(one, exhibit, until)
    return {
        "campaign_id": one.id,
        "verdict": one.verdict.value,
        "probability": one.probability,
        "log_e_value": one.log_e_value,
        **{axis.value: one.axes.get(axis, 0.0) for axis in Axis},
        "innocents_nearby": one.innocents_nearby,
        "exchanges": one.exchanges,
        "tasks": one.tasks,
        "output_tokens": one.output_tokens,
        "reasoning_tokens": one.reasoning_tokens,
        "first_seen_us": micros(one.first_seen),
        "last_seen_us": micros(one.last_seen),
        "detected_us": micros(one.detected_at),
        "leaked_exchanges": leak.exchanges,
        "leaked_output_tokens": leak.output_tokens,
        "leaked_hours": leak.hours,
        "tokens_a_day": pace.tokens_a_day,
        "growth": pace.growth,
        "methods": " ".join(one.methods),
        "families": " ".join(
            sorted({piece.kind for piece in one.evidence if piece.log_e_value >= SPEAKS})
        ),
    }


def _pace(one: Campaign, exhibit: Exhibit | None, until: date) -> Pace:
    """How a campaign runs; without its days as if it had been the same on each."""
    if exhibit is not None and exhibit.days:
        days = list(zip(map(date.fromisoformat, exhibit.days), exhibit.own, strict=False))
        return pace_of(days, output_tokens=one.output_tokens, exchanges=one.exchanges, until=until)
    days_long = max((one.last_seen - one.first_seen).total_seconds() / 86_400, 1.0)
    return Pace(one.output_tokens / days_long, 1.0)
