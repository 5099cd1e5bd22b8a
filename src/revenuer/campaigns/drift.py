"""What is different from the traffic that a baseline was made from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.calibration import Check
from revenuer.campaigns.reference import Kept, Reference

MOVED = 0.15
"""Distance between two distributions (Kolmogorov) from which one has moved. placeholder"""
SURE = 0.01
"""Chance that any statistic that has not moved is said to have (Bonferroni)."""
NEW_MODEL = 0.05
"""Share of exchanges from which a model that was not there makes traffic another. placeholder"""
NEW_CLIENT = 0.05
"""The same for a client, as a share of accounts. placeholder"""
UNSEEN = 0.005
"""Share below which a model or client was not there. placeholder"""
QUIET_DAY = 0.6
"""A day is a holiday if so few accounts are active, as a share of usual days. placeholder"""
FEW_DAYS = 0.2
"""Share of the days that may be holidays without making the window one. placeholder"""
LONGER = 1.5
"""How many times as long a window may be: counts grow with it. placeholder"""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a log holds, beside accounts.

    Attributes:
        days: Length of the window.
        models: Share of the exchanges that each model answered.
        clients: Share of the accounts that use each client, by a fingerprint of its name.
        active: Accounts that were active, by day; whole days only.
    """

    days: float
    models: Mapping[str, float]
    clients: Mapping[str, float]
    active: Mapping[date, int]


def check_traffic(then: Traffic, now: Traffic) -> tuple[Check, ...]:
    """Compare the traffic of two windows."""
    return (
        _check_window(then, now),
        _check_new("models", then.models, now.models, NEW_MODEL, "exchanges"),
        _check_new("clients", then.clients, now.clients, NEW_CLIENT, "accounts"),
        check_days(now),
    )


def _check_window(then: Traffic, now: Traffic) -> Check:
    ratio = max(then.days, now.days) / max(min(then.days, now.days), 1e-9)
    return Check(
        "window",
        ratio <= LONGER,
        f"{now.days:.1f} days are compared with a baseline of {then.days:.1f}",
        "" if ratio <= LONGER else "read a window as long as the baseline's, or fit one as long",
    )


def _check_new(
    name: str, then: Mapping[str, float], now: Mapping[str, float], bar: float, of: str
) -> Check:
    new = {key: share for key, share in now.items() if share >= bar and then.get(key, 0.0) < UNSEEN}
    if not new:
        return Check(name, True, f"no {name[:-1]} is new to {bar:.0%} of the {of}")
    said = ", ".join(f"{key} ({share:.0%})" for key, share in sorted(new.items()))
    return Check(
        name,
        False,
        f"new {name} since the baseline, by share of {of}: {said}",
        "fit the baseline again once it has settled",
    )


def check_days(now: Traffic) -> Check:
    """Whether some days are unlike the other days of their kind, as holidays are."""
    quiet = []
    for weekend in (False, True):
        days = {day: n for day, n in now.active.items() if (day.weekday() >= 5) is weekend}
        usual = float(np.median(list(days.values()))) if days else 0.0
        quiet += [day for day, n in days.items() if n < QUIET_DAY * usual]
    if not quiet:
        return Check("days", True, f"{len(now.active)} whole days, none of them unusually quiet")
    listed = ", ".join(f"{day:%Y-%m-%d}" for day in sorted(quiet))
    many = len(quiet) > FEW_DAYS * len(now.active)
    return Check(
        "days",
        not many,
        f"{len(quiet)} of {len(now.active)} whole days are unusually quiet, as holidays are: "
        f"{listed}",
        "read a window without them, or wait until they are past" if many else "",
    )


def check_statistics(then: Reference, now: Reference) -> Check:
    """Whether ordinary accounts' statistics are still distributed as they were."""
    pairs = list(_pairs(then, now))
    moved = {}
    for name, old, new in pairs:
        distance = kolmogorov(old, new) - _margin(old.size, new.size, SURE / len(pairs))
        if distance > MOVED:
            moved[name] = distance
    if not pairs:
        return Check("statistics", None, "nothing is there in both to compare")
    if not moved:
        said = f"{len(pairs)} distributions of ordinary accounts are where they were"
        return Check("statistics", True, said)
    worst = sorted(moved, key=lambda name: -moved[name])
    listed = ", ".join(f"{name} (by {moved[name]:.2f} or more)" for name in worst[:5])
    return Check(
        "statistics",
        False,
        f"{len(moved)} of {len(pairs)} distributions have moved: {listed}",
        "find out why, then fit the baseline again",
    )


def _pairs(then: Reference, now: Reference) -> Iterator[tuple[str, Kept, Kept]]:
    for cohort in sorted(set(then) & set(now)):
        for axis, detectors in then[cohort].statistics.items():
            for detector, old in detectors.items():
                new = now[cohort].statistics.get(axis, {}).get(detector)
                if new is not None and old.size and new.size:
                    yield f"{detector} of {cohort}", old, new


def kolmogorov(old: Kept, new: Kept) -> float:
    """Largest difference between two distribution functions.

    Examples:
        By hand: at 2 half of the first and all of the second lie at or below.

        >>> kolmogorov(Kept(4, (1, 2, 3, 4)), Kept(2, (1, 2)))
        0.5
    """
    one, other = np.array(old.values), np.array(new.values)
    places: NDArray[np.float64] = np.union1d(one, other)
    apart = np.abs(_cdf(one, places) - _cdf(other, places))
    return float(max(apart.tolist(), default=0.0))


def _cdf(values: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.searchsorted(values, places, side="right") / values.size, float)


def _margin(one: int, other: int, chance: float) -> float:
    """How far two samples of one distribution may lie apart.

    Source:
        Massart (1990), "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality",
        Annals of Probability 18(3): each sample is within sqrt(ln(2/chance) / 2n).
    """
    reach = math.sqrt(math.log(4 / chance) / 2)
    return reach * (1 / math.sqrt(one) + 1 / math.sqrt(other))
