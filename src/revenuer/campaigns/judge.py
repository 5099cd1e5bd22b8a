"""Three axes for every group, and the groups that pass on all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.baseline import AxisEvidence, axis_evidence
from revenuer.campaigns.chance import sharing_p
from revenuer.campaigns.group import UNGROUPED
from revenuer.campaigns.hiding import evenness, sprawl
from revenuer.campaigns.partition import FAMILIES, Partition, make_partitions
from revenuer.campaigns.population import Population
from revenuer.campaigns.timing import lockstep_p, proximity_p
from revenuer.records import Axis
from revenuer.settings import JudgeSettings
from revenuer.stats.block_product import block_product
from revenuer.stats.calibrators import log_e_from_p
from revenuer.stats.e_bh import e_bh
from revenuer.stats.log_mean_exp import log_mean_exp

MOST_PER_ACCOUNT = 6.0
"""Nats that one account's sharing of tokens may add: even a shared card has innocent
causes, and one in 400 is not rare among them. placeholder"""
COORDINATED = 3.0
"""Nats of coordination from which a group is kept out of the baseline: 1 in 20."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A group and its evidence.

    Attributes:
        members: Its owners. Shape (k,).
        resolution: At which it was found.
        parts: Log e-values in nats, by axis and kind of evidence.
        axes: Each axis' log e-value: the mean of its parts, as e-values.
        passes: It is among those that e-BH selects.
    """

    members: NDArray[np.int64]
    resolution: float
    parts: dict[Axis, dict[str, float]]
    axes: dict[Axis, float] = field(default_factory=dict)
    passes: bool = False

    @property
    def log_e_value(self) -> float:
        """The least of the axes: the null is innocence on at least one of them."""
        return min(self.axes.values())


@dataclass(frozen=True, slots=True)
class Judgement:
    """All groups, and what they were compared with.

    Attributes:
        groups: Every group that was formed, at every resolution.
        baseline: Owners taken for ordinary use. Shape (n_owners,).
        evidence: Each account's evidence on the axes that accounts can show alone.
        abstains: Why nothing may be convicted, or empty.
    """

    groups: list[Judged]
    baseline: NDArray[np.bool_]
    evidence: dict[Axis, AxisEvidence]
    abstains: str = ""


def judge(population: Population, settings: JudgeSettings, *, seed: int) -> Judgement:
    """Form groups, weigh them on the three axes and bound the share of false convictions.

    Args:
        population: The accounts of a log.
        settings: What a conviction needs.
        seed: Same seed, same groups.
    """
    partitions = make_partitions(
        population.incidences, smallest=settings.smallest_group, seed=seed
    )
    everyone = np.ones(population.n_owners, dtype=bool)
    links = [coordination(population, one, everyone, settings) for one in partitions]
    alone = _outside(population.n_owners, links)
    first = _weigh(population, partitions, alone, settings)
    # Coordinated groups that extract nothing (offices, families) are ordinary use too.
    baseline = everyone.copy()
    for group in first.groups:
        if min(group.axes[Axis.COORDINATION], group.axes[Axis.EXTRACTION]) >= COORDINATED:
            baseline[group.members] = False
    return _weigh(population, partitions, baseline, settings)


def _outside(
    size: int, links: list[list[tuple[NDArray[np.int64], dict[str, float]]]]
) -> NDArray[np.bool_]:
    """Owners that no coordinated group claims. Shape (size,)."""
    alone = np.ones(size, dtype=bool)
    for found in links:
        for members, parts in found:
            if log_mean_exp(list(parts.values()) or [0.0]) >= COORDINATED:
                alone[members] = False
    return alone


def _weigh(
    population: Population,
    partitions: list[Partition],
    baseline: NDArray[np.bool_],
    settings: JudgeSettings,
) -> Judgement:
    """Weigh every group against the baseline that no coordinated group is part of."""
    evidence = {
        axis: axis_evidence(population.statistics.get(axis, {}), baseline[population.owner])
        for axis in (Axis.EXTRACTION, Axis.CONCEALMENT)
    }
    by_owner = {axis: evidence_by_owner(population, shown) for axis, shown in evidence.items()}
    judged = []
    for partition in partitions:
        for members, parts in coordination(population, partition, baseline, settings):
            by_axis = {Axis.COORDINATION: parts}
            for axis, shown in evidence.items():
                by_axis[axis] = _parts(shown.detectors, by_owner[axis][members], settings)
            by_axis[Axis.CONCEALMENT] |= {
                "split-owners": sprawl(members.size),
                "even-load": evenness(population.volume, members, baseline, settings),
            }
            axes = {
                axis: log_mean_exp(list(values.values()) or [0.0])
                for axis, values in by_axis.items()
            }
            judged.append(Judged(members, partition.resolution, by_axis, axes))
    passing = e_bh(np.array([group.log_e_value for group in judged]), alpha=settings.fdr)
    enough = int(baseline.sum()) >= settings.smallest_baseline
    why = "" if enough else (
        f"the baseline has {int(baseline.sum())} owners outside all groups; "
        f"{settings.smallest_baseline} are needed"
    )
    groups = [
        Judged(group.members, group.resolution, group.parts, group.axes, bool(passed and enough))
        for group, passed in zip(judged, passing, strict=True)
    ]
    return Judgement(groups, baseline, evidence, why)


def evidence_by_owner(population: Population, shown: AxisEvidence) -> NDArray[np.float64]:
    """The mean log e-values of each owner's accounts. Shape (n_owners, n_detectors)."""
    if not shown.detectors:
        return np.empty((population.n_owners, 0))
    return np.column_stack([population.mean_by_owner(values) for values in shown.log_e_values.T])


