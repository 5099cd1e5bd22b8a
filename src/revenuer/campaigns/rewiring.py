"""Worlds in which nobody coordinates: the same accounts, their tokens dealt out anew."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.calibration import Check
from revenuer.campaigns.incidence import Incidences
from revenuer.campaigns.judge import COORDINATED, Judgement, judge
from revenuer.campaigns.population import Population
from revenuer.records import Axis
from revenuer.settings import JudgeSettings
from revenuer.stats.exact_rate import Rate


@dataclass(frozen=True, slots=True)
class Rewired:
    """How the worst group fared in each rewired world.

    Attributes:
        worst: The largest group's log e-value of each world, nats; 0 without groups.
        convicting: In how many worlds a group passed.
    """

    worst: tuple[float, ...]
    convicting: int

    @property
    def rate(self) -> Rate:
        """The share of rewired worlds that convict anybody."""
        return Rate.of(self.convicting, len(self.worst))


def rewire(
    incidences: Incidences,
    cohort: NDArray[np.int64],
    fixed: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Incidences:
    """Deal the tokens of each kind out anew among the owners of each cohort.

    Owners keep how many tokens they hold and tokens keep how many hold them, but for the
    few that would be held twice by one owner. What the owners of `fixed` hold stays where
    it is: an office that is torn apart would make every real office look guilty.

    Args:
        incidences: The bipartite graph.
        cohort: Of each owner. Shape (n_owners,).
        fixed: Owners that belong to an honest cluster. Shape (n_owners,).
        rng: Where chance comes from.
    """
    token = incidences.token.copy()
    moving = np.flatnonzero(~fixed[incidences.owner])
    cell = incidences.kind[token[moving]] * (cohort.max(initial=0) + 1)
    cell += cohort[incidences.owner[moving]]
    # Sorted by cell in two orders, one of them random: rows meet other rows of their cell.
    there = moving[np.argsort(cell, kind="stable")]
    lots = rng.permutation(moving.size)
    here = moving[lots][np.argsort(cell[lots], kind="stable")]
    token[there] = incidences.token[here]
    rows = np.unique(np.column_stack([token, incidences.owner]), axis=0)
    holders = np.bincount(rows[:, 0], minlength=incidences.n_tokens)
    return replace(incidences, owner=rows[:, 1], token=rows[:, 0], holders=np.maximum(holders, 2))


def honest_clusters(judgement: Judgement, n_owners: int) -> NDArray[np.bool_]:
    """Owners in a group that coordinates and extracts nothing: an office, a class, a family.

    Returns:
        Shape (n_owners,).
    """
    inside = np.zeros(n_owners, dtype=bool)
    for group in judgement.groups:
        if group.axes[Axis.COORDINATION] >= COORDINATED:
            inside[group.members] = True
    return inside & judgement.baseline


def judge_rewired(
    population: Population, judgement: Judgement, settings: JudgeSettings, *, world: int, seed: int
) -> tuple[float, bool]:
    """Judge one rewired world just as the real one.

    Args:
        population: The accounts.
        judgement: Of the real world; says which clusters are honest.
        settings: What a conviction needs.
        world: Its number.
        seed: Same seed and number, same world.

    Returns:
        The worst group's log e-value, nats, and whether any group passes.
    """
    fixed = honest_clusters(judgement, population.n_owners)
    cohort = np.zeros(population.n_owners, dtype=np.int64)
    cohort[population.owner] = population.cohorts.of
    rng = np.random.default_rng([seed, world])
    incidences = rewire(population.incidences, cohort, fixed, rng)
    sightings = population.sightings
    if sightings is not None:
        sightings = rewire(sightings, cohort, fixed, rng)
    asked = population.asked
    if asked is not None:
        asked = asked.dealt(cohort, fixed, rng)
    dealt = replace(population, incidences=incidences, sightings=sightings, asked=asked)
    drawn = judge(dealt, settings, seed=seed)
    worst = max((group.log_e_value for group in drawn.groups), default=0.0)
    return worst, any(group.passes for group in drawn.groups)


def check_rewired(rewired: Rewired, settings: JudgeSettings) -> Check:
    """Worlds without coordination must not convict more often than is promised."""
    rate = rewired.rate
    worst = max(rewired.worst, default=0.0)
    passes = rate.low <= settings.fdr if rate.total else None
    return Check(
        "rewiring",
        passes,
        f"worlds with their links dealt out anew that convict anybody: {rate}; the worst group "
        f"of all of them has {worst:.1f} nats",
        "" if passes is not False else "look for a token that honest strangers share",
    )
