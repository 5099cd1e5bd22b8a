"""Windows of a pool of vectors, and the maximum mean discrepancy between them.

A window is a row of counts over all points, so that one product with the kernel matrix
gives every sum that any number of windows needs. Nothing is approximated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float32]
SCALES = (0.5, 1.0, 2.0, 4.0)
BANDWIDTH_POINTS = 2000
BLOCK = 1000


def median_bandwidth(pool: NDArray[np.float32], rng: np.random.Generator) -> float:
    """Square root of the median positive squared distance within the pool.

    Args:
        pool: Shape (n_points, n_dimensions); at most `BANDWIDTH_POINTS` of them are looked at.
        rng: Chooses which.
    """
    chosen = pool[rng.permutation(len(pool))[:BANDWIDTH_POINTS]].astype(np.float64)
    squared = squared_distances(chosen, chosen)[np.triu_indices(len(chosen), 1)]
    return float(np.sqrt(np.median(squared[squared > 1e-12])))


def squared_distances(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.floating]:
    """Squared Euclidean distances. Shape (len(a), len(b))."""
    found = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None, :] - 2 * a @ b.T
    return np.maximum(found, 0, out=found)


def kernel(
    a: NDArray[np.float32], b: NDArray[np.float32], *, bandwidth: float
) -> NDArray[np.float32]:
    """Mean of four Gaussian kernels, at half to four times the bandwidth.

    Args:
        a: Shape (n, n_dimensions).
        b: Shape (m, n_dimensions).
        bandwidth: The middle one; see `median_bandwidth`.

    Returns:
        Shape (n, m), in (0, 1].

    Examples:
        At a squared distance of 2 and a bandwidth of 1, by hand: (e^-4 + e^-1 + e^-1/4 +
        e^-1/16) / 4 = (0.0183 + 0.3679 + 0.7788 + 0.9394) / 4.

        >>> one, other = np.float32([[1, 0]]), np.float32([[0, 1]])
        >>> kernel(one, other, bandwidth=1.0).round(4)
        array([[0.5261]], dtype=float32)
    """
    out = np.empty((len(a), len(b)), np.float32)
    for start in range(0, len(a), BLOCK):
        rows = slice(start, start + BLOCK)
        out[rows] = four_gaussians(squared_distances(a[rows], b), bandwidth=bandwidth)
    return out


def four_gaussians(squared: NDArray[np.float32], *, bandwidth: float) -> NDArray[np.float32]:
    """The kernel of squared distances, which are overwritten. Any shape, kept."""
    # The widest first: the others are its powers, since each scale is half of the next.
    squared *= np.float32(-1 / (2 * (SCALES[-1] * bandwidth) ** 2))
    np.exp(squared, out=squared)
    total = squared.copy()
    for _ in SCALES[1:]:
        np.square(squared, out=squared)
        np.square(squared, out=squared)
        total += squared
    return total / np.float32(len(SCALES))


def draw(
    rng: np.random.Generator, pool: NDArray[np.intp], *, size: int, windows: int, points: int
) -> Counts:
    """Windows drawn from a pool, with replacement only where the pool is smaller than one.

    Args:
        rng: The draw.
        pool: Places of the points to draw from.
        size: Points a window.
        windows: How many.
        points: Of all pools together.

    Returns:
        Counts. Shape (windows, points).
    """
    counts = np.zeros((windows, points), np.float32)
    for row in counts:
        chosen = rng.choice(pool, size, replace=len(pool) < size)
        np.add.at(row, chosen, 1)
    return counts


@dataclass(frozen=True, slots=True)
class Sums:
    """Kernel sums of windows.

    Attributes:
        counts: The windows. Shape (windows, points).
        with_pool: With each point of the pool. Shape (windows, n_pool).
        within: Over all pairs of a window, a point with itself included. Shape (windows,).
    """

    counts: Counts
    with_pool: NDArray[np.float32]
    within: NDArray[np.float64]

    @classmethod
    def of(cls, gram: NDArray[np.float32], counts: Counts, *, pool: int) -> Sums:
        """Sums of windows over a kernel matrix of all points, the pool's first."""
        with_all = counts @ gram
        return cls(counts, with_all[:, :pool], rows_times(with_all, counts))


def rows_times(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """Inner product of each row of one with the same row of the other."""
    return np.einsum("ij,ij->i", a, b, dtype=np.float64)


def squared_mmd(
    within: NDArray[np.float64],
    other: NDArray[np.float64],
    between: NDArray[np.float64],
    *,
    size: float,
    other_size: float,
) -> NDArray[np.float64]:
    """Unbiased squared maximum mean discrepancy from kernel sums.

    Args:
        within: Sum of the kernel over all pairs of a window, a point with itself included.
        other: The same of the window it is compared with.
        between: Sum over all pairs across.
        size: Points of the window.
        other_size: Points of the other.

    Source:
        Gretton, Borgwardt, Rasch, Schoelkopf and Smola (2012), "A kernel two-sample test",
        J. Mach. Learn. Res. 13, equation 3.
    """
    return (
        (within - size) / (size * (size - 1))
        + (other - other_size) / (other_size * (other_size - 1))
        - 2 * between / (size * other_size)
    )
