"""Ordinary use, as this log shows it, and how far each account is from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from revenuer.campaigns.cohorts import Cohorts
from revenuer.settings import JudgeSettings
from revenuer.stats.calibrators import log_e_from_p
from revenuer.stats.contaminated_ranks import contaminated_rank_p

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
class AxisEvidence:
    """Each account's evidence on one axis, detector by detector.

    Attributes:
        detectors: Ids; the last is `composite`, all of them together.
        values: What is ranked; NaN is no evidence. Shape (n_accounts, n_detectors).
        pools: Whom accounts are compared with.
        fewest: Ordinary accounts with a value below which a cohort is not compared with.
        p_values: Each account's, itself left out. Shape (n_accounts, n_detectors).
        log_e_values: Nats. Shape (n_accounts, n_detectors).
    """

    detectors: tuple[str, ...]
    values: NDArray[np.float64]
    pools: tuple[Pool, ...]
    fewest: int
    p_values: NDArray[np.float64]
    log_e_values: NDArray[np.float64]

    def leaving_out(self, accounts: NDArray[np.int64]) -> NDArray[np.float64]:
        """The accounts' log e-values against a baseline that none of them is part of.

        Returns:
            Nats. Shape (len(accounts), n_detectors).
        """
        p_values = [
            rank_together(column, accounts, self.pools, self.fewest) for column in self.values.T
        ]
        return log_e_from_p(np.array(p_values).reshape(-1, accounts.size).T)


def axis_evidence(
    statistics: dict[str, NDArray[np.float64]], pools: tuple[Pool, ...], *, fewest: int
) -> AxisEvidence:
    """Rank every account's statistics among the ordinary accounts.

    The composite adds the normal scores of what is out of the ordinary, so that several
    weak signs of one account count together; it is ranked like any other statistic, so
    the detectors may depend on each other.

    Args:
        statistics: By detector id; larger is less ordinary, NaN is no evidence. Each of
            shape (n_accounts,).
        pools: Whom accounts are compared with; the first is everyone.
        fewest: Ordinary accounts with a value below which a cohort is not compared with.
    """
    baseline = pools[0].baseline
    seen = {
        name: values for name, values in statistics.items() if (~np.isnan(values[baseline])).any()
    }
    ranks = {name: rank_each(values, pools, fewest) for name, values in seen.items()}
    if ranks:
        scores = np.column_stack([_excess(p) for p in ranks.values()])
        total = np.where(np.isnan(scores).all(axis=1), np.nan, np.nansum(scores, axis=1))
        seen["composite"] = total
        ranks["composite"] = rank_each(total, pools, fewest)
    shape = (baseline.size, len(seen))
    values = np.array(list(seen.values())).reshape(shape[::-1]).T
    p_values = np.array(list(ranks.values())).reshape(shape[::-1]).T
    return AxisEvidence(tuple(seen), values, pools, fewest, p_values, log_e_from_p(p_values))


def rank_each(
    values: NDArray[np.float64], pools: tuple[Pool, ...], fewest: int
) -> NDArray[np.float64]:
    """How rarely an ordinary account reaches each account's value, itself left out.

    Of the comparisons, with everyone and with its cohort, the least surprising counts.

    Returns:
        p-values; NaN stays NaN. Shape (n_accounts,).
    """
    p_values = np.where(np.isnan(values), np.nan, 0.0)
    for pool in pools:
        known = np.sort(values[pool.baseline & ~np.isnan(values)])
        if pool is not pools[0] and known.size < fewest:
            continue
        rows = pool.of & ~np.isnan(values)
        itself = pool.baseline[rows].astype(np.int64)
        reached = known.size - np.searchsorted(known, values[rows], side="left") - itself
        p_pool = contaminated_rank_p(reached, known.size - itself, contamination=pool.contamination)
        p_values[rows] = np.maximum(p_values[rows], p_pool)
    return p_values


def rank_together(
    values: NDArray[np.float64],
    accounts: NDArray[np.int64],
    pools: tuple[Pool, ...],
    fewest: int,
) -> NDArray[np.float64]:
    """The same for the accounts of one group, all of them left out. Shape (k,)."""
    mine = values[accounts]
    p_values = np.where(np.isnan(mine), np.nan, 0.0)
    for pool in pools:
        inside = pool.baseline[accounts] & ~np.isnan(mine)
        known = np.sort(values[pool.baseline & ~np.isnan(values)])
        if pool is not pools[0] and known.size - inside.sum() < fewest:
            continue
        own = np.sort(mine[inside])
        rows = pool.of[accounts] & ~np.isnan(mine)
        reached = known.size - np.searchsorted(known, mine[rows], side="left")
        reached -= own.size - np.searchsorted(own, mine[rows], side="left")
        size = np.full(reached.size, known.size - own.size)
        p_pool = contaminated_rank_p(reached, size, contamination=pool.contamination)
        p_values[rows] = np.maximum(p_values[rows], p_pool)
    return p_values


def _excess(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normal scores, 0 for the ordinary half: lacking one sign does not excuse another."""
    return np.clip(-ndtri(p_values), 0.0, STRONGEST_Z)
