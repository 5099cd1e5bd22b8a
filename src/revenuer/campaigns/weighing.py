"""How much the members of a group show, detector by detector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.baseline import MADE_AT_THE_DOOR, MADE_BY_CLIENT, AxisEvidence
from revenuer.campaigns.population import Population
from revenuer.settings import JudgeSettings
from revenuer.stats.block_product import block_products

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
    sizes = np.array([one.size for one in groups])
    accounts, place = population.accounts_of_each(members)
    group = np.repeat(np.arange(len(groups)), sizes)[place]
    nats = shown.leaving_out(accounts, group) if exactly else shown.log_e_values[accounts]
    owners = mean_by_place(nats, place, members.size)
    return weigh_detectors(shown, accounts, group, owners, np.cumsum(sizes), settings)


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
    ends = np.cumsum(np.bincount(place, minlength=owners.size))
    return weigh_detectors(shown, accounts, place, nats, ends, settings)


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
    group: NDArray[np.int64],
    nats: NDArray[np.float64],
    ends: NDArray[np.int64],
    settings: JudgeSettings,
) -> list[dict[str, float]]:
    """Each group's log e-value by each detector of an axis.

    Args:
        shown: Everybody's evidence on the axis.
        accounts: The groups' accounts. Shape (n_accounts,).
        group: The group of each, from 0. Shape (n_accounts,).
        nats: Log e-values of the owners that count, group by group. Shape (k, n_detectors).
        ends: Where those of each group end. Shape (n_groups,).
        settings: How many owners count as independent.
    """
    at_most = np.full((ends.size, len(shown.detectors)), float(settings.effective_accounts))
    for column, name in enumerate(shown.detectors):
        if name in MADE_AT_THE_DOOR:
            at_most[:, column] = 1.0
        elif name in MADE_BY_CLIENT:
            seen = distinct(shown.values[accounts, column], group, ends.size)
            at_most[:, column] = np.minimum(at_most[:, column], seen)
    parts = block_products(nats, ends, at_most=at_most)
    return [dict(zip(shown.detectors, one, strict=True)) for one in parts.tolist()]


def distinct(
    values: NDArray[np.float64], group: NDArray[np.int64], groups: int
) -> NDArray[np.int64]:
    """How many clearly different values each group has, 1 at least; NaN is none.

    Shares of one client's requests differ a little from account to account.

    Args:
        values: Shape (n,).
        group: Of each, from 0. Shape (n,).
        groups: How many there are.

    Returns:
        Shape (groups,).
    """
    known = ~np.isnan(values)
    steps, group = np.floor(values[known] / STEP_NATS), group[known]
    order = np.lexsort((steps, group))
    steps, group = steps[order], group[order]
    first = np.ones(group.size, dtype=bool)
    first[1:] = (np.diff(group) > 0) | (steps[1:] != steps[:-1])
    return np.maximum(np.bincount(group[first], minlength=groups), 1)
