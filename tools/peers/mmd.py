"""The MMD window test of arXiv 2606.05725, and what the same windows give when asked better.

`Pool` has the paper's rule: its null is one draw of two windows of the pool, while what it
tests is a mean over twenty, so that its real level is far below the nominal one. `Matched`
scores null and test in the same way, and asks a second question beside the mean: whether
more queries than usual lie where the pool has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peers.windows import BLOCK, Counts, Sums, draw, rows_times, squared_mmd

LEVEL = 0.05
"""Share of benign windows that a rule may alarm on."""
ASKED_LEVEL = 0.03
"""What ours asks of its null, since a null of one finite pool is a little too narrow.
placeholder"""
NULL_DRAWS = 1000
REFERENCES = 20
NOVEL_SHARES = (0.05, 0.02, 0.01)
"""Shares of the pool that count as far out. placeholder"""
NEIGHBOURS = 3
"""Which nearest neighbour in the pool tells how far out a query is. placeholder"""


@dataclass(frozen=True, slots=True)
class Pool:
    """Benign queries to calibrate on. Wherever points are listed, the pool's come first.

    Attributes:
        gram: Kernel within the pool. Shape (n_pool, n_pool).
        size: Queries a window.
        null: The windows of the null, in disjoint pairs: the first halves, then the second.
    """

    gram: NDArray[np.float32]
    size: int
    null: Sums

    @classmethod
    def fit(
        cls,
        gram: NDArray[np.float32],
        *,
        size: int,
        rng: np.random.Generator,
        draws: int = NULL_DRAWS,
    ) -> Pool:
        """Draw the null's windows and sum the kernel over them once."""
        counts = np.zeros((2 * draws, len(gram)), np.float32)
        for first, second in zip(counts[:draws], counts[draws:], strict=True):
            both = rng.permutation(len(gram))[: 2 * size]
            first[both[:size]] = 1
            second[both[size:]] = 1
        return cls(gram, size, Sums.of(gram, counts, pool=len(gram)))

    @property
    def bar(self) -> float:
        """The paper's threshold: of one pair of disjoint windows of the pool."""
        return float(np.quantile(self.single_draws(), 1 - LEVEL))

    def single_draws(self) -> NDArray[np.float64]:
        """The paper's null: the discrepancy between the windows of each pair."""
        first, second = np.split(np.arange(len(self.null.within)), 2)
        between = rows_times(self.null.with_pool[first], self.null.counts[second])
        within = self.null.within
        sizes = {"size": self.size, "other_size": self.size}
        return squared_mmd(within[first], within[second], between, **sizes)

    def published_scores(self, windows: Sums, rng: np.random.Generator) -> NDArray[np.float64]:
        """Mean squared discrepancy to twenty windows of the pool.

        The twenty are taken from those of the null, where the paper draws them anew; their
        distribution is the same.
        """
        scores = np.empty(len(windows.within))
        sizes = {"size": self.size, "other_size": self.size}
        for row, (sums, within) in enumerate(zip(windows.with_pool, windows.within, strict=True)):
            chosen = rng.choice(len(self.null.counts), REFERENCES, replace=False)
            between = self.null.counts[chosen].astype(np.float64) @ sums.astype(np.float64)
            own = np.full(REFERENCES, within)
            scores[row] = squared_mmd(own, self.null.within[chosen], between, **sizes).mean()
        return scores

    def published_alarms(self, windows: Sums, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Alarms of the paper's rule: a mean over twenty against a null of single draws."""
        return self.published_scores(windows, rng) > self.bar


@dataclass(frozen=True, slots=True)
class Matched:
    """Our reading of the same windows: null and test scored alike, and far-out queries counted.

    A null window is compared with the rest of the pool and a tested one with all of it, so
    the null is by a little the wider of the two: the error is on the safe side.

    Attributes:
        pool: The benign pool.
        far_out: Whether each point lies beyond each of `NOVEL_SHARES`. Shape (shares, points).
        threshold: Of the largest of the standardised statistics.
        centre, spread: Of each statistic in the null. Shape (1 + shares,).
    """

    pool: Pool
    far_out: NDArray[np.float32]
    threshold: float
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def fit(cls, pool: Pool, cross: NDArray[np.float32]) -> Matched:
        """Score every null window as a test would be.

        Args:
            pool: The benign pool.
            cross: Kernel of all points with the pool. Shape (points, n_pool).
        """
        far_out = beyond(distance_to_pool(cross), len(pool.gram))
        statistics = _statistics(pool, far_out[:, : len(pool.gram)], pool.null, rest=True)
        centre, spread = statistics.mean(axis=0), statistics.std(axis=0)
        largest = np.sort(((statistics - centre) / spread).max(axis=1))
        # The rank that keeps the level for finitely many draws, the tested one included.
        rank = min(int(np.ceil((len(largest) + 1) * (1 - ASKED_LEVEL))), len(largest))
        return cls(pool, far_out, float(largest[rank - 1]), centre, spread)

    def alarms(self, windows: Sums) -> NDArray[np.bool_]:
        """Windows whose largest standardised statistic is beyond the threshold."""
        statistics = _statistics(self.pool, self.far_out, windows, rest=False)
        return ((statistics - self.centre) / self.spread).max(axis=1) > self.threshold


def distance_to_pool(cross: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far each point is from the pool, as 1 - kernel to its third nearest other member.

    The kernel falls with distance, so the order is that of distances.
    """
    count = cross.shape[1]
    found = np.empty(len(cross), np.float32)
    for start in range(0, len(cross), BLOCK):
        part = cross[start : start + BLOCK].copy()
        # Nobody is a neighbour of itself.
        own = np.arange(start, min(start + len(part), count))
        part[own - start, own] = -1
        found[start : start + BLOCK] = np.partition(part, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS]
    return 1 - found


def beyond(distance: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Whether each point is farther out than all but a share of the pool's `count` points.

    Returns:
        Shape (shares, points).
    """
    bars = np.quantile(distance[:count], 1 - np.array(NOVEL_SHARES))
    return (distance[None, :] > bars[:, None]).astype(np.float32)


def _statistics(
    pool: Pool, far_out: NDArray[np.float32], windows: Sums, *, rest: bool
) -> NDArray[np.float64]:
    """The discrepancy to the pool, and the surplus of far-out queries at each share.

    Args:
        pool: The benign pool.
        far_out: Shape (shares, points).
        windows: To score.
        rest: Windows are of the pool itself, and are compared with the rest of it.

    Returns:
        Shape (n_windows, 1 + shares).
    """
    size, count = pool.size, len(pool.gram)
    whole = float(pool.gram.sum(dtype=np.float64))
    with_pool = windows.with_pool.sum(axis=1, dtype=np.float64)
    far = (windows.counts @ far_out.T).astype(np.float64)
    total = far_out[:, :count].sum(axis=1, dtype=np.float64)
    if rest:
        other = whole - 2 * with_pool + windows.within
        between, others = with_pool - windows.within, count - size
        surplus = far / size - (total - far) / others
    else:
        other, between, others = np.full(len(far), whole), with_pool, count
        surplus = far / size - total / others
    mean = squared_mmd(windows.within, other, between, size=size, other_size=others)
    return np.column_stack([mean, surplus])


def mixed_windows(
    rng: np.random.Generator,
    benign: NDArray[np.intp],
    attack: NDArray[np.intp],
    *,
    size: int,
    share: float,
    windows: int,
    points: int,
) -> Counts:
    """Windows of which a share are attacker queries."""
    hostile = round(size * share)
    counts = np.zeros((windows, points), np.float32)
    if hostile:
        counts += draw(rng, attack, size=hostile, windows=windows, points=points)
    if size - hostile:
        counts += draw(rng, benign, size=size - hostile, windows=windows, points=points)
    return counts
