"""How far each group is run by one operator, family of links by family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.chance import sharing_p
from revenuer.campaigns.group import UNGROUPED, members_of
from revenuer.campaigns.held import FAMILIES
from revenuer.campaigns.partition import Partition
from revenuer.campaigns.population import Population
from revenuer.campaigns.timing import lockstep_p, proximity_p
from revenuer.settings import JudgeSettings
from revenuer.stats.block_product import block_product
from revenuer.stats.calibrators import log_e_from_p
from revenuer.stats.log_mean_exp import log_mean_exp

MOST_PER_OWNER = 6.0
"""Nats that one owner's sharing of tokens may add: even a shared card has innocent
causes, and one in 400 is not rare among them. placeholder"""

PerOwner = dict[str, list[NDArray[np.float64]]]
"""By family of links: each test's log e-value of every owner, nats. Shape (n_owners,)."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A group and its evidence of coordination.

    Attributes:
        members: Its owners. Shape (k,).
        resolution: At which it was found.
        parts: Log e-values in nats, by family of links.
    """

    members: NDArray[np.int64]
    resolution: float
    parts: dict[str, float]


def shared_evidence(population: Population, partition: Partition) -> PerOwner:
    """Each owner's evidence of sharing with its group beyond chance.

    A family of links is judged on the groups that were formed without it.
    """
    incidences = population.incidences
    found: PerOwner = {}
    for family, channels in FAMILIES.items():
        kinds = incidences.kinds_in(channels) & incidences.telling
        known = kinds.any() and bool(incidences.held[:, kinds].any())
        labels = partition.without[family]
        found[family] = [_nats(sharing_p(incidences, labels, kinds))] if known else []
    return found


def _nats(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum(log_e_from_p(np.clip(p_values, np.exp(-50.0), 1.0)), MOST_PER_OWNER)


def coordination(
    population: Population,
    partition: Partition,
    shared: PerOwner,
    baseline: NDArray[np.bool_],
    settings: JudgeSettings,
) -> list[Linked]:
    """The groups of a partition with their evidence of coordination.

    Of a group only the part counts that the other families hold together.

    Args:
        population: The accounts.
        partition: Groups at one resolution.
        shared: From `shared_evidence`.
        baseline: Owners whose hours and sign-ups are compared with. Shape (n_owners,).
        settings: How many owners count as independent.
    """
    labels = partition.without["timing"]
    moved = [
        _nats(lockstep_p(population.activity, population.volume, labels, baseline)),
        _nats(proximity_p(population.first_seconds("created_at"), labels, baseline)),
    ]
    tests = {**shared, "timing": shared["timing"] + moved}
    return [
        Linked(members, partition.resolution, _parts(members, tests, partition, settings))
        for members in members_of(partition.labels)
    ]


def _parts(
    members: NDArray[np.int64], tests: PerOwner, partition: Partition, settings: JudgeSettings
) -> dict[str, float]:
    return {
        family: log_mean_exp(
            [
                block_product(
                    _of_best_match(nats, partition.without[family], members),
                    at_most=settings.effective_accounts,
                )
                for nats in values
            ]
        )
        for family, values in tests.items()
        if values
    }


def _of_best_match(
    nats: NDArray[np.float64], labels: NDArray[np.int64], members: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The members' evidence where they are together without the family, NaN elsewhere."""
    theirs = labels[members]
    grouped = theirs[theirs != UNGROUPED]
    if not grouped.size:
        return np.full(members.size, np.nan)
    best = np.bincount(grouped).argmax()
    return np.where(theirs == best, nats[members], np.nan)
