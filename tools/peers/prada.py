"""PRADA and SEAT, as the MMD paper adapts them to windows of text queries."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import shapiro

TRIM_SPREADS = 3.0
SIMILAR_QUANTILE = 0.99
SIMILAR_PAIRS = 200_000


def prada(vectors: NDArray[np.float32]) -> float:
    """How far nearest-neighbour distances within a window are from a normal law.

    Distances farther than three standard deviations from their mean are left out first.

    Args:
        vectors: Of the window's queries, unit length. Shape (n, n_dimensions).

    Returns:
        1 - W of Shapiro and Wilk, in [0, 1]; NaN where fewer than eight distances are left
        or all are equal.

    Source:
        Juuti, Szyller, Marchal and Asokan (2019), "PRADA", EuroS&P; for windows of text
        arXiv 2606.05725.
    """
    if len(vectors) < 8:
        return float("nan")
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -2)
    nearest = np.sqrt(np.maximum(2 - 2 * alike.max(axis=1), 0))
    kept = nearest[np.abs(nearest - nearest.mean()) <= TRIM_SPREADS * nearest.std()]
    if len(kept) < 8 or np.ptp(kept) < 1e-6:
        return float("nan")
    return 1 - float(shapiro(kept.astype(np.float64)).statistic)


def similar_bar(pool: NDArray[np.float32], rng: np.random.Generator) -> float:
    """Cosine that one pair of benign queries in a hundred reaches."""
    first, second = rng.integers(len(pool), size=(2, SIMILAR_PAIRS))
    apart = first != second
    cosines = np.einsum("ij,ij->i", pool[first[apart]], pool[second[apart]])
    return float(np.quantile(cosines, SIMILAR_QUANTILE))


def seat(vectors: NDArray[np.float32], *, bar: float) -> float:
    """Share of a window's pairs at least as alike as `bar`; NaN below two queries.

    Source:
        Zhang, Chen and Backes (2021), "SEAT: similarity encoder by adversarial training",
        AISec; for windows of text arXiv 2606.05725.

    Examples:
        Of the three pairs one is alike.

        >>> seat(np.float32([[1, 0], [1, 0], [0, 1]]), bar=0.9).__round__(3)
        0.333
    """
    count = len(vectors)
    if count < 2:
        return float("nan")
    alike = int((vectors @ vectors.T >= bar).sum()) - count
    return alike / (count * (count - 1))
