"""Three axes for every group, and the groups that pass on all of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.baseline import AxisEvidence, Earlier, axis_evidence
from revenuer.campaigns.calibration import Check, check_baseline, failing
from revenuer.campaigns.coordination import Linked, Together, coordination, shared_evidence
from revenuer.campaigns.hiding import Loads, claimed_by_each, evenness
from revenuer.campaigns.ladders import Pool, make_pools
from revenuer.campaigns.partition import Partition, make_partitions
from revenuer.campaigns.peers import PEER_SIGHTING, PeerWord, counts
from revenuer.campaigns.population import Population
from revenuer.campaigns.reference import Reference, rank_by_reference
from revenuer.campaigns.waterfall import axis_e_value
from revenuer.campaigns.weighing import weigh_groups, weigh_owners
from revenuer.records import Axis
from revenuer.settings import JudgeSettings
from revenuer.stats.e_bh import e_bh
from revenuer.stats.log_mean_exp import log_mean_exp

AT_ONCE = 2
"""Partitions whose evidence of sharing is worked out side by side."""
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
        peers: What peers say of it; None where no peer is listened to.
    """

    members: NDArray[np.int64]
    resolution: float
    parts: dict[Axis, dict[str, float]]
    axes: dict[Axis, float] = field(default_factory=dict)
    passes: bool = False
    peers: PeerWord | None = None

    @property
    def attention(self) -> float:
        """Nats of coordination that a person's attention follows: a peer's word only adds."""
        if self.peers is None:
            return self.axes[Axis.COORDINATION]
        own = own_parts(self.parts[Axis.COORDINATION])
        heard = own | {PEER_SIGHTING: self.peers.log_e_value}
        return max(axis_e_value(Axis.COORDINATION, one) for one in (own, heard))

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
        pools: Whom accounts are compared with; the first is everyone.
        evidence: Each account's evidence on the axes that accounts can show alone.
        checks: Whether the baseline can be relied on; one that fails stops convictions.
    """

    groups: list[Judged]
    baseline: NDArray[np.bool_]
    pools: tuple[Pool, ...]
    evidence: dict[Axis, AxisEvidence]
    checks: tuple[Check, ...] = ()

    @property
    def abstains(self) -> tuple[str, ...]:
        """Why nothing may be convicted; empty if something may."""
        return tuple(
            f"nothing is convicted: {check.said}; {check.missing}" for check in failing(self.checks)
        )


def judge(
    population: Population,
    settings: JudgeSettings,
    *,
    seed: int,
    reference: Reference | None = None,
    checks: tuple[Check, ...] = (),
) -> Judgement:
    """Form groups, weigh them on the three axes and bound the share of false convictions.

    Args:
        population: The accounts of a log.
        settings: What a conviction needs.
        seed: Same seed, same groups.
        reference: An earlier baseline. What was ordinary then is no evidence now.
        checks: Of that baseline against this log.
    """
    partitions = make_partitions(population.incidences, smallest=settings.smallest_group, seed=seed)
    everyone = np.ones(population.n_owners, dtype=bool)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        together = list(threads.map(partial(shared_evidence, population), partitions))
    drafts = _linked(population, partitions, together, everyone, settings)
    alone = _outside(population.n_owners, drafts)
    first = _weigh(population, drafts, alone, settings, reference, exactly=False)
    # Coordinated groups that extract nothing (offices, families) are ordinary use too.
    baseline = everyone.copy()
    for group in first.groups:
        if min(group.axes[Axis.COORDINATION], group.axes[Axis.EXTRACTION]) >= COORDINATED:
            baseline[group.members] = False
    linked = _linked(population, partitions, together, baseline, settings)
    judgement = _weigh(population, linked, baseline, settings, reference)
    own = check_baseline(population, baseline, judgement.evidence, settings)
    return with_checks(judgement, own + checks)


def with_checks(judgement: Judgement, checks: tuple[Check, ...]) -> Judgement:
    """The judgement with more checks; if one of them fails, nothing passes."""
    groups = judgement.groups
    if failing(checks):
        groups = [replace(group, passes=False) for group in groups]
    return replace(judgement, groups=groups, checks=judgement.checks + checks)


def _linked(
    population: Population,
    partitions: list[Partition],
    together: list[Together],
    baseline: NDArray[np.bool_],
    settings: JudgeSettings,
) -> list[Linked]:
    """Every group of every partition with its evidence of coordination."""
    return [
        group
        for partition, evidence in zip(partitions, together, strict=True)
        for group in coordination(population, partition, evidence, baseline, settings)
    ]


def _outside(size: int, groups: list[Linked]) -> NDArray[np.bool_]:
    """Owners that no coordinated group claims. Shape (size,)."""
    alone = np.ones(size, dtype=bool)
    for group in groups:
        if log_mean_exp(list(group.parts.values()) or [0.0]) >= COORDINATED:
            alone[group.members] = False
    return alone


def _weigh(
    population: Population,
    groups: list[Linked],
    baseline: NDArray[np.bool_],
    settings: JudgeSettings,
    reference: Reference | None,
    *,
    exactly: bool = True,
) -> Judgement:
    """Weigh every group against the baseline; `exactly` leaves it out of that as a whole."""
    pools = make_pools(baseline[population.owner], population.cohorts, settings)
    evidence = {
        axis: axis_evidence(
            population.statistics.get(axis, {}),
            pools,
            _earlier(population, axis, reference, settings),
            fewest=settings.smallest_cohort,
        )
        for axis in (Axis.EXTRACTION, Axis.CONCEALMENT)
    }
    members = [group.members for group in groups]
    weighed = {
        axis: weigh_groups(population, shown, members, settings, exactly=exactly)
        for axis, shown in evidence.items()
    }
    loads = Loads.of(population.volume, baseline)
    claims = claimed_by_each(population.incidences, members)
    judged = []
    for number, group in enumerate(groups):
        parts = {Axis.COORDINATION: group.parts}
        parts |= {axis: found[number] for axis, found in weighed.items()}
        parts[Axis.CONCEALMENT]["even-load"] = evenness(loads, group.members, settings)
        parts[Axis.CONCEALMENT] |= claims[number]
        own = Judged(group.members, group.resolution, parts, _axes(parts))
        # Whom to compare with is for our own evidence to say.
        judged.append(_with_peers(own, group.peers) if exactly else own)
    passing = select(judged, settings.fdr)
    decided = [
        replace(group, passes=bool(passed)) for group, passed in zip(judged, passing, strict=True)
    ]
    return Judgement(decided, baseline, pools, evidence)


def select(groups: list[Judged], fdr: float) -> NDArray[np.bool_]:
    """The groups that e-BH selects over all sets of owners that were formed.

    A set that forms at several resolutions is one hypothesis; its e-value is the mean of
    what it got at each.

    Returns:
        Shape (len(groups),).
    """
    places: dict[bytes, int] = {}
    place = [places.setdefault(group.members.tobytes(), len(places)) for group in groups]
    found: list[list[float]] = [[] for _ in places]
    for number, group in zip(place, groups, strict=True):
        found[number].append(group.log_e_value)
    means = np.array([log_mean_exp(nats) for nats in found])
    return np.asarray(e_bh(means, alpha=fdr)[np.array(place, dtype=np.int64)])


def _earlier(
    population: Population, axis: Axis, reference: Reference | None, settings: JudgeSettings
) -> Earlier:
    """What an earlier baseline says of a statistic; nothing without one."""
    names = np.array(population.cohorts.names)[population.cohorts.of]

    def p_values(detector: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        kept = reference or {}
        return rank_by_reference(values, names, axis, detector, kept, settings.smallest_cohort)

    return p_values


def own_parts(parts: dict[str, float]) -> dict[str, float]:
    """The pieces of an axis without what peers say."""
    return {kind: nats for kind, nats in parts.items() if kind != PEER_SIGHTING}


def _with_peers(group: Judged, said: PeerWord | None) -> Judged:
    """The group with what peers say of it as one more piece of coordination.

    The piece is there, and has its share of the mean, whether or not it counts: were it put in
    only where it helps, the mean would be no e-value.
    """
    if said is None:
        return group
    said = replace(said, counts=counts(group.axes, said.sources))
    linked = {**group.parts[Axis.COORDINATION], PEER_SIGHTING: said.weighed}
    parts = {**group.parts, Axis.COORDINATION: linked}
    return replace(group, parts=parts, axes=_axes(parts), peers=said)


def _axes(parts: dict[Axis, dict[str, float]]) -> dict[Axis, float]:
    """Each axis' log e-value, nats."""
    return {axis: axis_e_value(axis, nats) for axis, nats in parts.items()}


def judge_each_alone(
    population: Population,
    judgement: Judgement,
    owners: NDArray[np.int64],
    settings: JudgeSettings,
) -> list[Judged]:
    """Weigh each owner's accounts: it coordinates openly, so it cannot be convicted."""
    weighed = {
        axis: weigh_owners(population, shown, owners, settings)
        for axis, shown in judgement.evidence.items()
    }
    judged = []
    for number, owner in enumerate(owners):
        parts = {Axis.COORDINATION: {"one-owner": 0.0}}
        parts |= {axis: found[number] for axis, found in weighed.items()}
        judged.append(Judged(np.array([owner]), np.inf, parts, _axes(parts)))
    return judged
