"""The measure of labelling counts right, and its quick form runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import measure_streams as streams

ROOT = Path(__file__).parents[2]


def _rows(own: str, found: str, seed: int = 1) -> pl.DataFrame:
    told = {"own": [c == "x" for c in own], "found": [c == "x" for c in found]}
    return pl.DataFrame(told).with_columns(seed=pl.lit(seed))


def test_a_score_counts_over_worlds_and_keeps_the_worst() -> None:
    rows = pl.concat([_rows("xxxx....", "xxx....."), _rows("xx..", "xxxx", seed=2)])
    one = streams.score("S10", rows)
    assert (one.own, one.named, one.right) == (6, 7, 5)
    assert one.worst == (0.5, 0.75)
    assert abs(one.precision - 5 / 7) < 1e-12
    assert abs(one.recall - 5 / 6) < 1e-12


def test_the_interval_is_clopper_and_pearsons() -> None:
    # By hand: of 0 in 10 the upper bound is 1 - 0.025^(1/10) = 0.308.
    assert streams.interval(0, 10) == "0.000 (0.000-0.308)"
    assert streams.interval(0, 0) == "-"


def test_only_kinds_with_a_target_fall_short_and_metadata_never() -> None:
    kinds = [kind for kind in streams.KINDS if kind.name in ("S10", "one client")]
    bad = [streams.Score(kind.name, 10, 10, 5, (0.5, 0.5)) for kind in kinds]
    missed = streams.shortfalls({"text": bad, "sketch": bad, "metadata": bad}, kinds)
    assert missed == ["text S10", "sketch S10"]


def test_reliability_compares_what_is_said_with_what_is_true() -> None:
    lines = streams.reliability(np.array([0.8, 0.85, 0.02]), np.array([True, False, False]))
    assert lines == ["| 0 to 0.1 | 1 | 0.020 | 0.000 |", "| 0.7 to 0.9 | 2 | 0.825 | 0.500 |"]


@pytest.mark.slow
def test_the_quick_form_holds_its_targets() -> None:
    command = [sys.executable, str(ROOT / "tools" / "measure_streams.py"), "--quick"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "all targets hold"
