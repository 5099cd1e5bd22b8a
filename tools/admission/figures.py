"""Figures of played streams: shares with intervals over seeds, by cohort and by operator."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from admission.play import Fate, Played

Share = Callable[[Fate], bool]
AFTERMATH = frozenset(("used-device", "recycled-number", "returner", "heir"))
"""Honest cohorts who hold something that a convicted campaign had."""


def asked(fate: Fate) -> bool:
    """Whether an applicant got anything but a plain yes."""
    return fate.first != "accept"


def out(fate: Fate) -> bool:
    """Whether there is no account in the end."""
    return not fate.admitted


def held(fate: Fate) -> bool:
    """Whether a person had to look at once."""
    return fate.first == "hold"


def refused(fate: Fate) -> bool:
    """Whether the first answer was no."""
    return fate.first == "refuse"


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over seeds.

    Attributes:
        mean: Over seeds.
        half: Half of the 95 % interval of Student's t; 0 for one seed.
    """

    mean: float
    half: float

    def __str__(self) -> str:
        return f"{self.mean:.1%} ± {self.half:.1%}" if self.half else f"{self.mean:.1%}"


def spread(values: Iterable[float]) -> Spread:
    """Mean and interval of a figure, one value a seed."""
    found = np.array([value for value in values if not math.isnan(value)])
    if found.size == 0:
        return Spread(math.nan, 0.0)
    if found.size == 1:
        return Spread(float(found[0]), 0.0)
    error = float(found.std(ddof=1)) / math.sqrt(found.size)
    return Spread(float(found.mean()), float(stats.t.ppf(0.975, found.size - 1)) * error)


def share(fates: Sequence[Fate], of: Share) -> float:
    """Share of fates; NaN of none."""
    return sum(map(of, fates)) / len(fates) if fates else math.nan


def honest(played: Played) -> list[Fate]:
    """Fates of honest applicants."""
    return [fate for fate in played.fates if not fate.guilty]


def guilty(played: Played) -> list[Fate]:
    """Fates of fraudulent applicants."""
    return [fate for fate in played.fates if fate.guilty]


def over(runs: Sequence[Played], whom: Callable[[Played], list[Fate]], of: Share) -> Spread:
    """A share over seeds."""
    return spread(share(whom(run), of) for run in runs)


def pooled(runs: Sequence[Played], cohort: str) -> list[Fate]:
    """Fates of one cohort in all seeds: cohorts are too small for a figure a seed."""
    return [fate for run in runs for fate in run.fates if fate.cohort == cohort]


def cohorts(runs: Sequence[Played], *, fraudulent: bool) -> list[str]:
    """Cohorts there are."""
    names = {fate.cohort for run in runs for fate in run.fates if fate.guilty is fraudulent}
    return sorted(names, key=lambda name: (not name.startswith("S"), len(name), name))


def price(runs: Sequence[Played]) -> float:
    """What a farm pays in checks for each account that it gets, US dollars."""
    fates = [fate for run in runs for fate in guilty(run)]
    got = sum(fate.admitted for fate in fates)
    return sum(fate.paid for fate in fates) / got if got else math.inf


def difference(ours: Sequence[Played], rules: Sequence[Played], of: Share) -> Spread:
    """How much more of the fraudulent ours has, seed by seed."""
    pairs = zip(ours, rules, strict=True)
    return spread(share(guilty(a), of) - share(guilty(b), of) for a, b in pairs)
