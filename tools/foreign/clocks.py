"""When requests arrive: timing models of people, offices, services, schedules and crowds.

Every function gives seconds since the log's start, sorted, each within the window.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DAY = 86_400.0
HOUR = 3_600.0
Times = NDArray[np.float64]


def _within(times: Times, days: float) -> Times:
    """Those inside the window, in order."""
    return np.sort(times[(times >= 0) & (times < days * DAY)])


def sessions(rng: np.random.Generator, starts: Times, gap_s: float, days: float) -> Times:
    """Each start followed by a short run of turns: people think between two questions."""
    turns = rng.geometric(0.35, starts.size)
    gaps = rng.lognormal(np.log(gap_s), 0.8, int(turns.sum()))
    firsts = np.cumsum(turns) - turns
    run = np.cumsum(gaps)
    within = run - np.repeat(run[firsts], turns)
    return _within(np.repeat(starts, turns) + within, days)


def person(
    rng: np.random.Generator, count: float, days: float, zone_h: float, weekend: float = 0.8
) -> Times:
    """Somebody's free time: days of one's own, an evening peak, sessions of a few turns.

    Args:
        rng: Where chance comes from.
        count: Requests to be expected.
        days: Length of the window.
        zone_h: Hours the local clock is ahead of UTC.
        weekend: How busy Saturday and Sunday are beside a weekday; the log starts on a Monday.
    """
    if count <= 0:
        return np.empty(0)
    whole = np.arange(int(np.ceil(days)) + 1)
    weight = rng.gamma(0.6, 1.0, whole.size) + 1e-3  # some days nothing, some days a lot
    weight *= np.where(whole % 7 >= 5, weekend, 1.0)
    runs = max(1, rng.poisson(count / 2.8))
    day = rng.choice(whole, runs, p=weight / weight.sum())
    peak = rng.choice([8.5, 13.0, 20.5], p=[0.2, 0.25, 0.55])
    hour = np.where(rng.random(runs) < 0.7, rng.normal(peak, 2.0, runs), rng.uniform(7, 24, runs))
    return sessions(rng, day * DAY + (hour - zone_h) * HOUR, rng.uniform(30, 150), days)


def office(
    rng: np.random.Generator, count: float, days: float, zone_h: float, weekend: float = 0.03
) -> Times:
    """Working hours with a lunch dip, hardly anything at weekends."""
    whole = np.arange(int(np.ceil(days)) + 1)
    weight = rng.gamma(3.0, 1.0, whole.size) * np.where(whole % 7 >= 5, weekend, 1.0) + 1e-6
    runs = max(1, rng.poisson(count / 2.8))
    day = rng.choice(whole, runs, p=weight / weight.sum())
    hour = np.where(
        rng.random(runs) < 0.5, rng.normal(10.4, 1.1, runs), rng.normal(15.2, 1.5, runs)
    )
    return sessions(rng, day * DAY + (hour - zone_h) * HOUR, rng.uniform(30, 120), days)


def service(
    rng: np.random.Generator, count: float, days: float, zone_h: float, floor: float = 0.15
) -> Times:
    """An application's end users: a Poisson process with the rate of a day, never quite silent."""
    draws = rng.uniform(0, days * DAY, rng.poisson(max(count, 0.0) * 2))
    hour = (draws / HOUR + zone_h) % 24
    rate = floor + (1 - floor) * np.clip(np.sin((hour - 6) / 18 * np.pi), 0, None)
    week = np.where((draws // DAY) % 7 >= 5, 0.7, 1.0)
    return np.sort(draws[rng.random(draws.size) < rate * week / 1.2])


def steady(rng: np.random.Generator, count: float, days: float) -> Times:
    """Round the clock at one rate."""
    return np.sort(rng.uniform(0, days * DAY, rng.poisson(max(count, 0.0))))


def nightly(
    rng: np.random.Generator,
    count: float,
    days: float,
    at_h: float,
    jitter_s: float = 30.0,
    spacing_s: float = 2.0,
) -> Times:
    """A scheduled job: once a day at one hour, its items one after another."""
    runs = max(1, int(np.floor(days)))
    sizes = rng.poisson(max(count, 1.0) / runs, runs)
    starts = np.arange(runs) * DAY + at_h * HOUR + rng.exponential(jitter_s, runs)
    parts = [
        start + np.cumsum(rng.exponential(spacing_s, size))
        for start, size in zip(starts, sizes, strict=True)
    ]
    return _within(np.concatenate(parts), days)


def cascade(
    rng: np.random.Generator, count: float, days: float, branching: float = 0.7, decay_s: float = 40
) -> Times:
    """Self-exciting: every request may bring others soon after (a Hawkes process by clusters)."""
    generation = rng.uniform(0, days * DAY, rng.poisson(max(count, 1.0) * (1 - branching)))
    parts = [generation]
    while generation.size:
        children = rng.poisson(branching, generation.size)
        generation = np.repeat(generation, children) + rng.exponential(decay_s, children.sum())
        parts.append(generation)
    return _within(np.concatenate(parts), days)


def deadline(
    rng: np.random.Generator, count: float, days: float, due_day: float, zone_h: float
) -> Times:
    """Work that is put off: the nearer the deadline, the more of it, in somebody's waking hours."""
    before = rng.exponential(1.3, max(1, rng.poisson(count / 2.8)))
    day = np.floor(due_day - before)
    hour = rng.normal(19.5, 3.2, day.size) - zone_h
    return sessions(rng, day * DAY + hour * HOUR, rng.uniform(40, 120), days)


def shifts(rng: np.random.Generator, count: float, days: float, first_h: float) -> Times:
    """Eight-hour shifts at one part of the day, five days of seven."""
    whole = np.arange(int(np.ceil(days)) + 1)
    on = whole[(whole + rng.integers(7)) % 7 < 5]
    if not on.size:
        on = whole
    day = rng.choice(on, max(1, rng.poisson(count)))
    return _within(day * DAY + (first_h + rng.uniform(0, 8, day.size)) * HOUR, days)


def between(rng: np.random.Generator, count: float, from_day: float, to_day: float) -> Times:
    """A run of some hours or days at an even rate, such as an experiment."""
    return np.sort(rng.uniform(from_day * DAY, to_day * DAY, rng.poisson(max(count, 0.0))))
