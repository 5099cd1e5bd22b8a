"""From p-values to e-values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NEAR_ONE = 1e-3
"""Below this distance from 1 the closed form loses its digits; a series takes over."""


def log_e_from_p(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn p-values into log e-values without choosing a parameter.

    The power calibrators k * p^(k-1) are averaged over k in (0, 1).

    Args:
        p_values: In (0, 1]; NaN stays NaN. Shape (n,).

    Returns:
        Nats. Shape (n,).

    Raises:
        ValueError: A p-value is outside (0, 1].

    Source:
        Vovk and Wang (2021), "E-values: calibration, combination and applications",
        Annals of Statistics 49(3), 1736-1754, section 2, the calibrator of equation (2).

    Examples:
        By hand for p = 0.01: (1 - 0.01 - 0.0461) / (0.01 * 4.6052^2) = 4.451.

        >>> np.exp(log_e_from_p(np.array([0.01, 1.0]))).round(3)
        array([4.451, 0.5  ])
    """
    if ((p_values <= 0) | (p_values > 1)).any():
        raise ValueError("p-values must be in (0, 1]")
    log_p = np.log(p_values)
    near = np.clip(1 - p_values, 0, None) < NEAR_ONE
    safe = np.where(near, -1.0, log_p)
    closed = np.log(1 - np.exp(safe) * (1 - safe)) - safe - 2 * np.log(-safe)
    # With x = -ln p: (e^x - 1 - x) / x^2 = 1/2 + x/6 + x^2/24 + ...
    series = np.log(0.5 - log_p / 6 + log_p**2 / 24)
    return np.where(near, series, closed)
