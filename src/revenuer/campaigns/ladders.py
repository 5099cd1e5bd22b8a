"""Ordinary accounts in order, and how rarely they reach what others show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.cohorts import Cohorts
from revenuer.settings import JudgeSettings
from revenuer.stats.contaminated_ranks import contaminated_rank_p

TAIL = 5
"""Accounts of a cohort that must lie further out for its own count to be trusted. placeholder"""


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

    def reached(self, scores: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many values lie at or above each score."""
        return self.values.size - np.searchsorted(self.values, scores, side="left")

    def rank_p(
        self, reached: NDArray[np.int64], left_out: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """How rarely an innocent of the pool reaches a score that so many values reach.

        Args:
            reached: Values at or above it, but for those that are left out. Shape (k,).
            left_out: How many are left out in all. Shape (k,).
        """
        return contaminated_rank_p(
            reached, self.values.size - left_out, contamination=self.pool.contamination
        )


Ladders = tuple[Ladder, ...]
"""Everyone's and each cohort's, of one statistic."""


def make_ladders(values: NDArray[np.float64], pools: tuple[Pool, ...], fewest: int) -> Ladders:
    """The ordinary values of a statistic: everyone's, and those of cohorts that have enough."""
    known = ~np.isnan(values)
    every = [Ladder(pool, np.sort(values[pool.baseline & known])) for pool in pools]
    return (every[0], *(one for one in every[1:] if one.values.size >= fewest))


@dataclass(frozen=True, slots=True)
class Own:
    """The values of one ladder that are the ranked groups' own, and so left out.

    Attributes:
        mask: Rows that are among the ladder's values. Shape (n_rows,).
        size: How many of them each group has. Shape (n_groups,).
        reached: How many of its group's lie at or above each row's score. Shape (n_rows,).
        above: The same above it. Shape (n_rows,).
    """

    mask: NDArray[np.bool_]
    size: NDArray[np.int64]
    reached: NDArray[np.int64]
    above: NDArray[np.int64]


class Ranked:
    """Scores that are ranked together with those of their group, which are left out.

    Args:
        scores: NaN is no evidence. Shape (n_rows,).
        accounts: Whose. Shape (n_rows,).
        group: Of each row, from 0. Shape (n_rows,).
        alone: Nobody is left out but each row itself.
    """

    def __init__(
        self,
        scores: NDArray[np.float64],
        accounts: NDArray[np.int64],
        group: NDArray[np.int64],
        *,
        alone: bool = False,
    ) -> None:
        self.scores, self.accounts, self.group, self.alone = scores, accounts, group, alone
        self.known = ~np.isnan(scores)
        self.groups = int(group.max(initial=0)) + 1
        if alone:
            return
        self.order = np.lexsort((scores, group))
        ordered, of = scores[self.order], group[self.order]
        self.end = np.cumsum(np.bincount(group, minlength=self.groups))[of]
        steps = np.arange(scores.size)
        starts = np.ones(scores.size, dtype=bool)
        starts[1:] = (np.diff(of) > 0) | (ordered[1:] != ordered[:-1])
        # Rows of one score in one group start and end at the same place.
        self.first = np.maximum.accumulate(np.where(starts, steps, 0))
        self.last = np.append(np.flatnonzero(starts)[1:], scores.size)[np.cumsum(starts) - 1]

    def own(self, ladder: Ladder) -> Own:
        """What of a ladder is left out."""
        nothing = np.zeros(self.scores.size, dtype=np.int64)
        mask = ladder.pool.baseline[self.accounts] & self.known
        if self.alone:
            none = np.zeros(self.scores.size, dtype=bool)
            return Own(none, np.zeros(self.groups, dtype=np.int64), nothing, nothing)
        size = np.bincount(self.group[mask], minlength=self.groups)
        before = np.concatenate([[0], np.cumsum(mask[self.order])])
        reached, above = nothing, nothing.copy()
        reached[self.order] = before[self.end] - before[self.first]
        above[self.order] = before[self.end] - before[self.last]
        return Own(mask, size, reached, above)

    def edges(self, ladder: Ladder, own: Own) -> NDArray[np.float64]:
        """The value that only the `TAIL` most extreme of the others reach, for each group.

        Returns:
            NaN where there are fewer others. Shape (n_groups,).
        """
        rows = np.flatnonzero(own.mask)
        above = ladder.values.size - np.searchsorted(ladder.values, self.scores[rows], "right")
        further_out = self.group[rows[above - own.above[rows] < TAIL]]
        place = TAIL + np.bincount(further_out, minlength=self.groups)
        enough = ladder.values.size - own.size >= TAIL
        edges = np.full(self.groups, np.nan)
        edges[enough] = ladder.values[ladder.values.size - place[enough]]
        return edges

    def reaching(self, own: Own, edges: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many of its own each group has at its edge or above. Shape (n_groups,)."""
        rows = own.mask & (self.scores >= edges[self.group])
        return np.bincount(self.group[rows], minlength=self.groups)


def rank_each(values: NDArray[np.float64], ladders: Ladders) -> NDArray[np.float64]:
    """How rarely an innocent reaches each account's value, itself left out.

    Of the comparisons, with everyone and with its cohort, the least surprising counts.

    Returns:
        p-values; NaN stays NaN. Shape (n_accounts,).
    """
    accounts = np.arange(values.size)
    itself = (ladders[0].pool.baseline & ~np.isnan(values)).astype(np.int64)
    return _rank(Ranked(values, accounts, np.zeros_like(accounts), alone=True), itself, ladders)


def rank_together(
    values: NDArray[np.float64],
    accounts: NDArray[np.int64],
    group: NDArray[np.int64],
    ladders: Ladders,
) -> NDArray[np.float64]:
    """The same for the accounts of groups, those of the same group all left out.

    Args:
        values: Of every account. Shape (n_accounts,).
        accounts: Whose rank is wanted; one may be in several groups. Shape (k,).
        group: The group of each, from 0. Shape (k,).
        ladders: Whom they are compared with.

    Returns:
        Shape (k,).
    """
    nobody = np.zeros(accounts.size, np.int64)
    return _rank(Ranked(values[accounts], accounts, group), nobody, ladders)


def _rank(ranked: Ranked, itself: NDArray[np.int64], ladders: Ladders) -> NDArray[np.float64]:
    scores, group, known = ranked.scores, ranked.group, ranked.known
    everyone = ladders[0]
    mine = ranked.own(everyone)
    p_every = np.full(scores.size, np.nan)
    p_every[known] = _rank_p(ranked, everyone, mine, itself, np.flatnonzero(known))
    p_values = p_every.copy()
    for ladder in ladders[1:]:
        left_out = ranked.own(ladder)
        edges = ranked.edges(ladder, left_out)
        rows = np.flatnonzero(known & ladder.pool.of[ranked.accounts])
        rows = rows[~np.isnan(edges[group[rows]])]
        if not rows.size:
            continue
        at_edge = _edge_p(ranked, ladder, left_out, edges) / _edge_p(ranked, everyone, mine, edges)
        p_cohort = _rank_p(ranked, ladder, left_out, itself, rows)
        # Too few of the cohort are further out to count them: there its tail is taken to
        # fall as everyone's does.
        further_out = scores[rows] > edges[group[rows]]
        p_cohort = np.where(further_out, at_edge[group[rows]] * p_every[rows], p_cohort)
        p_values[rows] = np.maximum(p_values[rows], np.minimum(p_cohort, 1.0))
    return p_values


def _rank_p(
    ranked: Ranked,
    ladder: Ladder,
    own: Own,
    itself: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> NDArray[np.float64]:
    reached = ladder.reached(ranked.scores[rows]) - own.reached[rows] - itself[rows]
    return ladder.rank_p(reached, own.size[ranked.group[rows]] + itself[rows])


def _edge_p(
    ranked: Ranked, ladder: Ladder, own: Own, edges: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The p-value of each group's edge in a ladder. Shape (n_groups,)."""
    return ladder.rank_p(ladder.reached(edges) - ranked.reaching(own, edges), own.size)
