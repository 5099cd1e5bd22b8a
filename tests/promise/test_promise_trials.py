"""A world is judged as a scan judges it, and a judge that is broken is seen to be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from measure_promise import Kept
from promise_populations import ALIKE, TIED, draw_population, run_population
from promise_trials import Outcome, Truth, count, run_trial
from promise_worlds import Trial
from revenuer.campaigns.judge import Judged
from revenuer.records import Axis
from revenuer.settings import JudgeSettings, Settings

TRUTH = Truth(
    np.array(["S1"] * 10 + ["ordinary"] * 10),
    np.arange(20) < 10,
    (np.arange(6), np.arange(6, 10)),
)


def test_a_conviction_is_innocent_if_most_of_its_accounts_are() -> None:
    counts = count([np.arange(4, 14), np.arange(13, 20)], TRUTH)
    assert (counts.convictions, counts.innocent, counts.innocent_accounts) == (2, 1, 11)
    assert counts.share == 0.5


@pytest.mark.parametrize(
    ("members", "found"),
    [
        (np.arange(3), 1),  # half of the first campaign
        (np.arange(2), 0),  # a third of it
        (np.arange(10), 2),  # both in one
        (np.arange(3, 12), 0),  # not nine tenths guilty
    ],
)
def test_a_campaign_is_found_by_half_of_it_in_a_pure_conviction(
    members: np.ndarray[tuple[int], np.dtype[np.int64]], found: int
) -> None:
    assert count([members], TRUTH).found == found


def test_convictions_at_a_lower_rate_are_among_those_at_a_higher(tmp_path: Path) -> None:
    seen = run_trial(Trial("mixed", 5), tmp_path)
    numbers = [seen.convicted[str(rate)].convictions for rate in (0.01, 0.05, 0.2)]
    assert numbers == sorted(numbers)
    assert seen.campaigns
    assert seen.convicted["0.05"].found
    assert not seen.wrong
    assert Outcome.read(seen.line()) == seen


@pytest.mark.slow
def test_a_new_model_stops_convictions_that_a_baseline_would_bring(tmp_path: Path) -> None:
    trial = Trial("shifted", 1)
    assert trial.shift == "new model"
    seen = run_trial(trial, tmp_path)
    assert "models" in seen.failing
    assert all(one.convictions == 0 for one in seen.convicted.values())
    assert (tmp_path / f"baseline-{trial.baseline}.json").exists()


def test_clusters_are_as_alike_as_they_are_said_to_be() -> None:
    drawn = draw_population(3, size=1500)
    values = drawn.population.statistics[Axis.EXTRACTION]["extraction-0"]
    inside = drawn.cluster >= 0
    assert 0.4 < inside.mean() < 0.6
    assert np.std(values) == pytest.approx(1.0, abs=0.1)
    means = [values[drawn.cluster == one] for one in np.unique(drawn.cluster[inside])]
    within = np.average([part.var() for part in means], weights=[part.size for part in means])
    assert 0.3 < within < 0.8


def test_alike_clusters_are_not_convicted_and_campaigns_are() -> None:
    seen = Kept.of([run_population(Trial(ALIKE, number)) for number in range(4)], 0.05)
    assert seen.innocent == 0
    assert seen.found == seen.campaigns == 2


def test_judging_by_the_strongest_axis_is_seen_to_break(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Judged, "log_e_value", property(lambda self: max(self.axes.values())))
    broken = Kept.of([run_population(Trial(ALIKE, number)) for number in range(3)], 0.05)
    assert broken.any_innocent.low > 0.05


@pytest.mark.slow
def test_taking_members_for_independent_is_seen_to_break() -> None:
    settings = JudgeSettings(effective_accounts=1000)
    trials = [Trial(TIED, number) for number in range(24)]
    broken = Kept.of([run_population(trial, settings) for trial in trials], 0.05)
    assert broken.any_innocent.low > 0.05
    right = Kept.of([run_population(trial) for trial in trials], 0.05)
    assert right.any_innocent.count < broken.any_innocent.count / 2


@pytest.mark.slow
def test_a_broken_judge_convicts_honest_clusters_in_whole_worlds(tmp_path: Path) -> None:
    broken = Settings(judge=JudgeSettings(effective_accounts=1000))
    # Worlds 0 and 2 are among those that this breaks; how often is for populations to say.
    trials = [Trial("clusters", number) for number in (0, 2)]
    seen = Kept.of([run_trial(one, tmp_path, settings=broken) for one in trials], 0.05)
    assert seen.any_innocent.count == len(trials)
    right = Kept.of([run_trial(one, tmp_path) for one in trials], 0.05)
    assert right.innocent == 0
