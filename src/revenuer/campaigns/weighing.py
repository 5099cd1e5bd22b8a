"""How much the members of a group show, detector by detector."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.baseline import MADE_BY_CLIENT, AxisEvidence
from revenuer.campaigns.population import Population
from revenuer.settings import JudgeSettings
from revenuer.stats.block_product import block_product

STEP_NATS = 0.5
"""Difference between two accounts' statistics that one client does not make. placeholder"""


def weigh_groups(
    population: Population,
    shown: AxisEvidence,
    groups: list[NDArray[np.int64]],
    settings: JudgeSettings,
    *,
    exactly: bool,
) -> list[dict[str, float]]:
    """Every group's log e-value by each detector of an axis.

    An owner counts once, with the mean of its accounts.

    Args:
        population: The accounts.
        shown: Everybody's evidence on the axis.
        groups: The owners of each.
        settings: How many owners count as independent.
        exactly: Leave each group out of the baseline as a whole.
    """
    if not groups:
        return []
    members = np.concatenate(groups)
    sizes = [one.size for one in groups]
    accounts, place = population.accounts_of_each(members)
    group = np.repeat(np.arange(len(groups)), sizes)[place]
    nats = shown.leaving_out(accounts, group) if exactly else shown.log_e_values[accounts]
    owners = mean_by_place(nats, place, members.size)
    first = np.searchsorted(group, np.arange(len(groups) + 1))
    cuts = np.cumsum([0, *sizes])
    return [
        weigh_detectors(
            shown,
            accounts[first[number] : first[number + 1]],
            owners[cuts[number] : cuts[number + 1]],
            settings,
        )
        for number in range(len(groups))
    ]


def weigh_owners(
    population: Population,
    shown: AxisEvidence,
    owners: NDArray[np.int64],
    settings: JudgeSettings,
) -> list[dict[str, float]]:
    """The same for the accounts of one owner each, who all count."""
    if not owners.size:
        return []
    accounts, place = population.accounts_of_each(owners)
    nats = shown.leaving_out(accounts, place)
    first = np.searchsorted(place, np.arange(owners.size + 1))
    return [
        weigh_detectors(shown, accounts[start:end], nats[start:end], settings)
        for start, end in pairwise(first)
    ]


def mean_by_place(
    nats: NDArray[np.float64], place: NDArray[np.int64], size: int
) -> NDArray[np.float64]:
    """The mean log e-values of the rows of each place.

    Args:
        nats: NaN is no evidence. Shape (n, n_detectors).
        place: Of each row, below `size`. Shape (n,).
        size: Places in all.

    Returns:
        NaN where all are NaN. Shape (size, n_detectors).
    """
    means = np.full((size, nats.shape[1]), np.nan)
    for column, values in enumerate(nats.T):
        total = np.bincount(place, weights=np.nan_to_num(values), minlength=size)
        count = np.bincount(place[~np.isnan(values)], minlength=size)
        np.divide(total, count, out=means[:, column], where=count > 0)
    return means


def weigh_detectors(
    shown: AxisEvidence,
    accounts: NDArray[np.int64],
    nats: NDArray[np.float64],
    settings: JudgeSettings,
) -> dict[str, float]:
    """A group's log e-value by each detector of an axis.

    Args:
        shown: Everybody's evidence on the axis.
        accounts: The group's accounts.
        nats: Its owners' log e-values. Shape (k, n_detectors).
        settings: How many owners count as independent.
    """
    parts = {}
    for column, name in enumerate(shown.detectors):
        at_most = settings.effective_accounts
        if name in MADE_BY_CLIENT:
            at_most = min(at_most, distinct(shown.values[accounts, column]))
        parts[name] = block_product(nats[:, column], at_most=at_most)
    return parts


def distinct(values: NDArray[np.float64]) -> float:
    """How many clearly different values there are, 1 at least; NaN is none.

    Shares of one client's requests differ a little from account to account.
    """
    steps = np.floor(values[~np.isnan(values)] / STEP_NATS)
    return float(max(np.unique(steps).size, 1))
