"""Ordinary use, as this log shows it, and how far each account is from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from revenuer.campaigns.cohorts import Cohorts
from revenuer.settings import JudgeSettings
from revenuer.stats.calibrators import log_e_from_p
from revenuer.stats.contaminated_ranks import contaminated_rank_p

TAIL = 5
"""Accounts of a cohort that must lie further out for its own count to be trusted. placeholder"""

Earlier = Callable[[str, NDArray[np.float64]], NDArray[np.float64]]
"""From a detector's id and its statistic to p-values; 0 where nothing is known."""

MADE_BY_CLIENT = frozenset({"stripped-metadata", "client-mismatch"})
"""What a client does for all who use it: members with equal values are one observation, and
no part of the composite, whose members would otherwise all depend on one choice."""

STRONGEST_Z = 3.5
"""Normal score at which one statistic's part in the composite is cut off. placeholder"""


@dataclass(frozen=True, slots=True)
class Pool:
    """Ordinary accounts to compare with.

    Attributes:
        name: A cohort's, or `everyone`.
        of: Accounts that are compared with it. Shape (n_accounts,).
        baseline: Its ordinary accounts. Shape (n_accounts,).
        contamination: Highest share of them that is guilty.
    """

    name: str
    of: NDArray[np.bool_]
    baseline: NDArray[np.bool_]
    contamination: float


def make_pools(
    baseline: NDArray[np.bool_], cohorts: Cohorts, settings: JudgeSettings
) -> tuple[Pool, ...]:
    """Everyone, and each cohort that is large enough.

    Args:
        baseline: Accounts taken for ordinary use. Shape (n_accounts,).
        cohorts: Of all accounts.
        settings: The bounds on contamination.
    """
    everyone = np.ones(baseline.size, dtype=bool)
    wanted = [("everyone", everyone, settings.contamination)] + [
        (
            name,
            cohorts.of == number,
            settings.new_contamination if cohorts.new[number] else settings.contamination,
        )
        for number, name in enumerate(cohorts.names)
    ]
    return tuple(
        Pool(name, of, of & baseline, left_over(bound, int(of.sum()), int((of & baseline).sum())))
        for name, of, bound in wanted
        if name == "everyone" or (of & baseline).sum() >= settings.smallest_cohort
    )


def left_over(bound: float, size: int, kept: int) -> float:
    """The bound on a cohort's guilty share, after what looked guilty was taken out.

    Examples:
        By hand: 15 of 100 may be guilty, 10 were taken out, so 5 of 90 are left.

        >>> round(left_over(0.15, 100, 90), 4)
        0.0556
    """
    return max(0.0, (bound * size - (size - kept)) / kept) if kept else bound


