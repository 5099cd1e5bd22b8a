"""The bench measures processes for real, tells stages apart, and says which targets are missed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from bench_scale import (
    LARGEST_TIMED,
    MILLION,
    MOST_GIB,
    MOST_SECONDS,
    Measured,
    Run,
    Size,
    is_made,
    make_world,
    measure,
    shortfalls,
)
from scan_in_stages import Recorder

FAST = Measured(60.0, 80.0, 3.0)


def run(exchanges: int, seconds: float, gib: float, mode: str = "full") -> Run:
    size = Size(exchanges, 1000, 0.1, 1)
    return Run(size, mode, "duckdb", 0.0, FAST, Measured(seconds, seconds, gib))


def missed(*runs: Run) -> list[str]:
    return shortfalls(runs, most_seconds=MOST_SECONDS, most_gib=MOST_GIB)


def test_time_and_memory_of_a_process_are_measured(root: Path) -> None:
    hold = "held = bytearray(300 * 2**20); import time; time.sleep(0.3)"
    ask = f"import sys, bench_scale as b; t = b.measure([sys.executable, '-c', {hold!r}])"
    # From a small process, since a caller's memory counts as its child's.
    told = subprocess.run(
        [sys.executable, "-c", f"{ask}; print(t.seconds, t.cpu_s, t.gib)"],
        env={**os.environ, "PYTHONPATH": str(root / "tools")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    seconds, cpu_s, gib = map(float, told)
    assert 0.3 <= seconds < 30
    assert 0 < cpu_s < seconds
    assert 0.28 < gib < 0.5


def test_a_failing_process_is_no_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        measure([sys.executable, "-c", "raise SystemExit(3)"])


def test_stages_follow_each_other_and_time_is_told_once() -> None:
    recorder = Recorder()
    with recorder.stage("outer", None):
        time.sleep(0.02)
        with recorder.stage("inner", None):
            time.sleep(0.2)
    inner, outer = recorder.stages
    assert (inner["name"], outer["name"]) == ("inner", "outer")
    assert float(inner["seconds"]) >= 0.2 > float(outer["seconds"]) >= 0.02
    assert 0 < float(inner["peak_gib"]) <= float(outer["peak_gib"])


def test_time_and_memory_that_hold_are_not_named() -> None:
    assert missed(run(LARGEST_TIMED, 300.0, 6.0), run(4 * MILLION, 80.0, 5.0)) == []


def test_missed_time_and_memory_are_named() -> None:
    slow = run(LARGEST_TIMED, 121.0, 6.1, "content-free")
    assert missed(slow) == ["time (content-free 16m)", "memory (content-free 16m)"]


def test_cost_that_grows_faster_than_the_log_is_named() -> None:
    small, large = run(4 * MILLION, 40.0, 3.0), run(64 * MILLION, 900.0, 3.0)
    assert missed(small, large) == ["linear cost (full)"]
    assert missed(small, run(64 * MILLION, 800.0, 3.0)) == []


def test_memory_that_grows_with_the_log_is_named() -> None:
    small, large = run(LARGEST_TIMED, 200.0, 4.0), run(64 * MILLION, 700.0, 5.3)
    assert missed(small, large) == ["flat memory (full)"]


def test_a_fast_scan_that_finds_nothing_misses() -> None:
    held = {"found": 6, "decidable": 11, "convicted": 100, "innocents": 5}
    right = replace(run(MILLION, 1.0, 1.0), held=held)
    assert missed(right) == []
    blind = replace(right, held=held | {"found": 5})
    assert missed(blind) == ["campaigns (full 1m)"]
    unjust = replace(right, held=held | {"innocents": 6})
    assert missed(unjust) == ["innocents (full 1m)"]


def test_where_others_work_too_processor_seconds_count() -> None:
    busy = replace(run(MILLION, 900.0, 1.0), scan=Measured(900.0, 40.0, 1.0))
    limits = {"most_seconds": MOST_SECONDS, "most_gib": MOST_GIB}
    assert shortfalls([busy], **limits) == ["time (full 1m)"]
    assert shortfalls([busy], **limits, most_cpu_s={"full": 40.0}) == []
    assert shortfalls([busy], **limits, most_cpu_s={"full": 39.0}) == ["time (full 1m)"]


def test_a_scan_that_breaks_off_breaks_the_bench(root: Path, tmp_path: Path) -> None:
    told = bench(root, tmp_path, "--exchanges", "500", "--accounts", "60", "--engine", "abacus://x")
    assert told.returncode not in (0, None)
    assert "all targets hold" not in told.stdout
    assert "There is no engine 'abacus://x'" in told.stderr


@pytest.mark.slow
def test_a_scan_that_finds_nothing_ends_with_what_falls_short(root: Path, tmp_path: Path) -> None:
    told = bench(root, tmp_path, "--exchanges", "500", "--accounts", "60", "--modes", "full")
    assert told.returncode == 1
    assert told.stdout.splitlines()[-1] == "falls short: campaigns (full 0.5k)"


def bench(root: Path, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The bench, run as `make bench-scale` runs it."""
    return subprocess.run(
        [sys.executable, str(root / "tools/bench_scale.py"), *options, "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_world_is_made_once_and_anew_for_another_size(tmp_path: Path) -> None:
    size = Size(500, 60, 0.1, 3)
    world, made = make_world(tmp_path, size)
    assert made is not None
    assert made.cpu_s > 0
    written = sorted(world.rglob("*.parquet"))
    assert make_world(tmp_path, size) == (world, None)
    other = replace(size, seed=4)
    assert is_made(world, size)
    assert not is_made(world, other)
    assert make_world(tmp_path, other)[1] is not None
    assert is_made(world, other)
    assert sorted(world.rglob("*.parquet")) == written


@pytest.mark.slow
def test_a_small_bench_ends_with_its_targets(root: Path, tmp_path: Path) -> None:
    told = bench(root, tmp_path, "--exchanges", "60000", "--accounts", "1500")
    lines = told.stdout.splitlines()
    assert lines[-1] == "all targets hold", told.stdout + told.stderr
    assert sum("| 60,000 | 1,500 |" in line for line in lines) == 2
    assert any(line.startswith("| links: what accounts share |") for line in lines)
