"""Whether the members of a group move together in time.

Timing corroborates and never founds a group: on its own it touched 68.7 % of benign
owners (docs/decisions/0001). So it is judged on groups that were formed without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from revenuer.campaigns.group import members_of

SMALLEST_STRATUM = 100
"""Baseline owners of like volume below which all volumes are compared. placeholder"""
AT_ONCE = 16
"""Groups whose hours are compared with everybody's in one go."""


def activity_matrix(hourly: pl.DataFrame, owners: pl.DataFrame) -> sparse.csr_array:
    """Hours in which each owner was active, common hours weighing less, rows of length 1.

    Args:
        hourly: `account_id`, `hour`, `exchanges`.
        owners: `account_id` and `owner`, a number from 0, of every account.

    Returns:
        Shape (n_accounts, n_hours).
    """
    frame = (
        hourly.join(owners, on="account_id")
        .group_by("owner", column=pl.col("hour") - pl.col("hour").min())
        .agg(weight=pl.col("exchanges").sum().log1p())
        .sort("owner", "column")
    )
    hours = int(frame["column"].to_numpy().max(initial=0)) + 1
    shape = (owners["owner"].n_unique(), hours)
    cells = (frame["owner"].to_numpy(), frame["column"].to_numpy())
    counts = sparse.csr_array((frame["weight"].to_numpy(), cells), shape=shape)
    busy = np.bincount(cells[1], minlength=shape[1])
    weighted = sparse.csr_array(counts * np.log1p(shape[0] / np.maximum(busy, 1)))
    length = np.sqrt((weighted**2).sum(axis=1))
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(length, 1e-12)) @ weighted)


def lockstep_p(
    activity: sparse.csr_array,
    volume: NDArray[np.float64],
    labels: NDArray[np.int64],
    baseline: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Say how rarely a baseline owner keeps the group's hours as closely as a member.

    A member is compared with the other members' hours, itself left out; the baseline
    with the same hours. Accounts of ten times the volume cover more hours by volume
    alone, so ranks are among owners of like volume.

    Args:
        activity: From `activity_matrix`. Shape (n_owners, n_hours).
        volume: Exchanges of each owner. Shape (n_owners,).
        labels: Each owner's group. Shape (n_owners,).
        baseline: Accounts to compare with. Shape (n_owners,).

    Returns:
        NaN for ungrouped owners. Shape (n_owners,).
    """
    p_values = np.full(labels.size, np.nan)
    stratum = np.floor(2 * np.log10(np.maximum(volume, 1))).astype(int)
    groups = members_of(labels)
    outside = np.flatnonzero(baseline)
    pool = _Pool.of(stratum[outside])
    for start in range(0, len(groups), AT_ONCE):
        batch = groups[start : start + AT_ONCE]
        hours = np.array([np.asarray(activity[one].sum(axis=0)).ravel() for one in batch])
        towards = (activity @ hours.T).T.copy()
        for members, own, near in zip(batch, hours, towards, strict=True):
            # Rows have length 1, so taking a member out of the sum takes 1 off its product.
            alone = near[members] - 1.0
            length = own @ own
            scale = np.sqrt(np.maximum(length - 2 * near[members] + 1.0, 1e-12))
            theirs = near[outside] / max(np.sqrt(length), 1e-12)
            p_values[members] = pool.ranks(alone / scale, stratum[members], theirs)
    return p_values


@dataclass(frozen=True, slots=True)
class _Pool:
    """Owners that are compared with, by their volume.

    Attributes:
        strata: Of each. Shape (n,).
        sizes: How many there are of a stratum.
    """

    strata: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, strata: NDArray[np.int64]) -> _Pool:
        return cls(strata, np.bincount(strata, minlength=1))

    def ranks(
        self, scores: NDArray[np.float64], strata: NDArray[np.int64], theirs: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Rank scores among those of the same stratum, or of all where it is small."""
        # Most are far below, and need not be put in order.
        near = np.flatnonzero(theirs >= scores.min(initial=np.inf))
        theirs, their_strata = theirs[near], self.strata[near]
        p_values = np.empty(scores.size)
        for stratum in np.unique(strata):
            size = self.sizes[stratum] if stratum < self.sizes.size else 0
            pool = theirs[their_strata == stratum] if size >= SMALLEST_STRATUM else theirs
            size = size if size >= SMALLEST_STRATUM else self.strata.size
            here = strata == stratum
            reached = pool.size - np.searchsorted(np.sort(pool), scores[here], side="left")
            p_values[here] = (1 + reached) / (size + 1)
        return p_values


def proximity_p(
    moment: NDArray[np.float64], labels: NDArray[np.int64], baseline: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Say how rarely a baseline owner comes as close to the group's moment as a member.

    Args:
        moment: When something happened to each owner, such as its sign-up, in seconds;
            NaN if unknown. Shape (n_owners,).
        labels: Each owner's group. Shape (n_owners,).
        baseline: Accounts to compare with. Shape (n_owners,).

    Returns:
        NaN for ungrouped owners and unknown moments. Shape (n_owners,).
    """
    p_values = np.full(labels.size, np.nan)
    known = ~np.isnan(moment)
    others = np.sort(moment[baseline & known])
    for group in members_of(labels):
        members = group[known[group]]
        if members.size < 3:
            continue
        centres = _medians_without_each(moment[members])
        distance = np.abs(moment[members] - centres)
        as_close = np.searchsorted(others, centres + distance, side="right")
        as_close -= np.searchsorted(others, centres - distance, side="left")
        p_values[members] = (1 + as_close) / (others.size + 1)
    return p_values


def _medians_without_each(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The median of the others, for each value."""
    order = np.argsort(values)
    ranked = values[order]
    n = values.size
    places = np.arange(n)
    # Among the n - 1 others, rank j sits at j, or at j + 1 from the left-out place on.
    low, high = (n - 2) // 2, (n - 1) // 2
    below = ranked[low + (places <= low)]
    above = ranked[high + (places <= high)]
    medians = np.empty(n)
    medians[order] = (below + above) / 2
    return medians
