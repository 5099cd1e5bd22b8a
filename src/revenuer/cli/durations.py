"""Lengths of time and moments as a person types them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

HOURS = {"m": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}
MOST_HOURS = 10 * 8766.0
"""Ten years: more is a slip. placeholder"""
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)([mhdw])")


def hours_of(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """A length such as 90m, 72h, 3d or 2w, in hours; for an option's `callback`."""
    if value is None:
        return None
    found = _LENGTH.fullmatch(value.strip())
    hours = float(found[1]) * HOURS[found[2]] if found else 0.0
    if not 0 < hours <= MOST_HOURS:
        raise click.BadParameter(f"{value!r} is no length of time, such as 90m, 72h, 3d or 2w")
    return hours


def moment_of(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """A time such as 2027-01-31T12:00Z, UTC where it says no other; for an option's `callback`."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        raise click.BadParameter(f"{value!r} is no time, such as 2027-01-31T12:00Z") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
