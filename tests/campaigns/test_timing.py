"""Owners that keep the same hours, and owners that signed up together."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from campaign_builders import account_name, owners_of
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from revenuer.campaigns.group import UNGROUPED
from revenuer.campaigns.timing import (
    SMALLEST_STRATUM,
    Lockstep,
    activity_matrix,
    lockstep_p,
    proximity_p,
)

N, HOURS, GROUPS = 400, 240, 10


def _activity(hours: list[NDArray[np.int64]]) -> sparse.csr_array:
    frames = []
    for owner, theirs in enumerate(hours):
        hour, count = np.unique(theirs, return_counts=True)
        frames.append(
            pl.DataFrame({"account_id": account_name(owner), "hour": hour, "exchanges": count})
        )
    return activity_matrix(pl.concat(frames), owners_of(len(hours)))


def _random_hours(rng: np.random.Generator) -> list[NDArray[np.int64]]:
    return [rng.integers(0, HOURS, 30) for _ in range(N)]


def _labels(rng: np.random.Generator) -> NDArray[np.int64]:
    """Ten groups of ten at random, the rest ungrouped."""
    labels = np.full(N, UNGROUPED, dtype=np.int64)
    labels[rng.choice(N, 10 * GROUPS, replace=False)] = np.repeat(np.arange(GROUPS), 10)
    return labels


def test_rows_have_length_one_and_rare_hours_weigh_more() -> None:
    activity = _activity([np.array([0, 5]), np.array([0]), np.array([0])]).toarray()
    np.testing.assert_allclose((activity**2).sum(axis=1), 1)
    assert activity[0, 5] > activity[0, 0] > 0


def test_hours_count_from_the_first_one() -> None:
    frame = pl.DataFrame({"account_id": account_name(0), "hour": [480_000, 480_002]}).with_columns(
        exchanges=1
    )
    assert activity_matrix(frame, owners_of(1)).shape == (1, 3)


def test_members_that_have_nothing_to_do_with_each_other_are_not_in_step() -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(12):
        labels = _labels(rng)
        activity = _activity(_random_hours(rng))
        found.append(lockstep_p(activity, np.full(N, 30.0), labels, labels == UNGROUPED))
    p_values = np.concatenate(found)
    assert np.isnan(p_values).mean() == 1 - 10 * GROUPS / N
    p_values = p_values[~np.isnan(p_values)]
    for level in (0.01, 0.05, 0.2):
        assert (p_values <= level).mean() <= level + 3 * np.sqrt(level / p_values.size)


def test_members_that_are_switched_on_together_are_in_step() -> None:
    rng = np.random.default_rng(2)
    hours, labels = _random_hours(rng), _labels(rng)
    for member in np.flatnonzero(labels == 3):
        hours[member][:15] = np.arange(100, 115)
    p_values = lockstep_p(_activity(hours), np.full(N, 30.0), labels, labels == UNGROUPED)
    assert (p_values[labels == 3] < 0.01).all()
    assert np.median(p_values[labels == 4]) > 0.1


def test_owners_are_compared_with_owners_of_like_volume() -> None:
    rng = np.random.default_rng(3)
    labels = np.where(np.arange(N) < 8, 0, UNGROUPED)
    # Everybody works at random; members and half of the others are ten times as busy.
    busy = np.arange(N) < 200
    hours = [rng.integers(0, HOURS, 300 if heavy else 30) for heavy in busy]
    volume = np.where(busy, 300.0, 30.0)
    activity = _activity(hours)
    alike = lockstep_p(activity, volume, labels, labels == UNGROUPED)
    mixed = lockstep_p(activity, np.full(N, 30.0), labels, labels == UNGROUPED)
    assert np.nanmedian(alike) > np.nanmedian(mixed)


def _lockstep_by_loop(
    activity: NDArray[np.float64],
    volume: NDArray[np.float64],
    labels: NDArray[np.int64],
    baseline: NDArray[np.bool_],
) -> NDArray[np.float64]:
    p_values = np.full(labels.size, np.nan)
    stratum = np.floor(2 * np.log10(volume))
    for member in np.flatnonzero(labels != UNGROUPED):
        group = np.flatnonzero(labels == labels[member])
        whole, others = activity[group].sum(axis=0), activity[group[group != member]].sum(axis=0)
        alike = baseline & (stratum == stratum[member])
        pool = alike if alike.sum() >= SMALLEST_STRATUM else baseline
        theirs = activity[pool] @ whole / np.linalg.norm(whole)
        own = activity[member] @ others / np.linalg.norm(others)
        p_values[member] = (1 + (theirs >= own).sum()) / (pool.sum() + 1)
    return p_values


@pytest.mark.parametrize("left_out", [0.0, 0.2, 0.45, 0.9, 1.0])
def test_lockstep_is_what_a_loop_over_members_finds(left_out: float) -> None:
    """Whether what is left out is taken off, a stratum becomes too small, or nobody is left."""
    rng = np.random.default_rng(5)
    labels, volume = _labels(rng), rng.choice([30.0, 300.0], N, p=[0.6, 0.4])
    # One group of forty besides those of ten: few and many scores are counted differently.
    labels[(labels >= 0) & (labels < 4)] = 0
    activity = _activity(_random_hours(rng))
    together = Lockstep.of(activity, volume, labels)
    baseline = rng.random(N) >= left_out
    found = together.p_values(baseline)
    expected = _lockstep_by_loop(activity.toarray(), volume, labels, baseline)
    np.testing.assert_allclose(found, expected)
    np.testing.assert_array_equal(found, lockstep_p(activity, volume, labels, baseline))


def test_without_groups_nobody_is_in_step() -> None:
    activity = _activity(_random_hours(np.random.default_rng(5)))
    nobody = np.full(N, UNGROUPED, dtype=np.int64)
    assert np.isnan(lockstep_p(activity, np.ones(N), nobody, nobody == UNGROUPED)).all()


def _proximity_by_loop(
    moment: NDArray[np.float64], labels: NDArray[np.int64], baseline: NDArray[np.bool_]
) -> NDArray[np.float64]:
    p_values = np.full(moment.size, np.nan)
    known = ~np.isnan(moment)
    for place in range(moment.size):
        group = np.flatnonzero((labels == labels[place]) & known)
        if labels[place] == UNGROUPED or not known[place] or group.size < 3:
            continue
        centre = np.median(moment[group[group != place]])
        others = np.abs(moment[baseline & known] - centre)
        nearer = int((others <= abs(moment[place] - centre)).sum())
        p_values[place] = (1 + nearer) / (others.size + 1)
    return p_values


@given(
    rows=st.lists(
        st.tuples(st.one_of(st.none(), st.integers(0, 50)), st.integers(-1, 2), st.booleans()),
        min_size=1,
        max_size=30,
    )
)
def test_proximity_is_what_a_loop_over_members_finds(
    rows: list[tuple[int | None, int, bool]],
) -> None:
    moment = np.array([np.nan if at is None else at for at, _, _ in rows], float)
    labels = np.array([label for _, label, _ in rows])
    baseline = np.array([outside for _, _, outside in rows])
    found = proximity_p(moment, labels, baseline)
    np.testing.assert_allclose(found, _proximity_by_loop(moment, labels, baseline))


def test_sign_ups_at_random_are_not_close() -> None:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(30):
        labels = _labels(rng)
        found.append(proximity_p(rng.uniform(0, 1e7, N), labels, labels == UNGROUPED))
    p_values = np.concatenate(found)
    p_values = p_values[~np.isnan(p_values)]
    for level in (0.01, 0.05, 0.2):
        # Members of one group share their centre, so errors are those of the groups.
        assert (p_values <= level).mean() <= level + 3 * np.sqrt(level / (30 * GROUPS))


def test_sign_ups_within_a_day_are_close() -> None:
    rng = np.random.default_rng(6)
    moment = rng.uniform(0, 200 * 86_400, N)
    moment[:10] = 5e6 + rng.uniform(0, 86_400, 10)
    labels = np.where(np.arange(N) < 10, 0, UNGROUPED)
    assert (proximity_p(moment, labels, labels == UNGROUPED)[:10] < 0.03).all()


def test_two_members_are_too_few_to_be_close() -> None:
    labels = np.array([0, 0, -1, -1])
    assert np.isnan(proximity_p(np.zeros(4), labels, labels < 0)).all()


@pytest.mark.parametrize("size", [3, 4])
def test_an_unknown_moment_is_no_evidence(size: int) -> None:
    moment = np.array([1.0, 1.0, 1.0, 1.0, np.nan, 900.0])[-size - 2 :]
    labels = np.where(np.arange(size + 2) < size + 1, 0, UNGROUPED)
    assert np.isnan(proximity_p(moment, labels, labels < 0)[size])
