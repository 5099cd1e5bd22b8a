"""The bench measures a process for real, and says which targets it missed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench_scan import MOST_GIB, MOST_SECONDS, Measured, measure, missed


def test_time_and_memory_of_a_process_are_measured() -> None:
    hold = "held = bytearray(300 * 2**20); import time; time.sleep(0.3)"
    taken = measure([sys.executable, "-c", hold])
    assert 0.3 <= taken.seconds < 30
    assert 0.28 < taken.gib < 0.5


def test_a_failing_process_is_no_measurement() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        measure([sys.executable, "-c", "raise SystemExit(3)"])


def test_missed_targets_are_named() -> None:
    assert missed(Measured(MOST_SECONDS, MOST_GIB)) == []
    assert missed(Measured(MOST_SECONDS + 1, MOST_GIB)) == ["time"]
    assert missed(Measured(MOST_SECONDS + 1, MOST_GIB + 1)) == ["time", "memory"]
