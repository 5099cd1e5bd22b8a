"""Each account against everyone and its own kind, nobody against themselves."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from campaign_builders import START, accounts_of

from revenuer.campaigns.baseline import (
    AxisEvidence,
    axis_evidence,
)
from revenuer.campaigns.cohorts import Cohorts, cohorts_of
from revenuer.campaigns.ladders import left_over, make_pools
from revenuer.settings import JudgeSettings
from revenuer.stats.calibrators import log_e_from_p

SETTINGS = JudgeSettings(contamination=0.15, new_contamination=0.5)


def _no_earlier(name: str, values: np.ndarray) -> np.ndarray:
    return np.zeros(values.size)


def _cohorts(of: np.ndarray) -> Cohorts:
    return Cohorts(("new api", "settled api"), of.astype(np.int64), np.array([True, False]))


def _evidence(
    values: np.ndarray, of: np.ndarray, baseline: np.ndarray | None = None
) -> AxisEvidence:
    mask = np.ones(values.size, bool) if baseline is None else baseline
    pools = make_pools(mask, _cohorts(of), SETTINGS)
    return axis_evidence({"one": values}, pools, _no_earlier, fewest=SETTINGS.smallest_cohort)


def test_cohorts_by_age_and_channel() -> None:
    accounts = accounts_of(
        5,
        created_at=[START, START - timedelta(days=90), None, None, START],
        first_at=[START + timedelta(days=d) for d in (0, 0, 0, 5, 0)],
        channel_seen=["api", "app", "api", "api", "cloud:one"],
    )
    found = cohorts_of(accounts)
    names = [found.names[number] for number in found.of]
    assert names == ["new api", "settled app", "settled api", "new api", "new other channel"]
    assert [found.names[n].startswith("new") for n in range(len(found.names))] == list(found.new)


def test_what_is_usual_for_a_cohort_is_little_evidence_in_it() -> None:
    """Half of the new accounts reach what hardly anybody else does."""
    rng = np.random.default_rng(1)
    of = np.repeat([0, 1], [200, 2000])
    values = rng.normal(size=2200)
    values[:100] += 6.0
    shown = _evidence(values, of)
    assert shown.p_values[0, 0] > 0.25
    alone = _evidence(values, np.ones(2200, int))
    assert alone.p_values[0, 0] < 0.1


def test_a_small_cohort_is_compared_with_everyone_alone() -> None:
    values = np.random.default_rng(2).normal(size=1050)
    values[:50] += 6.0
    shown = _evidence(values, np.repeat([0, 1], [50, 1000]))
    assert shown.p_values[0, 0] < 0.1


def test_beyond_the_edge_of_a_cohort_its_tail_falls_as_everyones() -> None:
    rng = np.random.default_rng(3)
    of = np.repeat([0, 1], [150, 4000])
    values = rng.normal(size=4150)
    far, farther = np.sort(values)[-20], values.max() + 1
    values[0], values[1] = far, farther
    shown = _evidence(values, of)
    cohort_alone = 1 / (0.5 * 149 + 1)
    assert shown.p_values[1, 0] < shown.p_values[0, 0]
    assert shown.p_values[1, 0] < cohort_alone


def test_nobody_is_judged_by_a_baseline_they_are_part_of() -> None:
    """Forty alike accounts excuse each other unless the group is left out."""
    values = np.random.default_rng(4).normal(size=1000)
    group = np.arange(40)
    values[group] = 9.0
    shown = _evidence(values, np.ones(1000, int))
    assert shown.p_values[0, 0] > 39 / 1000
    assert shown.leaving_out(group)[0, 0] > shown.log_e_values[0, 0] + 1


def test_many_groups_at_once_are_as_one_by_one() -> None:
    rng = np.random.default_rng(8)
    # Ties, missing values, suspects outside the baseline, and overlapping groups.
    values = rng.normal(size=900).round(1)
    values[rng.random(900) < 0.1] = np.nan
    shown = _evidence(values, rng.integers(0, 2, 900), rng.random(900) < 0.8)
    groups = [rng.choice(900, size, replace=False) for size in (3, 40, 400, 1)]
    together = shown.leaving_out(np.concatenate(groups), np.repeat(np.arange(4), [3, 40, 400, 1]))
    alone = np.concatenate([shown.leaving_out(group) for group in groups])
    np.testing.assert_array_equal(together, alone)
    assert np.unique(alone[~np.isnan(alone)]).size > 20


def test_the_rank_beside_a_left_out_group_by_counting() -> None:
    rng = np.random.default_rng(9)
    values = rng.normal(size=400).round(1)
    baseline = rng.random(400) < 0.9
    shown = _evidence(values, np.ones(400, int), baseline)
    group = rng.choice(400, 30, replace=False)
    others = values[baseline & ~np.isin(np.arange(400), group)]
    # What was taken out counts against the bound; the only cohort is everyone.
    bound = left_over(0.15, 400, int(baseline.sum()))
    expected = [
        (1 + (others >= one).sum()) / ((1 - bound) * others.size + 1) for one in values[group]
    ]
    assert shown.leaving_out(group)[:, 0] == pytest.approx(log_e_from_p(np.minimum(expected, 1.0)))


def test_leaving_out_accounts_outside_the_baseline_changes_nothing() -> None:
    values = np.random.default_rng(5).normal(size=500)
    baseline = np.arange(500) >= 20
    shown = _evidence(values, np.ones(500, int), baseline)
    group = np.arange(20)
    assert shown.leaving_out(group) == pytest.approx(shown.log_e_values[group])


def test_an_earlier_baseline_excuses_what_was_ordinary_then() -> None:
    values = np.random.default_rng(6).normal(size=500)
    values[0] = 9.0
    pools = make_pools(np.ones(500, bool), _cohorts(np.ones(500, int)), SETTINGS)
    shown = axis_evidence({"one": values}, pools, lambda name, v: np.full(v.size, 0.2), fewest=100)
    assert shown.p_values[0, 0] == 0.2
    assert shown.leaving_out(np.array([0]))[0, 0] < 0.5


def test_missing_values_are_no_evidence() -> None:
    values = np.random.default_rng(7).normal(size=300)
    values[:10] = np.nan
    shown = _evidence(values, np.ones(300, int))
    assert np.isnan(shown.log_e_values[:10]).all()
    assert np.isnan(shown.leaving_out(np.arange(10))).all()


def test_what_was_taken_out_counts_against_the_bound() -> None:
    assert left_over(0.15, 100, 100) == pytest.approx(0.15)
    assert left_over(0.15, 100, 80) == 0.0
