"""What only a group can hide: how many owners it claims to be, and how evenly it works."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

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
    tied = privately_tied(incidences, members)
    return {
        "split-owners": _rare_number(members.size, OWNERS_TAIL),
        "tied-owners": _rare_number(tied, TIED_TAIL),
    }


def _rare_number(owners: int, tail: float) -> float:
    p_value = min(1.0, (max(owners, 1) / USUAL_OWNERS) ** -tail)
    return float(log_e_from_p(np.array([p_value]))[0])


def privately_tied(incidences: Incidences, members: NDArray[np.int64]) -> int:
    """Members that share something private with another, and with hardly anybody else."""
    private = np.array([kind.private for kind in incidences.kinds], dtype=bool)
    counted = private & incidences.telling
    rows = np.flatnonzero(
        np.isin(incidences.owner, members) & counted[incidences.kind[incidences.token]]
    )
    token = incidences.token[rows]
    inside = np.bincount(token, minlength=incidences.n_tokens)
    theirs = (inside > 1) & (2 * inside > incidences.holders)
    return int(np.unique(incidences.owner[rows][theirs[token]]).size)


def evenness(
    exchanges: NDArray[np.float64],
    members: NDArray[np.int64],
    baseline: NDArray[np.bool_],
    settings: JudgeSettings,
) -> float:
    """Evidence that a load was dealt out evenly over the members, in nats.

    People differ from each other by orders of magnitude; accounts under a balancer, or
    kept below one ceiling, do not. A class with one assignment does not either, but it has
    little to do: only loads that few ordinary owners carry count. Chi-square test of the
    variance of log volumes, with no more degrees of freedom than the group has
    independent members.

    Args:
        exchanges: Each owner's exchanges. Shape (n_owners,).
        members: Owners of the group. Shape (k,).
        baseline: Owners to compare with. Shape (n_owners,).
        settings: Gives the number of independent members.
    """
    volumes = np.log(np.maximum(exchanges, 1))
    ordinary = volumes[baseline]
    spread = float(np.var(ordinary)) if ordinary.size > 1 else 0.0
    if spread < NO_SPREAD or members.size < 3:
        return 0.0
    freedom = effective_size(members.size, at_most=settings.effective_accounts) - 1
    if np.median(volumes[members]) < np.quantile(ordinary, HEAVY):
        return 0.0
    statistic = freedom * float(np.var(volumes[members], ddof=1)) / spread
    p_value = float(np.clip(chi2.cdf(statistic, freedom), RAREST_EVENNESS, 1.0))
    return float(log_e_from_p(np.array([p_value]))[0])
