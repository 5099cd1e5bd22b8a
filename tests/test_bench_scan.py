"""The bench measures a process for real, and says which targets it missed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench_scan import MOST_GIB, MOST_SECONDS, Measured, measure, missed


def test_time_and_memory_of_a_process_are_measured(root: Path) -> None:
    hold = "held = bytearray(300 * 2**20); import time; time.sleep(0.3)"
    ask = f"import sys, bench_scan as b; t = b.measure([sys.executable, '-c', {hold!r}])"
    # From a small process, since a caller's memory counts as its child's.
    told = subprocess.run(
        [sys.executable, "-c", f"{ask}; print(t.seconds, t.gib)"],
        env={**os.environ, "PYTHONPATH": str(root / "tools")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    seconds, gib = map(float, told)
    assert 0.3 <= seconds < 30
    assert 0.28 < gib < 0.5


def test_a_failing_process_is_no_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        measure([sys.executable, "-c", "raise SystemExit(3)"])


def test_missed_targets_are_named() -> None:
    assert missed(Measured(MOST_SECONDS, MOST_GIB)) == []
    assert missed(Measured(MOST_SECONDS + 1, MOST_GIB)) == ["time"]
    assert missed(Measured(MOST_SECONDS + 1, MOST_GIB + 1)) == ["time", "memory"]
