"""The e-Benjamini-Hochberg procedure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def e_bh(
    log_e_values: NDArray[np.float64], *, alpha: float, hypotheses: int | None = None
) -> NDArray[np.bool_]:
    """Select hypotheses by the e-Benjamini-Hochberg procedure.

    The false discovery rate stays at or below `alpha` however the e-values depend
    on each other, which matters because groups of accounts overlap.

    Args:
        log_e_values: Evidence against each null, in nats; 0 is neutral. Shape (n,).
        alpha: Highest tolerated false discovery rate, in (0, 1).
        hypotheses: How many e-values are expected to sum to at most their number; None for
            as many as there are.

    Returns:
        Mask of the selected hypotheses, in input order. Shape (n,).

    Raises:
        ValueError: A log e-value is NaN, or `alpha` is outside (0, 1).

    Source:
        Wang and Ramdas (2022), "False discovery rate control with e-values",
        J. R. Stat. Soc. B 84(3), 822-852.

    Examples:
        By hand: e_(k) * k / n is 22.5, 25, 2.25 and 0.5, and the bar is 10, so two pass.

        >>> e_bh(np.log([50, 0.5, 90, 3]), alpha=0.1)
        array([ True, False,  True, False])
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be in (0, 1), got {alpha}")
    if np.isnan(log_e_values).any():
        raise ValueError("log_e_values must not contain NaN")

    # e_(k) * k / n >= 1 / alpha, in logs because a large group's e-value overflows.
    ranked = np.sort(log_e_values)[::-1]
    share = np.arange(1, ranked.size + 1) / max(hypotheses or ranked.size, 1)
    passing = np.flatnonzero(ranked + np.log(share) >= -np.log(alpha))
    cutoff = ranked[passing[-1]] if passing.size else np.inf
    return np.asarray(log_e_values >= cutoff)
