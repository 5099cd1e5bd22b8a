"""How far each group is run by one operator, family of links by family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.chance import sharing_p
from revenuer.campaigns.group import UNGROUPED, members_of
from revenuer.campaigns.held import FAMILIES
from revenuer.campaigns.partition import Partition
from revenuer.campaigns.peers import (
    FAMILY_OF_KIND,
    PEER_FAMILIES,
    PeerWord,
    only,
    rare_only,
    sources_in_each,
)
from revenuer.campaigns.population import Population
from revenuer.campaigns.timing import Lockstep, proximity_p
from revenuer.settings import JudgeSettings
from revenuer.stats.block_product import block_products
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
        peers: What peers say of it; None where no peer is listened to.
    """

    members: NDArray[np.int64]
    resolution: float
    parts: dict[str, float]
    peers: PeerWord | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What ties each owner to its group, whatever is taken for ordinary.

    Attributes:
        shared: What it shares with its group, by family of links.
        lockstep: Whether it keeps its group's hours.
    """

    shared: PerOwner
    lockstep: Lockstep


def shared_evidence(population: Population, partition: Partition) -> Together:
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
    untimed = partition.without["timing"]
    return Together(found, Lockstep.of(population.activity, population.volume, untimed))


def _nats(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum(log_e_from_p(np.clip(p_values, np.exp(-50.0), 1.0)), MOST_PER_OWNER)


def coordination(
    population: Population,
    partition: Partition,
    together: Together,
    baseline: NDArray[np.bool_],
    settings: JudgeSettings,
) -> list[Linked]:
    """The groups of a partition with their evidence of coordination.

    Of a group only the part counts that the other families hold together.

    Args:
        population: The accounts.
        partition: Groups at one resolution.
        together: From `shared_evidence`.
        baseline: Owners whose hours and sign-ups are compared with. Shape (n_owners,).
        settings: How many owners count as independent.
    """
    labels = partition.without["timing"]
    moved = [
        _nats(together.lockstep.p_values(baseline)),
        _nats(proximity_p(population.first_seconds("created_at"), labels, baseline)),
    ]
    tests = {**together.shared, "timing": together.shared["timing"] + moved}
    groups = members_of(partition.labels)
    parts = {
        family: _combined(values, partition.without[family], groups, settings)
        for family, values in tests.items()
        if values
    }
    said = _peer_words(population, partition, groups, baseline, settings)
    return [
        Linked(
            members,
            partition.resolution,
            {family: log_mean_exp(nats[number]) for family, nats in parts.items()},
            said[number] if said else None,
        )
        for number, members in enumerate(groups)
    ]


def _peer_words(
    population: Population,
    partition: Partition,
    groups: list[NDArray[np.int64]],
    baseline: NDArray[np.bool_],
    settings: JudgeSettings,
) -> list[PeerWord]:
    """What peers say of each group; empty where no peer is listened to.

    As with our own links, a family of matches is weighed on the groups that were formed
    without it; the families are averaged, whether or not a peer names something of each, and
    what was asked for beside what was named.
    """
    sightings, asked = population.sightings, population.asked
    if sightings is None or not groups:
        return []
    rare = rare_only(sightings, baseline, asked)
    # What was asked for is weighed among those asked: of others nothing is known.
    named = rare if asked is None else only(rare, ~asked.covered(rare))
    nats = []
    for family, channel in PEER_FAMILIES.items():
        labels = partition.without[family]
        tests = [_nats(sharing_p(named, labels, named.kinds_in(frozenset({channel}))))]
        nats.append(_combined(tests, labels, groups, settings)[:, 0])
        if asked is not None:
            kinds = frozenset(kind for kind, each in FAMILY_OF_KIND.items() if each == family)
            place = np.full(population.n_owners, UNGROUPED)
            members, group, inside = _held_otherwise(labels, groups)
            place[members[inside]] = group[inside]
            nats.append(asked.log_e_values(place, len(groups), kinds))
    sources = sources_in_each(rare, groups)
    return [
        PeerWord(log_mean_exp([float(one[number]) for one in nats]), sources[number])
        for number in range(len(groups))
    ]


def _held_otherwise(
    labels: NDArray[np.int64], groups: list[NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """The members of all groups, the group of each, and whether its other links hold it there.

    Args:
        labels: The groups that were formed without a family. Shape (n_owners,).
        groups: Those that are judged, one at least.
    """
    members = np.concatenate(groups)
    group = np.repeat(np.arange(len(groups)), [one.size for one in groups])
    inside = labels[members] == best_matches(labels[members], group, len(groups))[group]
    return members, group, inside


def _combined(
    tests: list[NDArray[np.float64]],
    labels: NDArray[np.int64],
    groups: list[NDArray[np.int64]],
    settings: JudgeSettings,
) -> NDArray[np.float64]:
    """Each group's log e-value of each test of a family.

    Args:
        tests: Of every owner. Shape (n_owners,) each.
        labels: The groups that were formed without the family. Shape (n_owners,).
        groups: Those that are judged.
        settings: How many owners count as independent.

    Returns:
        Nats. Shape (n_groups, n_tests).
    """
    if not groups:
        return np.zeros((0, len(tests)))
    members, _, inside = _held_otherwise(labels, groups)
    sizes = np.array([one.size for one in groups])
    nats = np.column_stack([np.where(inside, test[members], np.nan) for test in tests])
    return block_products(nats, np.cumsum(sizes), at_most=settings.effective_accounts)


def best_matches(
    labels: NDArray[np.int64], group: NDArray[np.int64], groups: int
) -> NDArray[np.int64]:
    """The label that most members of each group have, the smallest of several.

    Args:
        labels: `UNGROUPED` is none. Shape (n,).
        group: Of each member, from 0. Shape (n,).
        groups: How many there are.

    Returns:
        `UNGROUPED` - 1, which is nobody's, where no member has a label. Shape (groups,).
    """
    grouped = labels != UNGROUPED
    width = labels.max(initial=UNGROUPED) + 1
    pair, count = np.unique(group[grouped] * width + labels[grouped], return_counts=True)
    if not pair.size:
        return np.full(groups, UNGROUPED - 1)
    whose, label = np.divmod(pair, width)
    order = np.lexsort((label, -count, whose))
    first = order[np.diff(whose[order], prepend=-1) > 0]
    best = np.full(groups, UNGROUPED - 1)
    best[whose[first]] = label[first]
    return best
