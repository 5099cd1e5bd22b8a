"""Whether the members of a group move together in time.

Timing corroborates and never founds a group: on its own it touched 68.7 % of benign
owners (docs/decisions/0001). So it is judged on groups that were formed without it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from revenuer.campaigns.group import UNGROUPED, members_of

SMALLEST_STRATUM = 100
"""Baseline owners of like volume below which all volumes are compared. placeholder"""
AT_ONCE = 16
"""Groups whose hours are compared with everybody's in one go."""
FEW = 16
"""Scores that are counted one by one faster than their pool is put in order."""
THREADS = 2
"""Batches of them side by side."""


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
    return Lockstep.of(activity, volume, labels).p_values(baseline)


@dataclass(frozen=True, slots=True)
class Lockstep:
    """How closely members keep their groups' hours, and how many others come as close.

    Every owner is compared with every group once. What a baseline leaves out is compared
    again by itself and taken off, so a second baseline costs as much as it leaves out.

    Attributes:
        activity: From `activity_matrix`. Shape (n_owners, n_hours).
        stratum: Each owner's class of volume, from 0. Shape (n_owners,).
        groups: The members of each.
        hours: Activity of each group. Shape (n_groups, n_hours).
        length: Of each of these rows. Shape (n_groups,).
        scores: How closely each member keeps the others' hours. Shape (n_owners,).
        reached: Owners of like volume, of all there are, who come as close. Shape (n_owners,).
    """

    activity: sparse.csr_array
    stratum: NDArray[np.int64]
    groups: list[NDArray[np.int64]]
    hours: NDArray[np.float64]
    length: NDArray[np.float64]
    scores: NDArray[np.float64]
    reached: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        activity: sparse.csr_array,
        volume: NDArray[np.float64],
        labels: NDArray[np.int64],
    ) -> Lockstep:
        """Compare everybody with every group; see `lockstep_p`."""
        stratum = np.floor(2 * np.log10(np.maximum(volume, 1))).astype(np.int64)
        grouped = np.flatnonzero(labels != UNGROUPED)
        groups = members_of(labels)
        cells = (labels[grouped], grouped)
        member = sparse.csr_array((np.ones(grouped.size), cells), shape=(len(groups), labels.size))
        hours = (member @ activity).toarray()
        square = np.array([own @ own for own in hours])
        near = np.zeros(labels.size)
        near[grouped] = _products(activity[grouped], hours, labels[grouped])
        # Rows have length 1, so taking a member out of the sum takes 1 off its product.
        others = np.maximum(square[labels] - 2 * near + 1.0, 1e-12) if groups else near + 1.0
        drawn = cls(
            activity,
            stratum,
            groups,
            hours,
            np.maximum(np.sqrt(square), 1e-12),
            (near - 1.0) / np.sqrt(others),
            np.empty(0, np.int64),
        )
        everybody = np.ones(labels.size, dtype=bool)
        return replace(drawn, reached=drawn._reaching(everybody, drawn._alike(everybody)))

    def p_values(self, baseline: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Each member's rank among the owners of a baseline; see `lockstep_p`."""
        alike = self._alike(baseline)
        as_before = (alike == self._alike(np.ones_like(baseline))).all()
        if as_before and 2 * np.count_nonzero(baseline) > baseline.size:
            reached = self.reached - self._reaching(~baseline, alike)
        else:
            reached = self._reaching(baseline, alike)
        sizes = np.bincount(self.stratum[baseline], minlength=self.stratum.max(initial=0) + 1)
        size = np.where(alike, sizes[self.stratum], np.count_nonzero(baseline))
        p_values = np.full(baseline.size, np.nan)
        for members in self.groups:
            p_values[members] = (1 + reached[members]) / (size[members] + 1)
        return p_values

    def _alike(self, baseline: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Owners of whose volume enough are in the baseline. Shape (n_owners,)."""
        sizes = np.bincount(self.stratum[baseline], minlength=self.stratum.max(initial=0) + 1)
        return np.asarray((sizes >= SMALLEST_STRATUM)[self.stratum])

    def _reaching(self, wanted: NDArray[np.bool_], alike: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of the wanted owners come as close to its group as each member.

        Args:
            wanted: Whom to compare with. Shape (n_owners,).
            alike: Members who are compared with their own stratum, not with all. Shape
                (n_owners,).

        Returns:
            Shape (n_owners,).
        """
        owners = np.flatnonzero(wanted)
        owners = owners[np.argsort(self.stratum[owners], kind="stable")]
        activity = self.activity[owners]
        # Those of one stratum are side by side.
        strata = np.arange(self.stratum.max(initial=0) + 2)
        cuts = np.searchsorted(self.stratum[owners], strata)
        reached = np.zeros(self.stratum.size, dtype=np.int64)

        def compare(start: int) -> None:
            batch = slice(start, start + AT_ONCE)
            towards = (activity @ self.hours[batch].T).T.copy()
            towards /= self.length[batch, None]
            for members, theirs in zip(self.groups[batch], towards, strict=True):
                stratum = np.where(alike[members], self.stratum[members], -1)
                for one in np.unique(stratum):
                    here = members[stratum == one]
                    pool = theirs if one < 0 else theirs[cuts[one] : cuts[one + 1]]
                    reached[here] = _at_or_above(pool, self.scores[here])

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(compare, range(0, len(self.groups), AT_ONCE)))
        return reached


def _products(
    activity: sparse.csr_array, hours: NDArray[np.float64], group: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Each row's product with the hours of its own group. Shape (n_rows,)."""
    rows = np.repeat(np.arange(group.size), np.diff(activity.indptr))
    terms = activity.data * hours[group[rows], activity.indices]
    # One term after the other, as a product of matrices adds them.
    return np.bincount(rows, weights=terms, minlength=group.size).astype(np.float64)


def _at_or_above(pool: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many of the pool lie at or above each score. Shape as `scores`."""
    if scores.size <= FEW:
        return np.array([np.count_nonzero(pool >= score) for score in scores])
    # Most are far below, and need not be put in order.
    near = np.sort(pool[pool >= scores.min()])
    return near.size - np.searchsorted(near, scores, side="left")


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
