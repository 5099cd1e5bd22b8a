"""Pivots: a group that moves to a new model at once, beside how fast ordinary accounts move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import scipy
from numpy.typing import NDArray

from revenuer.campaigns.early_signs import Draft, bar
from revenuer.campaigns.pivots import MOVED_SHARE
from revenuer.campaigns.population import Population
from revenuer.detectors.release_pivot.detector import NEWEST, SECONDS_AFTER, share_moved
from revenuer.records import Axis, SignKind
from revenuer.settings import Release

FEWEST = 3
"""Members that were there before a release and after it."""
INDEPENDENT = 10
"""Members that count at most: one alias moves a whole office. As `judge.effective_accounts`.
placeholder"""
MOSTLY = 0.5
"""Share of the members who must move, for the group to have moved. placeholder"""


def pivots(
    population: Population,
    releases: Sequence[Release],
    groups: Sequence[NDArray[np.int64]],
    ordinary: NDArray[np.bool_],
    excused: NDArray[np.bool_],
    at: datetime,
    share_of_month: float,
) -> list[Draft]:
    """A draft for each group and release that most of its members moved to in two days.

    Args:
        population: The accounts, with the columns of `release-pivot`.
        releases: Those that the detector was told.
        groups: Sets of owners that act as one; the larger ones may hold others.
        ordinary: Owners taken for ordinary use. Shape (n_owners,).
        excused: Owners with a permit. Shape (n_owners,).
        at: Time of the look.
        share_of_month: Time since the look before, as a share of a month.
    """
    drafts = []
    newest = list(releases[-NEWEST:])
    for number, release in enumerate(newest):
        if f"release_pivot_{number}_after" not in population.accounts.columns:
            continue
        if not timedelta(0) <= at - release.at <= timedelta(seconds=2 * SECONDS_AFTER):
            # Who moved is known by then; what a group does weeks later says nothing early.
            continue
        moved = population.mean_by_owner(share_moved(population.accounts, number))
        seen = ~np.isnan(moved)
        others = ordinary & seen
        fast = moved >= MOVED_SHARE
        usual = float((1 + fast[others].sum()) / (1 + others.sum()))
        tried = [one[seen[one] & ~excused[one]] for one in groups]
        tried = [one for one in tried if one.size >= FEWEST]
        for members in tried:
            share = float(fast[members].mean())
            counted = min(members.size, INDEPENDENT)
            p_value = float(scipy.stats.binom.sf(int(share * counted) - 1, counted, usual))
            if share >= MOSTLY and p_value <= bar(len(tried), share_of_month):
                drafts.append(_draft(members, release, moved, others, usual, p_value, at))
    return _largest(drafts)


def _draft(
    members: NDArray[np.int64],
    release: Release,
    moved: NDArray[np.float64],
    others: NDArray[np.bool_],
    usual: float,
    p_value: float,
    at: datetime,
) -> Draft:
    fast = members[moved[members] >= MOVED_SHARE]
    hours = min((at - release.at).total_seconds(), SECONDS_AFTER) / 3600
    numbers = {
        "owners": int(members.size),
        "moved": int(fast.size),
        "share": float(np.mean(moved[members])),
        "ordinary_moved_share": usual,
        "ordinary_share": float(np.mean(moved[others])) if others.any() else 0.0,
        "hours_after_release": hours,
        "p_value": p_value,
    }
    statement = (
        f"Within {hours:.0f} hours of the release of {release.model}, {fast.size} of "
        f"{members.size} owners that act as one moved a fifth of their exchanges to it or more, "
        f"{numbers['share']:.0%} on average; of ordinary owners {usual:.0%} did, "
        f"{numbers['ordinary_share']:.0%} on average."
    )
    return Draft(SignKind.PIVOT, Axis.EXTRACTION, members, p_value, statement, numbers)


def _largest(drafts: Sequence[Draft]) -> list[Draft]:
    """Of drafts with an owner in common the surest; of equals the largest."""
    kept: list[Draft] = []
    for one in sorted(drafts, key=lambda draft: (draft.p_value, -draft.owners.size)):
        if not any(np.intersect1d(one.owners, other.owners).size for other in kept):
            kept.append(one)
    return kept