def judge_alone(
    population: Population, judgement: Judgement, owner: int, settings: JudgeSettings
) -> Judged:
    """Weigh one owner by itself: it coordinates with nobody, so it cannot be convicted."""
    members = np.array([owner])
    parts = {
        axis: _parts(shown.detectors, evidence_by_owner(population, shown)[members], settings)
        for axis, shown in judgement.evidence.items()
    }
    by_axis = {Axis.COORDINATION: {"one-owner": 0.0}} | parts
    axes = {axis: log_mean_exp(list(part.values()) or [0.0]) for axis, part in by_axis.items()}
    return Judged(members, np.inf, by_axis, axes)


def _parts(
    detectors: tuple[str, ...], nats: NDArray[np.float64], settings: JudgeSettings
) -> dict[str, float]:
    """The group's log e-value by each detector of an axis."""
    return {
        name: block_product(nats[:, column], at_most=settings.effective_accounts)
        for column, name in enumerate(detectors)
    }


def coordination(
    population: Population,
    partition: Partition,
    baseline: NDArray[np.bool_],
    settings: JudgeSettings,
) -> list[tuple[NDArray[np.int64], dict[str, float]]]:
    """Each group of a partition with its evidence of coordination, family by family.

    A family of links is judged on the groups that were formed without it: of a group
    only the part counts that the other links hold together.
    """
    per_account = {
        family: _family_evidence(population, partition.without[family], family, baseline)
        for family in FAMILIES
    }
    found = []
    for group in range(partition.labels.max(initial=UNGROUPED) + 1):
        members = np.flatnonzero(partition.labels == group)
        parts = {}
        for family, tests in per_account.items():
            values = [
                block_product(
                    _of_best_match(nats, partition.without[family], members),
                    at_most=settings.effective_accounts,
                )
                for nats in tests
            ]
            if values:
                parts[family] = log_mean_exp(values)
        found.append((members, parts))
    return found


def _family_evidence(
    population: Population,
    labels: NDArray[np.int64],
    family: str,
    baseline: NDArray[np.bool_],
) -> list[NDArray[np.float64]]:
    """Each account's log e-values against "no more linked to its group than by chance"."""
    incidences = population.incidences
    kinds = incidences.kinds_in(FAMILIES[family]) & incidences.telling
    p_values = []
    if kinds.any() and incidences.held[:, kinds].any():
        p_values.append(sharing_p(incidences, labels, kinds))
    if family == "timing":
        p_values.append(lockstep_p(population.activity, population.volume, labels, baseline))
        p_values.append(proximity_p(population.first_seconds("created_at"), labels, baseline))
    floor = np.exp(-50.0)
    return [
        np.minimum(log_e_from_p(np.clip(values, floor, 1.0)), MOST_PER_ACCOUNT)
        for values in p_values
    ]


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
