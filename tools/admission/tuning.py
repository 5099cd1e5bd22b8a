"""Limits for the rules: what catches most at a given share of honest people bothered.

Greedy on the ratio of gain to cost, which is what an engineer with a dashboard does, and then
exchanges of one rule for others as long as that helps; every set of exceptions is tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

from admission.play import play
from admission.rules import EXCEPTIONS, FEATURES, LIMITS, PLACES, Limits, Rules
from admission.streams import Stream
from revenuer.access.profile import Tables

ROUNDS = 3
"""Of exchanges."""


@dataclass(frozen=True)
class Seen:
    """What the rules could see of streams that limits are tuned on.

    Attributes:
        features: Of each application. Shape (n, features).
        spared: Of each application, which of `EXCEPTIONS` hold. Shape (n, exceptions).
        guilty: Shape (n,).
    """

    features: NDArray[np.float64]
    spared: NDArray[np.bool_]
    guilty: NDArray[np.bool_]


def look(streams: Sequence[Stream], tables: Tables) -> Seen:
    """Run streams without any rule, and keep what rules would have seen."""
    features, spared, guilty = [], [], []
    for stream in streams:
        rules = Rules(tables, Limits({}))
        rules.keep = True
        play(rules, stream)
        features.append(np.array(rules.kept))
        spared.append(np.array([[name in one for name in EXCEPTIONS] for one in rules.spare]))
        guilty.append(np.array([one.truth.campaign is not None for one in stream.applicants]))
    return Seen(np.concatenate(features), np.concatenate(spared), np.concatenate(guilty))


def tune(seen: Seen, bothered: float) -> Limits:
    """The best limits at no more than this share of the honest bothered."""
    best, most = Limits({}), -1
    for spared in _subsets(EXCEPTIONS):
        found, caught = _greedy(seen, frozenset(spared), bothered)
        if caught > most:
            best, most = found, caught
    return best


def _subsets(names: Sequence[str]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(names, size) for size in range(len(names) + 1)))


def _greedy(seen: Seen, spared: frozenset[str], bothered: float) -> tuple[Limits, int]:
    rules = [(name, limit) for name in FEATURES for limit in LIMITS[name]]
    free = seen.spared[:, [name in spared for name in EXCEPTIONS]].any(axis=1)
    columns = np.zeros((len(seen.guilty), len(rules)), dtype=np.float32)
    for place, (name, limit) in enumerate(rules):
        hit = seen.features[:, FEATURES.index(name)] >= limit
        if name in PLACES or name.startswith("card"):
            hit &= ~free
        columns[:, place] = hit
    guilty, honest = columns[seen.guilty], columns[~seen.guilty]
    budget = bothered * len(honest)
    chosen = _add(guilty, honest, [], budget)
    for _ in range(ROUNDS):
        before = _score(guilty, chosen)
        for drop in list(chosen):
            others = [one for one in chosen if one != drop]
            tried = _add(guilty, honest, others, budget, barred=drop)
            if _score(guilty, tried) > _score(guilty, chosen):
                chosen = tried
        if _score(guilty, chosen) <= before:
            break
    limits: dict[str, float] = {}
    for place in chosen:
        name, limit = rules[place]
        limits[name] = min(limit, limits.get(name, limit))
    return Limits(limits, spared), _score(guilty, chosen)


def _add(
    guilty: NDArray[np.float32],
    honest: NDArray[np.float32],
    chosen: list[int],
    budget: float,
    *,
    barred: int = -1,
) -> list[int]:
    """Add rules while there is room, the best bargain first."""
    chosen = list(chosen)
    missed = np.ones(len(guilty), np.float32) - _any(guilty, chosen)
    quiet = np.ones(len(honest), np.float32) - _any(honest, chosen)
    spent = len(honest) - float(quiet.sum())
    while True:
        gain, cost = missed @ guilty, quiet @ honest
        usable = (gain > 0) & (spent + cost <= budget)
        if barred >= 0:
            usable[barred] = False
        if not usable.any():
            return chosen
        best = int(np.argmax(np.where(usable, gain / (cost + 1.0), -1.0)))
        chosen.append(best)
        spent += float(cost[best])
        missed *= 1 - guilty[:, best]
        quiet *= 1 - honest[:, best]


def _any(columns: NDArray[np.float32], chosen: list[int]) -> NDArray[np.float32]:
    if not chosen:
        return np.zeros(len(columns), np.float32)
    found: NDArray[np.float32] = columns[:, chosen].max(axis=1)
    return found


def _score(guilty: NDArray[np.float32], chosen: list[int]) -> int:
    return int(_any(guilty, chosen).sum())
