"""Rank p-values against a baseline that may hold some of the guilty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def contaminated_rank_p(
    at_or_above: NDArray[np.int64], size: NDArray[np.int64], *, contamination: float
) -> NDArray[np.float64]:
    """Say how rarely an innocent of the baseline reaches a score, whoever else is in it.

    With n in the baseline, of whom at most a share c is guilty, at least (1 - c) n are
    innocent. An innocent score is exchangeable with theirs, so its own rank among them
    is a p-value: (1 + innocents at or above) / (innocents + 1). The count over the
    whole baseline is no smaller, and (1 - c) n no larger than the innocents' number, so
    their quotient is no smaller than that p-value. Guilty accounts with high scores hide
    each other, and those with low scores accuse nobody.

    Args:
        at_or_above: Baseline scores at or above each score, itself left out. Shape (n,).
        size: Baseline scores that each was compared with. Shape (n,).
        contamination: Highest share of the baseline that is guilty, [0, 1).

    Returns:
        In (0, 1]. Shape (n,).

    Source:
        Phipson and Smyth (2010), equation (2), for the rank; Bashari, Sesia and Romano
        (2025), "Robust conformal outlier detection under contaminated reference data",
        ICML, for what contamination does to it. The bound is elementary; see above.

    Examples:
        By hand: with 100 in the baseline and 15 guilty at most, (1 + 2) / (85 + 1).

        >>> contaminated_rank_p(np.array([2]), np.array([100]), contamination=0.15).round(4)
        array([0.0349])
    """
    if not 0 <= contamination < 1:
        raise ValueError(f"contamination must be in [0, 1), got {contamination}")
    return np.asarray(np.minimum((1 + at_or_above) / ((1 - contamination) * size + 1), 1.0))
