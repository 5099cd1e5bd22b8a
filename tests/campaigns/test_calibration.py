"""What must hold before anybody is convicted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from random_worlds import CAMPAIGN, random_population

from revenuer.campaigns.calibration import Check, Rate, check_clusters, failing
from revenuer.campaigns.drift import (
    Traffic,
    check_days,
    check_statistics,
    check_traffic,
)
from revenuer.campaigns.judge import judge, with_checks
from revenuer.campaigns.reference import Kept, KeptCohort, rank_by_reference
from revenuer.campaigns.rewiring import honest_clusters, judge_rewired, rewire
from revenuer.records import Axis
from revenuer.settings import JudgeSettings

SETTINGS = JudgeSettings()
FIRST = date(2026, 6, 1)


def test_rates_have_exact_intervals() -> None:
    # Clopper and Pearson by hand: none of n, upper end 1 - 0.025^(1/n).
    rate = Rate.of(0, 50)
    assert (rate.low, rate.high) == (0.0, pytest.approx(1 - 0.025 ** (1 / 50)))
    assert Rate.of(0, 0).high == 1.0


def test_a_failing_check_convicts_nobody() -> None:
    judgement = judge(random_population(0, shown=tuple(Axis)), SETTINGS, seed=1)
    assert any(group.passes for group in judgement.groups)
    doubted = with_checks(judgement, (Check("x", False, "said", "do this"),))
    assert not any(group.passes for group in doubted.groups)
    assert "do this" in doubted.abstains[0]
    unknown = with_checks(judgement, (Check("x", None, "said"),))
    assert any(group.passes for group in unknown.groups)


def test_organizations_that_all_look_guilty_fail() -> None:
    """Half of thirty open organizations show what hardly anybody else does."""
    rng = np.random.default_rng(3)
    n = 2500
    owners = np.concatenate([np.repeat(np.arange(30), 5), np.arange(30, n - 120)])
    population = random_population(3, n=n, owners=owners)
    lifted = rng.normal(size=n)
    lifted[:75] += 6.0
    statistics = {axis: {"one": lifted} for axis in (Axis.EXTRACTION, Axis.CONCEALMENT)}
    loud = replace(population, statistics=statistics)
    names = {check.name for check in failing(judge(loud, SETTINGS, seed=1).checks)}
    assert names == {"organizations extraction", "organizations concealment"}
    quiet = judge(population, SETTINGS, seed=1)
    assert not failing(quiet.checks)


def test_few_organizations_cannot_tell() -> None:
    judgement = judge(random_population(1), SETTINGS, seed=1)
    checks = check_clusters(random_population(1), judgement.evidence, SETTINGS)
    assert [check.passes for check in checks] == [None, None]


def test_rewiring_keeps_degrees_and_honest_clusters() -> None:
    population = random_population(2, shown=(Axis.COORDINATION,))
    incidences = population.incidences
    fixed = np.zeros(population.n_owners, bool)
    fixed[100:150] = True
    cohort = np.zeros(population.n_owners, np.int64)
    drawn = rewire(incidences, cohort, fixed, np.random.default_rng(1))
    held = np.bincount(drawn.owner, minlength=population.n_owners)
    before = np.bincount(incidences.owner, minlength=population.n_owners)
    assert (held <= before).all()
    assert held.sum() > 0.97 * before.sum()
    rows = {pair for pair in zip(drawn.owner, drawn.token, strict=True) if fixed[pair[0]]}
    kept = {pair for pair in zip(incidences.owner, incidences.token, strict=True) if fixed[pair[0]]}
    assert rows == kept
    assert (drawn.kind[drawn.token] == incidences.kind[drawn.token]).all()


def test_a_rewired_campaign_is_gone() -> None:
    population = random_population(0, shown=tuple(Axis))
    judgement = judge(population, SETTINGS, seed=1)
    real = max(group.log_e_value for group in judgement.groups)
    for world in range(3):
        worst, convicts = judge_rewired(population, judgement, SETTINGS, world=world, seed=5)
        assert not convicts
        assert worst < real - 3
    assert not honest_clusters(judgement, population.n_owners)[CAMPAIGN].any()


def test_a_kept_baseline_ranks_as_the_accounts_did() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=900)
    kept = Kept.of(values)
    assert kept.size == 900
    p = kept.rank_p(np.array([values.max(), np.median(values), values.min()]), 0.0)
    assert p == pytest.approx([2 / 901, 0.5, 1.0], abs=0.002)


def test_a_thinned_baseline_is_no_more_surprised() -> None:
    values = np.random.default_rng(5).normal(size=50_000)
    scores = np.array([0.0, 2.0, 3.0, 99.0])
    thinned = Kept.of(values).rank_p(scores, 0.0)
    exact = np.array([(1 + (values >= score).sum()) / 50_001 for score in scores])
    assert (thinned >= exact).all()
    assert thinned == pytest.approx(exact, abs=2e-3)


def test_a_reference_speaks_of_cohorts_it_knows() -> None:
    statistics = {"extraction": {"one": Kept.of(np.arange(200.0))}}
    reference = {"everyone": KeptCohort(200, 200, 0.0, statistics)}
    cohort = np.array(["new api", "new api"])
    values = np.array([199.0, np.nan])
    p = rank_by_reference(values, cohort, "extraction", "one", reference, 100)
    assert p[0] == pytest.approx(2 / 201)
    assert np.isnan(p[1])
    assert not rank_by_reference(values[:1], cohort[:1], "extraction", "two", reference, 100).any()


def _traffic(**changes: object) -> Traffic:
    active = {FIRST + timedelta(days=n): 100 for n in range(14)}
    usual = Traffic(14.0, {"m-1": 1.0}, {"sdk": 0.7, "ide": 0.3}, active)
    return replace(usual, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "failed"),
    [
        ({}, None),
        ({"models": {"m-1": 0.7, "m-2": 0.3}}, "models"),
        ({"models": {"m-1": 0.98, "m-2": 0.02}}, None),
        ({"clients": {"sdk": 0.6, "ide": 0.2, "new app": 0.2}}, "clients"),
        ({"days": 3.0}, "window"),
        ({"active": {FIRST + timedelta(days=n): 20 if 6 < n < 11 else 100 for n in range(14)}},
         "days"),
    ],
)  # fmt: skip
def test_drift_is_noticed(changes: dict[str, object], failed: str | None) -> None:
    checks = check_traffic(_traffic(), _traffic(**changes))
    assert [check.name for check in failing(checks)] == ([failed] if failed else [])


def test_one_holiday_is_said_and_stops_nothing() -> None:
    active = {FIRST + timedelta(days=n): 20 if n == 3 else 100 for n in range(14)}
    check = check_days(_traffic(active=active))
    assert check.passes
    assert "2026-06-04" in check.said


def _reference(values: np.ndarray) -> dict[str, KeptCohort]:
    kept = {"extraction": {"one": Kept.of(values)}}
    return {"everyone": KeptCohort(values.size, values.size, 0.1, kept)}


def test_statistics_that_moved_are_named() -> None:
    rng = np.random.default_rng(6)
    then = _reference(rng.normal(size=1500))
    assert check_statistics(then, _reference(rng.normal(size=1200))).passes
    moved = check_statistics(then, _reference(rng.normal(1.0, 1, 1200)))
    assert moved.passes is False
    assert "one of everyone" in moved.said
    assert check_statistics(then, {}).passes is None
