"""The mean of e-values, in logs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp


def log_mean_exp(log_e_values: ArrayLike) -> float:
    """Average e-values that may depend on each other in any way.

    Args:
        log_e_values: Nats. Shape (n,), n at least 1.

    Source:
        Vovk and Wang (2021), section 3: the arithmetic mean is the only symmetric
        admissible merging of arbitrary e-values, up to a constant.

    Examples:
        By hand: the mean of 1, 1 and 10 is 4.

        >>> round(float(np.exp(log_mean_exp(np.log([1, 1, 10])))), 6)
        4.0
    """
    values = np.asarray(log_e_values, float)
    if not values.size:
        raise ValueError("the mean of no e-values is not defined")
    largest = values.max()
    if values.ndim != 1 or not np.isfinite(largest):
        return float(logsumexp(values) - np.log(values.size))
    # As scipy's logsumexp, which takes a hundred times as long for a handful of values.
    top = values == largest
    count = np.float64(np.count_nonzero(top))
    rest = np.exp(np.where(top, -np.inf, values) - largest).sum() / count
    return float(np.log1p(rest) + np.log(count) + largest - np.log(values.size))
