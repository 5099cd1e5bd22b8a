"""Ordinary use as one log showed it, kept for later logs: numbers, and nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.stats.contaminated_ranks import contaminated_rank_p

POINTS = 2001
"""Values that are kept of each statistic; of more accounts, evenly spaced quantiles."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One statistic of the ordinary accounts of one cohort.

    Attributes:
        size: Accounts that it was made from.
        values: Rising; all of them, or `POINTS` quantiles.
    """

    size: int
    values: tuple[float, ...]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Kept:
        """Keep what is known; NaN is left out."""
        known = np.sort(values[~np.isnan(values)])
        shown = known
        if known.size > POINTS:
            shown = np.quantile(known, np.linspace(0, 1, POINTS), method="inverted_cdf")
        # Nine digits rank as well as seventeen, and a file of them is half as long.
        return cls(int(known.size), tuple(float(f"{value:.9g}") for value in shown))

    def rank_p(self, scores: NDArray[np.float64], contamination: float) -> NDArray[np.float64]:
        """How rarely an ordinary account of then reaches each score. Shape (n,).

        Between two quantiles the commoner one counts.
        """
        values = np.array(self.values)
        reached = values.size - np.searchsorted(values, _digits(scores), side="left")
        thinned = self.size > values.size
        share = np.minimum((reached + thinned) / max(values.size, 1), 1.0)
        return contaminated_rank_p(
            np.ceil(share * self.size).astype(np.int64),
            np.full(scores.size, self.size),
            contamination=contamination,
        )


def _digits(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores with as many digits as are kept."""
    return np.array([float(f"{score:.9g}") for score in scores.tolist()])


@dataclass(frozen=True, slots=True)
class KeptCohort:
    """The ordinary accounts of one cohort, or of everyone.

    Attributes:
        accounts: In all.
        ordinary: Of them, not taken out as suspects.
        contamination: Highest share of the ordinary that is guilty.
        statistics: By axis and detector.
    """

    accounts: int
    ordinary: int
    contamination: float
    statistics: Mapping[str, Mapping[str, Kept]]


Reference = Mapping[str, KeptCohort]
"""By cohort; `everyone` is one of them."""


def rank_by_reference(
    values: NDArray[np.float64],
    cohort: NDArray[np.str_],
    axis: str,
    detector: str,
    reference: Reference,
    fewest: int,
) -> NDArray[np.float64]:
    """How rarely an ordinary account of then reaches each account's value.

    Of everyone's and its own cohort's, the less surprising counts.

    Args:
        values: NaN stays NaN. Shape (n,).
        cohort: Name of each account's cohort. Shape (n,).
        axis: Of the statistic.
        detector: Its name.
        reference: What was kept.
        fewest: Accounts with a value below which a cohort is not compared with.

    Returns:
        p-values, 0 where nothing was kept to compare with. Shape (n,).
    """
    p_values = np.where(np.isnan(values), np.nan, 0.0)
    for name, kept in reference.items():
        statistic = kept.statistics.get(axis, {}).get(detector)
        if statistic is None or (name != "everyone" and statistic.size < fewest):
            continue
        rows = ~np.isnan(values) & ((cohort == name) | (name == "everyone"))
        p_kept = statistic.rank_p(values[rows], kept.contamination)
        p_values[rows] = np.maximum(p_values[rows], p_kept)
    return p_values
