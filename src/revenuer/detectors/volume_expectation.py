"""What an account's volume explains of a count, and what is left over."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HUBER_K = 1.345
"""Tuning constant of Huber's weights: 95 % efficiency under normal errors (Huber 1981)."""
ROUNDS = 25
FEWEST = 20
"""Accounts below which only the median is taken off, not a line. placeholder"""
RIDGE = 1e-9


def excess(values: NDArray[np.float64], *volumes: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each value lies above what its volumes let expect.

    A line through the bulk of the accounts by iteratively reweighted least squares, so
    that the accounts that stand out do not bend it.

    Args:
        values: NaN is unknown. Shape (n,).
        volumes: Each of shape (n,), all in logs, as the values are.

    Returns:
        Residuals in the unit of the values, NaN where anything is unknown. Shape (n,).

    Source:
        Huber (1964), "Robust estimation of a location parameter", Ann. Math. Stat. 35,
        73-101; weights as in Holland and Welsch (1977), Commun. Stat. A6, 813-827.

    Examples:
        The line is 1 + 2x for all but the last account.

        >>> x = np.arange(40.0)
        >>> y = np.where(x == 39, 100.0, 1 + 2 * x)
        >>> abs(excess(y, x).round(1)[[0, 20, 39]])
        array([ 0.,  0., 21.])
    """
    design = np.column_stack([np.ones_like(values), *volumes])
    known = ~np.isnan(values) & ~np.isnan(design).any(axis=1)
    left = np.full(values.shape, np.nan)
    if not known.any():
        return left
    if known.sum() < FEWEST:
        left[known] = values[known] - np.median(values[known])
        return left
    left[known] = values[known] - design[known] @ _line(design[known], values[known])
    return left


def _line(design: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients by Huber's weights. Shape (n_columns,)."""
    weights = np.ones_like(values)
    line: NDArray[np.float64] = np.zeros(design.shape[1])
    for _ in range(ROUNDS):
        scaled = design * weights[:, None]
        gram = scaled.T @ design + RIDGE * np.eye(design.shape[1])
        line = np.linalg.solve(gram, scaled.T @ values).astype(np.float64)
        left = np.abs(values - design @ line)
        # 0.6745: the median absolute deviation of a standard normal.
        scale = max(float(np.median(left)) / 0.6745, RIDGE)
        weights = np.minimum(1.0, HUBER_K * scale / np.maximum(left, RIDGE))
    return line
