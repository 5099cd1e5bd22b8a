"""Counts of rare things among units that are not all alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

MOST_ALIKE = 0.9
"""Correlation within a unit above which its counts are one single draw. placeholder"""
LEAST_ALIKE = 1e-6


@dataclass(frozen=True, slots=True)
class Rates:
    """The rate of others, and how far units differ in it.

    Attributes:
        mean: In (0, 1). Shape (n,).
        alike: Correlation of two trials of one unit, in [0, 1). Shape (n,).
    """

    mean: NDArray[np.float64]
    alike: NDArray[np.float64]


def rates_of_others(
    counts: NDArray[np.int64], trials: NDArray[np.int64], known: NDArray[np.bool_]
) -> Rates:
    """Fit a beta-binomial to the known units, for each unit without itself.

    Args:
        counts: Trials of each unit that came out one way. Shape (n,).
        trials: Its trials. Shape (n,).
        known: Units that are fitted to; those without a trial say nothing. Shape (n,).

    Returns:
        For each unit what the others show. Half a success and half a failure are added,
        because a rate of exactly 0 would make the first success impossible.

    Source:
        Kleinman (1973), "Proportions with extraneous variance: single and independent
        samples", JASA 68(341), 46-54: the moment estimator with weights proportional to
        the trials.

    Examples:
        By hand: of the others of the last unit 4 of 40 came out, so (4 + 0.5) / (40 + 1); 2 of
        20 each is even less apart than chance puts them, so they are alike in nothing.

        >>> found = rates_of_others(
        ...     np.array([2, 2, 9]), np.array([20, 20, 10]), np.array([True, True, True])
        ... )
        >>> found.mean[2].round(4), found.alike[2].round(4)
        (np.float64(0.1098), np.float64(0.0))
    """
    used = known & (trials > 0)
    n = np.where(used, trials, 0).astype(float)
    x = np.where(used, counts, 0).astype(float)
    square = np.divide(x * x, n, out=np.zeros(n.size), where=n > 0)

    def rest(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values.sum() - values)

    total, hits, units = rest(n), rest(x), rest(used.astype(float))
    safe = np.maximum(total, 1.0)
    spread = rest(square) - hits**2 / safe
    mean = (hits + 0.5) / (total + 1.0)
    beyond = spread / (mean * (1 - mean)) - (units - 1)
    room = total - rest(n * n) / safe - (units - 1)
    alike = np.divide(beyond, room, out=np.zeros(n.size), where=room > 0)
    return Rates(mean, np.clip(alike, 0.0, MOST_ALIKE))


def upper_tail_p(
    counts: NDArray[np.int64], trials: NDArray[np.int64], rates: Rates
) -> NDArray[np.float64]:
    """How rarely an ordinary unit has so many or more.

    Returns:
        In (0, 1]; 1 without a count. Shape (n,).

    Examples:
        By hand: with a rate of 1/2 and units all alike, two of two have probability 1/4; if two
        trials of a unit are correlated by 1/3, the rate is uniform, and so is the count.

        >>> half, n = np.array([0.5, 0.5]), np.array([2, 2])
        >>> upper_tail_p(np.array([2, 2]), n, Rates(half, np.array([0, 1 / 3]))).round(4)
        array([0.25  , 0.3333])
    """
    found = np.ones(counts.size)
    for at in np.flatnonzero(counts > 0).tolist():
        k, n = int(min(counts[at], trials[at])), int(trials[at])
        mean, alike = float(rates.mean[at]), float(rates.alike[at])
        if alike < LEAST_ALIKE:
            found[at] = scipy.stats.binom.sf(k - 1, n, mean)
            continue
        weight = (1 - alike) / alike
        # SciPy's own tail is one minus a sum, and has no digits left where it matters.
        logs = scipy.stats.betabinom.logpmf(
            np.arange(k, n + 1), n, mean * weight, (1 - mean) * weight
        )
        found[at] = np.exp(np.logaddexp.reduce(logs))
    return np.clip(found, np.finfo(float).tiny, 1.0)
