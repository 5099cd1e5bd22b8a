"""The MMD paper's own protocol, run on rebuilt pairs: its rule, and ours, on the same windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peers.mmd import Matched, Pool, mixed_windows
from peers.pairs import Pair
from peers.published import SHARES
from peers.windows import Sums, draw, kernel, median_bandwidth

SIZE = 1500
WINDOWS = 50
SEEDS = (1, 20, 42)
BENIGN_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Rates:
    """Alarms of one rule over all seeds.

    Attributes:
        false_alarms: Share of benign windows that alarm.
        detected: Share of windows that alarm, at each of `SHARES`.
    """

    false_alarms: float
    detected: tuple[float, ...]

    @property
    def average(self) -> float:
        """Mean over `SHARES`, as the paper takes it."""
        return float(np.mean(self.detected))


@dataclass(frozen=True, slots=True)
class Compared:
    """Both rules on one pair."""

    name: str
    paper: Rates
    ours: Rates


def run_pair(
    pair: Pair,
    *,
    size: int = SIZE,
    windows: int = WINDOWS,
    seeds: tuple[int, ...] = SEEDS,
    draws: int = 1000,
) -> Compared:
    """The paper's protocol: the rules see the same pool, null and windows."""
    alarms = np.array(
        [_run_seed(pair, seed, size=size, windows=windows, draws=draws) for seed in seeds]
    )
    # Seeds, rules, shares with 0 first.
    rates = alarms.mean(axis=0)
    paper, ours = (Rates(row[0], tuple(row[1:].tolist())) for row in rates)
    return Compared(pair.name, paper, ours)


def _run_seed(pair: Pair, seed: int, *, size: int, windows: int, draws: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(pair.benign))
    cut = int(BENIGN_SHARE * len(shuffled))
    points = np.vstack([pair.benign[shuffled], pair.attack])
    held, attack = np.arange(cut, len(shuffled)), np.arange(len(shuffled), len(points))
    bandwidth = median_bandwidth(points[:cut], rng)
    gram = kernel(points, points, bandwidth=bandwidth)
    pool = Pool.fit(gram[:cut, :cut], size=size, rng=rng, draws=draws)
    matched = Matched.fit(pool, gram[:, :cut])
    rates = np.empty((2, 1 + len(SHARES)))
    for column, share in enumerate((0.0, *SHARES)):
        counts = mixed_windows(
            rng, held, attack, size=size, share=share, windows=windows, points=len(points)
        )
        sums = Sums.of(gram, counts, pool=cut)
        rates[0, column] = pool.published_alarms(sums, rng).mean()
        rates[1, column] = matched.alarms(sums).mean()
    return rates


def fresh_false_alarms(
    pair: Pair, *, splits: int, size: int = SIZE, draws: int = 200, seed: int = 7
) -> tuple[int, int]:
    """Benign windows of fresh splits that alarm, under the paper's rule and under ours.

    The paper's fifty benign windows of one split share three quarters of their queries, so
    that they alarm together or not at all. One window a split says more about the level.
    """
    rng = np.random.default_rng(seed)
    bandwidth = median_bandwidth(pair.benign, rng)
    gram = kernel(pair.benign, pair.benign, bandwidth=bandwidth)
    cut = int(BENIGN_SHARE * len(gram))
    found = np.zeros(2, np.int64)
    for _ in range(splits):
        shuffled = rng.permutation(len(gram))
        own = gram[np.ix_(shuffled, shuffled)]
        pool = Pool.fit(own[:cut, :cut], size=size, rng=rng, draws=draws)
        held = np.arange(cut, len(own))
        window = draw(rng, held, size=size, windows=1, points=len(own))
        sums = Sums.of(own, window, pool=cut)
        matched = Matched.fit(pool, own[:, :cut])
        found += pool.published_alarms(sums, rng)[0], matched.alarms(sums)[0]
    return int(found[0]), int(found[1])
