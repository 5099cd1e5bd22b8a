"""Empirical p-values of scores against a baseline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def upper_rank_p(scores: NDArray[np.float64], baseline: NDArray[np.float64]) -> NDArray[np.float64]:
    """Say how rarely the baseline reaches each score.

    Valid where a score is exchangeable with the baseline and not part of it. Ties count
    against the score, so a statistic that is 0 for everybody is no evidence.

    Args:
        scores: Larger is less ordinary; NaN stays NaN. Shape (n,).
        baseline: NaN is left out. Shape (m,).

    Returns:
        (1 + number of baseline scores at or above it) / (m + 1). Shape (n,).

    Source:
        Phipson and Smyth (2010), "Permutation p-values should never be zero",
        Stat. Appl. Genet. Mol. Biol. 9(1), article 39, equation (2).

    Examples:
        By hand: two of four are at or above 3, so (1 + 2) / (4 + 1).

        >>> upper_rank_p(np.array([3.0, 9.0, np.nan]), np.array([1.0, 2.0, 3.0, 4.0]))
        array([0.6, 0.2, nan])
    """
    known = np.sort(baseline[~np.isnan(baseline)])
    at_or_above = known.size - np.searchsorted(known, scores, side="left")
    p_values = (1 + at_or_above) / (known.size + 1)
    return np.where(np.isnan(scores), np.nan, p_values)
