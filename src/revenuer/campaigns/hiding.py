"""What only a group can hide: how many owners it claims to be, and how evenly it works."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtr

from revenuer.campaigns.incidence import Incidences
from revenuer.settings import JudgeSettings
from revenuer.stats.block_product import effective_size
from revenuer.stats.calibrators import log_e_from_p

USUAL_OWNERS = 4.0
"""Separate owners that an honest group of friends, clients or colleagues often has. placeholder"""
OWNERS_TAIL = 2.0
"""How fast larger honest groups of undeclared owners become rare (Pareto index). placeholder"""

TIED_TAIL = 3.0
"""The same for owners that share a card, a device or a session with another one: households
and an agency's clients do, strangers in a class do not. placeholder"""

NO_SPREAD = 1e-9
"""Variance of log volumes below which all owners did the same, but for rounding."""

HEAVY = 0.75
"""Quantile of ordinary volumes from which an even load needs a reason. placeholder"""
RAREST_EVENNESS = 1e-5
"""Innocent groups are even to the last exchange sometimes; so often at least. placeholder"""


def claimed_owners(incidences: Incidences, members: NDArray[np.int64]) -> dict[str, float]:
    """Evidence that one operator claims to be many owners, in nats, by how it shows.

    Honest people who act together without saying so are few: households, an agency's
    clients. Their number is taken as Pareto, so n owners have p = (n / usual)^-tail. Those
    who share what strangers never share are fewer still.

    Args:
        incidences: The bipartite graph.
        members: Owners of the group. Shape (k,).
    """
    return claimed_by_each(incidences, [members])[0]


def claimed_by_each(
    incidences: Incidences, groups: list[NDArray[np.int64]]
) -> list[dict[str, float]]:
    """The same for many groups at once."""
    return [
        {
            "split-owners": _rare_number(members.size, OWNERS_TAIL),
            "tied-owners": _rare_number(tied, TIED_TAIL),
        }
        for members, tied in zip(groups, tied_in_each(incidences, groups), strict=True)
    ]


def _rare_number(owners: int, tail: float) -> float:
    p_value = min(1.0, (max(owners, 1) / USUAL_OWNERS) ** -tail)
    return float(log_e_from_p(np.array([p_value]))[0])


def privately_tied(incidences: Incidences, members: NDArray[np.int64]) -> int:
    """Members that share something private with another, and with hardly anybody else."""
    return tied_in_each(incidences, [members])[0]


def tied_in_each(incidences: Incidences, groups: list[NDArray[np.int64]]) -> list[int]:
    """How many members of each group are privately tied."""
    private = np.array([kind.private for kind in incidences.kinds], dtype=bool)
    counted = (private & incidences.telling)[incidences.kind]
    rows = np.flatnonzero(counted[incidences.token])
    rows = rows[np.argsort(incidences.owner[rows], kind="stable")]
    held = np.bincount(incidences.owner[rows], minlength=incidences.n_owners)
    starts = np.cumsum(held) - held
    member = np.concatenate([np.empty(0, np.int64), *groups])
    group = np.repeat(np.arange(len(groups)), [one.size for one in groups])
    # One line a token that a member holds: the member's place, and the token in its group.
    place = np.repeat(np.arange(member.size), held[member])
    within = np.arange(place.size) - np.repeat(np.cumsum(held[member]) - held[member], held[member])
    token = incidences.token[rows[starts[member][place] + within]]
    _, cell, inside = np.unique(
        group[place] * incidences.n_tokens + token, return_inverse=True, return_counts=True
    )
    theirs = (inside[cell] > 1) & (2 * inside[cell] > incidences.holders[token])
    tied = np.zeros(member.size, dtype=bool)
    tied[place[theirs]] = True
    return [int(count) for count in np.bincount(group[tied], minlength=len(groups))]


@dataclass(frozen=True, slots=True)
class Loads:
    """What owners did, and what is ordinary.

    Attributes:
        volumes: Log of each owner's exchanges. Shape (n_owners,).
        spread: Variance of the ordinary ones.
        heavy: What few ordinary owners carry.
    """

    volumes: NDArray[np.float64]
    spread: float
    heavy: float

    @classmethod
    def of(cls, exchanges: NDArray[np.float64], baseline: NDArray[np.bool_]) -> Loads:
        """Measure the ordinary.

        Args:
            exchanges: Each owner's exchanges. Shape (n_owners,).
            baseline: Owners to compare with. Shape (n_owners,).
        """
        volumes = np.log(np.maximum(exchanges, 1))
        ordinary = volumes[baseline]
        if ordinary.size < 2:
            return cls(volumes, 0.0, 0.0)
        return cls(volumes, float(np.var(ordinary)), float(np.quantile(ordinary, HEAVY)))


def evenness(loads: Loads, members: NDArray[np.int64], settings: JudgeSettings) -> float:
    """Evidence that a load was dealt out evenly over the members, in nats.

    People differ from each other by orders of magnitude; accounts under a balancer, or
    kept below one ceiling, do not. A class with one assignment does not either, but it has
    little to do: only loads that few ordinary owners carry count. Chi-square test of the
    variance of log volumes, with no more degrees of freedom than the group has
    independent members.

    Args:
        loads: Everybody's.
        members: Owners of the group. Shape (k,).
        settings: Gives the number of independent members.
    """
    if loads.spread < NO_SPREAD or members.size < 3:
        return 0.0
    volumes = loads.volumes[members]
    freedom = effective_size(members.size, at_most=settings.effective_accounts) - 1
    if np.median(volumes) < loads.heavy:
        return 0.0
    statistic = freedom * float(np.var(volumes, ddof=1)) / loads.spread
    p_value = float(np.clip(chdtr(freedom, statistic), RAREST_EVENNESS, 1.0))
    return float(log_e_from_p(np.array([p_value]))[0])
