"""When people and machines call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

START = datetime(2026, 9, 7, tzinfo=UTC)
DAY_S = 86_400.0
# Share of a person's requests by local hour: asleep at night, two humps.
WAKING = np.array([2, 1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 8, 8, 9, 9, 8, 7, 6, 7, 8, 8, 6, 4], float)
OFFICE = np.array(
    [0, 0, 0, 0, 0, 0, 1, 3, 8, 11, 12, 11, 7, 9, 11, 11, 9, 6, 3, 2, 1, 1, 1, 0], float
)


def at(seconds: float) -> datetime:
    """The moment so many seconds after the log starts."""
    return START + timedelta(microseconds=round(seconds * 1e6))


def waking(
    rng: Generator, count: int, first: float, last: float, offset: int, *, office: bool = False
) -> NDArray[np.float64]:
    """Moments in [first, last) by a person's day, with fewer at the weekend."""
    hours = OFFICE if office else WAKING
    days = np.arange(int(first // DAY_S), int(np.ceil(last / DAY_S)))
    week = np.array([(START + timedelta(days=int(day))).weekday() for day in days])
    weight = np.where(week >= 5, 0.15 if office else 0.8, 1.0)
    moments: NDArray[np.float64] = np.empty(0)
    while moments.size < count:
        day = rng.choice(days, size=count * 2 + 8, p=weight / weight.sum())
        hour = rng.choice(24, size=day.size, p=hours / hours.sum())
        drawn = day * DAY_S + ((hour - offset) % 24 + rng.random(day.size)) * 3600
        moments = np.append(moments, drawn[(drawn >= first) & (drawn < last)])
    return moments[:count]


def flat(rng: Generator, count: int, first: float, last: float) -> NDArray[np.float64]:
    """Moments that know no night."""
    return np.sort(rng.uniform(first, last, count))


def metronome(rng: Generator, count: int, first: float, last: float) -> NDArray[np.float64]:
    """A queue worker: even steps with a little jitter, and pauses of an hour now and then."""
    step = (last - first) / count
    return first + (np.arange(count) + rng.normal(0.5, 0.12, count)) * step


def bursts(rng: Generator, count: int, first: float, last: float) -> NDArray[np.float64]:
    """Jobs of some dozens of requests that start at a moment of one's own."""
    jobs = max(1, count // 40)
    starts = rng.uniform(first, last - 3600, jobs)
    return np.sort(starts[rng.integers(0, jobs, count)] + rng.exponential(700, count).clip(0, 3500))
