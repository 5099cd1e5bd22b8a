"""Rates are exact, runs go on where they stopped, and what breaks the promise is named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from scipy.stats import beta

from measure_promise import (
    NEEDED_RATE,
    POPULATIONS,
    QUICK,
    WORLDS,
    Kept,
    interleave,
    judge_all,
    read_outcomes,
    shortfalls,
    tables,
    version,
)
from promise_populations import ALIKE
from promise_trials import RATES, Convictions, Outcome
from promise_worlds import Trial


def outcome(
    kind: str = "mixed", number: int = 0, *, convictions: int = 2, innocent: int = 0, found: int = 2
) -> Outcome:
    each = Convictions(convictions, innocent, 20 * innocent, found)
    counts = {str(rate): each for rate in RATES}
    return Outcome(
        kind, number, None, 500, 40, 0.0, 3, 30, [], counts, counts, 1.5, [], 1.0
    )  # fmt: skip


def outcomes(kind: str, worlds: int, *, innocent: int = 0) -> list[Outcome]:
    """So many worlds, some of which convict an innocent."""
    return [outcome(kind, number, innocent=int(number < innocent)) for number in range(worlds)]


def test_the_mean_share_counts_worlds_that_convict_nobody_as_none() -> None:
    some = [outcome(convictions=0), outcome(convictions=4, innocent=1)]
    kept = Kept.of(some, 0.05)
    assert kept.mean_share == 0.125
    assert (kept.convictions, kept.innocent, kept.any_innocent.count) == (4, 1, 1)


def test_the_upper_end_is_clopper_and_pearsons() -> None:
    kept = Kept.of(outcomes("mixed", 110, innocent=2), 0.05)
    assert kept.any_innocent.high == pytest.approx(beta.ppf(0.975, 3, 108))
    assert kept.any_innocent.high >= kept.mean_share


def test_ninety_five_percent_at_the_real_base_rate() -> None:
    guilty, people = 24_000, 10_000_000
    wrong = NEEDED_RATE * (people - guilty)
    assert 0.9 * guilty / (0.9 * guilty + wrong) == pytest.approx(0.95)
    assert round(NEEDED_RATE, 6) == 0.000114


@pytest.mark.parametrize(("worlds", "innocent"), [(100, 1), (40, 0)])
def test_too_many_innocents_or_too_few_worlds_are_no_proof(worlds: int, innocent: int) -> None:
    some = outcomes("mixed", worlds, innocent=innocent)
    assert "mixed at 0.05" in shortfalls(some, [], sure=True)
    assert "mixed at 0.05" not in shortfalls(some, [], sure=False)


def test_a_broken_promise_is_named_by_kind() -> None:
    clean = outcomes("innocent", 100)
    broken = outcomes("clusters", 12, innocent=5)
    named = shortfalls([*clean, *broken], outcomes(ALIKE, 100, innocent=30), sure=False)
    assert "clusters at 0.05" in named
    assert "alike at 0.05" in named
    assert "innocent at 0.05" not in named
    assert "precision at a real base rate" in named


def test_worlds_outside_the_promise_are_no_target() -> None:
    inside, outside = outcomes("mixed", 100), outcomes("harvest-like", 12, innocent=12)
    assert shortfalls([*inside, *outside], outcomes(ALIKE, 100), sure=False) == []
    shown = [line for line in tables([*inside, *outside], []) if "harvest-like" in line]
    assert "| 12 | 24 | 12 | 50.00%" in shown[0]


def test_a_judge_that_finds_nothing_keeps_no_promise_worth_having() -> None:
    blind = [replace(one, convicted={str(r): Convictions(0, 0, 0, 0) for r in RATES})
             for one in outcomes("mixed", 100)]  # fmt: skip
    assert "power: nothing is found" in shortfalls(blind, [], sure=False)


def test_checks_left_out_are_shown_apart() -> None:
    nobody = {str(rate): Convictions(0, 0, 0, 0) for rate in RATES}
    stopped = replace(outcome("shifted", innocent=1), shift="holiday", convicted=nobody,
                      failing=["days"])  # fmt: skip
    lines = {line.split("|")[1].strip(): line for line in tables([stopped], []) if "|" in line}
    assert "| 1 | 0 | 0 | 0.00% |" in lines["shifted: holiday"]
    assert "| 1 | 2 | 1 | 50.00% |" in lines["shifted, checks left out"]


def test_half_a_run_has_worlds_of_all_kinds() -> None:
    trials = interleave(WORLDS)
    assert len(set(trials)) == len(trials) >= 500
    half = trials[: len(trials) // 2]
    for kind, count in WORLDS.items():
        assert abs(sum(trial.kind == kind for trial in half) - count / 2) <= 1
    assert len(interleave(POPULATIONS, 0.1)) == sum(POPULATIONS.values()) // 10


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    path = tmp_path / "worlds.jsonl"
    judged: list[Trial] = []

    def run(trial: Trial) -> Outcome:
        if len(judged) == 3:
            raise KeyboardInterrupt
        judged.append(trial)
        return outcome(trial.kind, trial.number)

    trials = interleave({"innocent": 3, "mixed": 3})
    with pytest.raises(KeyboardInterrupt):
        judge_all(trials, path, run, 1)
    cut_off = outcome("mixed", 2).line()[:-40]
    path.write_text(f"{path.read_text('utf-8')}\n{cut_off}", "utf-8")
    assert len(read_outcomes(path)) == 3
    before, judged[:] = list(judged), []
    found = judge_all(trials, path, run, 1)
    assert not set(before) & set(judged)
    assert [(one.kind, one.number) for one in found] == [(t.kind, t.number) for t in trials]
    assert _all(read_outcomes(path)) == _all(found)


def _all(some: Sequence[Outcome]) -> set[str]:
    return {one.line() for one in some}


def test_another_version_or_other_prompts_start_anew(tmp_path: Path) -> None:
    assert version(None) == version(None)
    assert version(None) != version(tmp_path)


# About a minute; CI runs the same as `make bench-promise QUICK=1`.
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_dozen_worlds_hold(root: Path, tmp_path: Path) -> None:
    command = ["tools/measure_promise.py", "--quick", "--jobs", "1", "--state", str(tmp_path)]
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=root,
        env={**os.environ, "PYTHONPATH": "tools"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = ran.stdout.strip().splitlines()
    assert lines[-1] == "all targets hold"
    total = next(line for line in lines if "all under the promise" in line)
    assert f"| {sum(QUICK.values()) - QUICK['harvest-like']} |" in total
    assert f"{sum(QUICK.values())}/{sum(QUICK.values())} " in ran.stderr
