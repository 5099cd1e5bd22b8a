"""When work happens: hours of the day, days of the week, sessions."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Relative load of each local hour, midnight first; shapes, not measurements. placeholder
OFFICE = np.array(
    [1, 1, 0, 0, 0, 0, 1, 4, 12, 22, 26, 24, 16, 20, 25, 25, 22, 16, 9, 6, 5, 4, 3, 2]
)
EVENING = np.array(
    [6, 3, 2, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 10, 9, 10, 11, 13, 16, 20, 22, 22, 17, 11]
)
NIGHTLY = np.array([0, 4, 30, 30, 12, 2] + [0] * 18)
CLOCK_ROUND = np.ones(24)
PROFILES = np.stack([p / p.sum() for p in (OFFICE, EVENING, NIGHTLY, CLOCK_ROUND)])
IS_OFFICE, IS_EVENING, IS_NIGHTLY, IS_CLOCK_ROUND = range(4)
# Share of a weekday's load that is left on a weekend day. placeholder
WEEKEND = np.array([0.25, 0.9, 1.0, 1.0])


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly."""
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def draw_times(
    rng: np.random.Generator,
    profile: NDArray[np.int64],
    offset: NDArray[np.int64],
    day_start_us: int,
) -> NDArray[np.int64]:
    """A time of day for each item, in its own zone's rhythm.

    Args:
        profile: IS_OFFICE, IS_EVENING, IS_NIGHTLY or IS_CLOCK_ROUND. Shape (n,).
        offset: Hours ahead of UTC. Shape (n,).
        day_start_us: Midnight UTC of the day.

    Returns:
        Microseconds since 1970, inside the UTC day. Shape (n,).
    """
    edges = np.cumsum(PROFILES, axis=1) + np.arange(4)[:, None]
    place = np.searchsorted(edges.ravel(), profile + rng.random(profile.size), side="right")
    hour = (np.minimum(place, edges.size - 1) % 24 - offset) % 24
    inside = rng.integers(0, HOUR_US, profile.size)
    return day_start_us + hour * HOUR_US + inside


def weekday_factor(profile: NDArray[np.int64], start_us: int, days: int) -> NDArray[np.float64]:
    """Share of full load on each day of the window. Shape (n, days)."""
    weekday = (start_us // DAY_US + 3 + np.arange(days)) % 7
    return np.where(weekday[None, :] >= 5, WEEKEND[profile][:, None], 1.0)


def chain_sessions(
    rng: np.random.Generator,
    who: NDArray[np.int64],
    at: NDArray[np.int64],
    *,
    stay: NDArray[np.float64] | float,
    gap_s: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Tie consecutive exchanges of one account together into conversations.

    Args:
        who: Accounts, equal ones next to each other. Shape (n,).
        at: A time each; the first of a conversation keeps its own. Shape (n,).
        stay: Chance that a conversation goes on after an exchange.
        gap_s: Mean pause between turns, seconds.

    Returns:
        The times, the position of each conversation's first exchange, and the turn
        (0 for the first). Each of shape (n,).
    """
    n = who.size
    if n == 0:
        return at, np.arange(0), np.arange(0)
    first = np.ones(n, dtype=bool)
    first[1:] = (who[1:] != who[:-1]) | (rng.random(n - 1) > np.broadcast_to(stay, n)[1:])
    opening = np.maximum.accumulate(np.where(first, np.arange(n), 0))
    pauses = np.where(first, 0, rng.exponential(gap_s * 1e6, n)).astype(np.int64)
    elapsed = np.cumsum(pauses)
    return at[opening] + elapsed - elapsed[opening], opening, np.arange(n) - opening
