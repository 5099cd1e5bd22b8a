"""The MMD window test of arXiv 2606.05725, and what the same windows give when asked better.

`Published` follows the paper: its null is one draw of two windows of the pool, while what it
tests is a mean over twenty, so that its real level is far below the nominal one. `Matched`
scores null and test in the same way, and asks a second question beside the mean: whether
more queries than usual lie where the pool has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peers.windows import Counts, Sums, draw, squared_mmd

LEVEL = 0.05
NULL_DRAWS = 1000
REFERENCES = 20
NOVEL_SHARES = (0.05, 0.02, 0.01)
"""Shares of the pool that count as far out. placeholder"""
NEIGHBOURS = 3
"""Which nearest neighbour in the pool tells how far out a query is. placeholder"""


@dataclass(frozen=True, slots=True)
class Pool:
    """Benign queries to calibrate on, among all the points of a kernel matrix.

    Attributes:
        gram: Kernel of all points. Shape (points, points).
        members: Places of the benign pool. Shape (n_pool,).
        size: Queries a window.
        null: The windows of the null. Shape (draws, points).
        null_sums: Their kernel sums.
    """

    gram: NDArray[np.float32]
    members: NDArray[np.intp]
    size: int
    null: Sums

    @classmethod
    def fit(
        cls,
        gram: NDArray[np.float32],
        members: NDArray[np.intp],
        *,
        size: int,
        rng: np.random.Generator,
        draws: int = NULL_DRAWS,
    ) -> Pool:
        """Draw the null's windows in disjoint pairs, and sum the kernel over them once."""
        counts = np.zeros((2 * draws, len(gram)), np.float32)
        for first, second in zip(counts[:draws], counts[draws:], strict=True):
            both = rng.permutation(members)[: 2 * size]
            first[both[:size]] = 1
            second[both[size:]] = 1
        return cls(gram, members, size, Sums.of(gram, counts))

    @property
    def draws(self) -> int:
        """Pairs of windows in the null."""
        return len(self.null.within) // 2

    def published(self, windows: Sums, rng: np.random.Generator) -> NDArray[np.bool_]:
        """Alarms of the paper's rule.

        The twenty windows of the pool that a test is compared with are taken from those of
        the null, where the paper draws them anew; their distribution is the same.
        """
        return self.published_scores(windows, rng) > np.quantile(self.single_draws(), 1 - LEVEL)

    def single_draws(self) -> NDArray[np.float64]:
        """The paper's null: one pair of disjoint windows of the pool each."""
        first, second = slice(None, self.draws), slice(self.draws, None)
        between = np.einsum(
            "ij,ij->i", self.null.with_all[first], self.null.counts[second], dtype=np.float64
        )
        within = self.null.within
        return squared_mmd(
            within[first], within[second], between, size=self.size, other_size=self.size
        )

    def published_scores(self, windows: Sums, rng: np.random.Generator) -> NDArray[np.float64]:
        """Mean squared discrepancy to twenty windows of the pool."""
        scores = np.empty(len(windows.within))
        for row, (sums, within) in enumerate(zip(windows.with_all, windows.within, strict=True)):
            chosen = rng.choice(len(self.null.counts), REFERENCES, replace=False)
            between = self.null.counts[chosen].astype(np.float64) @ sums.astype(np.float64)
            each = squared_mmd(
                np.full(REFERENCES, within),
                self.null.within[chosen],
                between,
                size=self.size,
                other_size=self.size,
            )
            scores[row] = each.mean()
        return scores


@dataclass(frozen=True, slots=True)
class Matched:
    """Our reading of the same windows: null and test scored alike, and far-out queries counted.

    A null window is compared with the rest of the pool and a tested one with all of it, so
    the null is by a little the wider of the two: the error is on the safe side.

    Attributes:
        pool: The benign pool.
        far_out: Whether each point lies beyond each of `NOVEL_SHARES`. Shape (shares, points).
        threshold: Of the largest of the standardised statistics.
        centre, spread: Of each statistic in the null.
    """

    pool: Pool
    far_out: NDArray[np.float32]
    threshold: float
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def fit(cls, pool: Pool) -> Matched:
        """Score every null window as a test would be."""
        far_out = beyond(distance_to(pool.gram, pool.members), pool.members)
        statistics = _statistics(pool, far_out, pool.null, rest=True)
        centre, spread = statistics.mean(axis=0), statistics.std(axis=0)
        largest = ((statistics - centre) / spread).max(axis=1)
        # The rank that keeps the level for finitely many draws, the tested one included.
        rank = int(np.ceil((len(largest) + 1) * (1 - LEVEL)))
        return cls(pool, far_out, float(np.sort(largest)[rank - 1]), centre, spread)

    def scores(self, windows: Sums) -> NDArray[np.float64]:
        """Largest standardised statistic of each window."""
        statistics = _statistics(self.pool, self.far_out, windows, rest=False)
        return ((statistics - self.centre) / self.spread).max(axis=1)

    def alarms(self, windows: Sums) -> NDArray[np.bool_]:
        """Windows beyond the threshold."""
        return self.scores(windows) > self.threshold


def distance_to(gram: NDArray[np.float32], members: NDArray[np.intp]) -> NDArray[np.float32]:
    """How far each point is from the pool, as 1 - kernel to its third nearest other member.

    The kernel falls with distance, so the order is that of distances.
    """
    to_pool = gram[:, members].copy()
    # Nobody is a neighbour of itself.
    to_pool[members, np.arange(len(members))] = -1
    nearest = np.partition(to_pool, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS]
    return 1 - nearest


def beyond(distance: NDArray[np.float32], members: NDArray[np.intp]) -> NDArray[np.float32]:
    """Whether each point is farther out than all but a share. Shape (shares, points)."""
    bars = np.quantile(distance[members], 1 - np.array(NOVEL_SHARES))
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
    everyone = np.zeros((1, len(pool.gram)), np.float32)
    everyone[0, pool.members] = 1
    whole = Sums.of(pool.gram, everyone)
    with_pool = windows.counts.astype(np.float64) @ whole.with_all[0].astype(np.float64)
    size, count = pool.size, len(pool.members)
    far = windows.counts @ far_out.T
    total = far_out[:, pool.members].sum(axis=1)
    if rest:
        other = whole.within[0] - 2 * with_pool + windows.within
        between, others = with_pool - windows.within, count - size
        surplus = far / size - (total - far) / others
    else:
        other, between, others = np.full(len(far), whole.within[0]), with_pool, count
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
