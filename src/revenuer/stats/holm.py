"""Holm's correction for several tests at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def holm(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """P-values raised so that naming all at or below alpha is wrong at most that often.

    The promise is about the whole family, wrong even once, and holds however the tests depend on
    each other.

    Args:
        p_values: Shape (n,), in [0, 1].

    Returns:
        In input order, none above 1. Shape (n,).

    Raises:
        ValueError: A p-value is outside [0, 1] or NaN.

    Source:
        Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Stat.
        6(2), 65-70.

    Examples:
        By hand: the ranked .005, .01, .03, .04 times 4, 3, 2, 1 are .02, .03, .06, .04, and the
        last may not be less than the one before.

        >>> holm(np.array([0.01, 0.04, 0.03, 0.005]))
        array([0.03, 0.06, 0.06, 0.02])
    """
    if not ((p_values >= 0) & (p_values <= 1)).all():
        raise ValueError("p_values must lie between 0 and 1")
    order = np.argsort(p_values, kind="stable")
    raised = p_values[order] * np.arange(p_values.size, 0, -1)
    adjusted = np.empty_like(raised)
    adjusted[order] = np.minimum(np.maximum.accumulate(raised), 1.0)
    return adjusted
