"""Window tests on pooled traffic, in order of time: who was in the window is all they know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from peers.logs import Logs
from peers.mmd import LEVEL, Pool
from peers.prada import prada, seat, similar_bar
from peers.windows import Sums, kernel, median_bandwidth

POOL_QUERIES = 8000
NULL_WINDOWS = 200
WindowTest = Callable[[NDArray[np.float32]], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of consecutive exchanges, and whether a test alarms on it."""

    start: int
    stop: int
    alarm: bool


def clean_pool(clean: Logs, rng: np.random.Generator) -> NDArray[np.float32]:
    """Queries of a world without campaigns, drawn evenly: the operator's clean history."""
    chosen = rng.permutation(clean.exchanges.height)[:POOL_QUERIES]
    return clean.vectors[clean.exchanges["text"].to_numpy()[chosen]]


def mmd_test(pool: NDArray[np.float32], *, size: int, rng: np.random.Generator) -> WindowTest:
    """The paper's rule with a pool of clean queries."""
    bandwidth = median_bandwidth(pool, rng)
    gram = kernel(pool, pool, bandwidth=bandwidth)
    fitted = Pool.fit(gram, size=size, rng=rng)
    bar = fitted.bar

    def test(vectors: NDArray[np.float32]) -> bool:
        with_pool = kernel(vectors, pool, bandwidth=bandwidth).sum(axis=0)[None, :]
        within = kernel(vectors, vectors, bandwidth=bandwidth).sum(dtype=np.float64)
        sums = Sums(np.empty((1, 0), np.float32), with_pool, np.array([within]))
        return bool(fitted.published_scores(sums, rng)[0] > bar)

    return test


def two_sided_test(
    statistic: Callable[[NDArray[np.float32]], float],
    pool: NDArray[np.float32],
    *,
    size: int,
    rng: np.random.Generator,
) -> WindowTest:
    """Alarms outside the middle 95 % of windows drawn from the pool."""
    null = [statistic(pool[rng.permutation(len(pool))[:size]]) for _ in range(NULL_WINDOWS)]
    low, high = np.nanquantile(null, [LEVEL / 2, 1 - LEVEL / 2])
    return lambda vectors: not low <= statistic(vectors) <= high


def window_tests(clean: Logs, *, size: int, rng: np.random.Generator) -> dict[str, WindowTest]:
    """The three window tests, calibrated on clean traffic."""
    pool = clean_pool(clean, rng)
    bar = similar_bar(pool, rng)
    return {
        "MMD": mmd_test(pool, size=size, rng=rng),
        "PRADA": two_sided_test(prada, pool, size=size, rng=rng),
        "SEAT": two_sided_test(lambda own: seat(own, bar=bar), pool, size=size, rng=rng),
    }


def run_windows(logs: Logs, test: WindowTest, *, size: int, at_most: int) -> list[Window]:
    """Ask a test about consecutive windows; evenly spaced ones where there are too many.

    A window that is not looked at is no alarm, which favours the test's precision.
    """
    texts = logs.exchanges["text"].to_numpy()
    starts = np.arange(0, len(texts) - size + 1, size)
    if len(starts) > at_most:
        starts = starts[np.linspace(0, len(starts) - 1, at_most).astype(np.intp)]
    return [
        Window(int(start), int(start) + size, test(logs.vectors[texts[start : start + size]]))
        for start in starts
    ]


def named_in(logs: Logs, windows: list[Window]) -> dict[str, int]:
    """Accounts of windows that alarmed, with the end of the first of them, microseconds."""
    found: dict[str, int] = {}
    for window in windows:
        if window.alarm:
            part = logs.exchanges[window.start : window.stop]
            ended = int(part["at_us"][-1])
            for account in part["account_id"].unique():
                found.setdefault(account, ended)
    return found