@dataclass(frozen=True, slots=True)
class Ladder:
    """The ordinary values of one statistic in one pool.

    Attributes:
        pool: Whose.
        values: Rising. Shape (n,).
    """

    pool: Pool
    values: NDArray[np.float64]

    def reached(self, scores: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many values lie at or above each score, those of `own` (rising) not counted."""
        here = self.values.size - np.searchsorted(self.values, scores, side="left")
        return here - (own.size - np.searchsorted(own, scores, side="left"))

    def rank_p(
        self, scores: NDArray[np.float64], own: NDArray[np.float64], itself: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """How rarely an innocent of the pool reaches each score.

        Args:
            scores: Shape (k,).
            own: Values of the pool that are left out, rising.
            itself: 1 where a score is one of the values and not of `own`. Shape (k,).
        """
        return contaminated_rank_p(
            self.reached(scores, own) - itself,
            self.values.size - own.size - itself,
            contamination=self.pool.contamination,
        )

    def edge(self, own: NDArray[np.float64]) -> NDArray[np.float64]:
        """The value that only the `TAIL` most extreme reach. Shape (1,)."""
        top = self.values[-(TAIL + own.size) :]
        enough = np.flatnonzero(self.reached(top, own) >= TAIL)
        return top[enough[-1:]]


Ladders = tuple[Ladder, ...]
"""Everyone's and each cohort's, of one statistic."""


@dataclass(frozen=True, slots=True)
class AxisEvidence:
    """Each account's evidence on one axis, detector by detector.

    Attributes:
        detectors: Ids; the last is `composite`, all of them together.
        values: What is ranked; NaN is no evidence. Shape (n_accounts, n_detectors).
        ladders: Whom accounts are compared with, by detector.
        at_least: What an earlier baseline says: p-values below which none falls. Shape
            (n_accounts, n_detectors).
        p_values: Each account's, itself left out. Shape (n_accounts, n_detectors).
        log_e_values: Nats. Shape (n_accounts, n_detectors).
    """

    detectors: tuple[str, ...]
    values: NDArray[np.float64]
    ladders: tuple[Ladders, ...]
    at_least: NDArray[np.float64]
    p_values: NDArray[np.float64]
    log_e_values: NDArray[np.float64]

    def leaving_out(self, accounts: NDArray[np.int64]) -> NDArray[np.float64]:
        """The accounts' log e-values against a baseline that none of them is part of.

        Returns:
            Nats. Shape (len(accounts), n_detectors).
        """
        columns = [
            rank_together(column, accounts, ladders)
            for column, ladders in zip(self.values.T, self.ladders, strict=True)
        ]
        p_values = np.array(columns).reshape(-1, accounts.size).T
        return log_e_from_p(np.maximum(p_values, self.at_least[accounts]))


def axis_evidence(
    statistics: dict[str, NDArray[np.float64]],
    pools: tuple[Pool, ...],
    earlier: Earlier,
    *,
    fewest: int,
) -> AxisEvidence:
    """Rank every account's statistics among the ordinary accounts.

    The composite adds the normal scores of what is out of the ordinary, so that several
    weak signs of one account count together; it is ranked like any other statistic, so
    the detectors may depend on each other.

    Args:
        statistics: By detector id; larger is less ordinary, NaN is no evidence. Each of
            shape (n_accounts,).
        pools: Whom accounts are compared with; the first is everyone.
        earlier: Turns a statistic into what an earlier baseline says of it.
        fewest: Ordinary accounts with a value below which a cohort is not compared with.
    """
    baseline = pools[0].baseline
    seen = {
        name: values for name, values in statistics.items() if (~np.isnan(values[baseline])).any()
    }
    ladders = {name: make_ladders(values, pools, fewest) for name, values in seen.items()}
    at_least = {name: earlier(name, values) for name, values in seen.items()}
    ranks = {
        name: np.maximum(rank_each(values, ladders[name]), at_least[name])
        for name, values in seen.items()
    }
    if ranks:
        own = [p for name, p in ranks.items() if name not in MADE_BY_CLIENT] or [*ranks.values()]
        scores = np.column_stack([_excess(p) for p in own])
        total = np.where(np.isnan(scores).all(axis=1), np.nan, np.nansum(scores, axis=1))
        seen["composite"] = total
        ladders["composite"] = make_ladders(total, pools, fewest)
        at_least["composite"] = np.zeros(total.size)
        ranks["composite"] = rank_each(total, ladders["composite"])
    values, floors, p_values = (
        np.array(list(columns.values())).reshape(-1, baseline.size).T
        for columns in (seen, at_least, ranks)
    )
    return AxisEvidence(
        tuple(seen), values, tuple(ladders.values()), floors, p_values, log_e_from_p(p_values)
    )


def make_ladders(values: NDArray[np.float64], pools: tuple[Pool, ...], fewest: int) -> Ladders:
    """The ordinary values of a statistic: everyone's, and those of cohorts that have enough."""
    known = ~np.isnan(values)
    every = [Ladder(pool, np.sort(values[pool.baseline & known])) for pool in pools]
    return (every[0], *(one for one in every[1:] if one.values.size >= fewest))


def rank_each(values: NDArray[np.float64], ladders: Ladders) -> NDArray[np.float64]:
    """How rarely an innocent reaches each account's value, itself left out.

    Of the comparisons, with everyone and with its cohort, the least surprising counts.

    Returns:
        p-values; NaN stays NaN. Shape (n_accounts,).
    """
    accounts = np.arange(values.size)
    itself = (ladders[0].pool.baseline & ~np.isnan(values)).astype(np.int64)
    return _rank(values, accounts, itself, ladders, lambda ladder: np.empty(0))


def rank_together(
    values: NDArray[np.float64], accounts: NDArray[np.int64], ladders: Ladders
) -> NDArray[np.float64]:
    """The same for the accounts of one group, all of them left out. Shape (k,)."""
    mine = values[accounts]

    def own(ladder: Ladder) -> NDArray[np.float64]:
        return np.sort(mine[ladder.pool.baseline[accounts] & ~np.isnan(mine)])

    return _rank(mine, accounts, np.zeros(mine.size, np.int64), ladders, own)


def _rank(
    scores: NDArray[np.float64],
    accounts: NDArray[np.int64],
    itself: NDArray[np.int64],
    ladders: Ladders,
    own: Callable[[Ladder], NDArray[np.float64]],
) -> NDArray[np.float64]:
    everyone = ladders[0]
    p_every = np.full(scores.size, np.nan)
    known = ~np.isnan(scores)
    if not known.any():
        return p_every
    mine = own(everyone)
    p_every[known] = everyone.rank_p(scores[known], mine, itself[known])
    p_values = p_every.copy()
    for ladder in ladders[1:]:
        rows = np.flatnonzero(known & ladder.pool.of[accounts])
        if not rows.size:
            continue
        left_out = own(ladder)
        edge = ladder.edge(left_out)
        if not edge.size:
            continue
        p_cohort = ladder.rank_p(scores[rows], left_out, itself[rows])
        none = np.zeros(1, np.int64)
        at_edge = ladder.rank_p(edge, left_out, none) / everyone.rank_p(edge, mine, none)
        # Too few of the cohort are further out to count them: there its tail is taken to
        # fall as everyone's does.
        p_cohort = np.where(scores[rows] > edge, at_edge * p_every[rows], p_cohort)
        p_values[rows] = np.maximum(p_values[rows], np.minimum(p_cohort, 1.0))
    return p_values


def _excess(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normal scores, 0 for the ordinary half: lacking one sign does not excuse another."""
    return np.clip(-ndtri(p_values), 0.0, STRONGEST_Z)
