"""The measurement of modes runs, and says which targets it missed."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from measure_modes import shortfalls
from measure_worlds import Result

GOOD = Result(11, 11, (), (), 1.0, 1.0, 1.0, 1.0, {})


def test_sketches_may_lose_one_campaign_and_no_more() -> None:
    one, two = replace(GOOD, found=10), replace(GOOD, found=9)
    assert shortfalls({"full": [GOOD, GOOD], "sketch": [one, one]}) == []
    assert shortfalls({"full": [GOOD, GOOD], "sketch": [GOOD, two]}) == [
        "sketches within one campaign of text"
    ]


def test_no_mode_may_convict_the_innocent() -> None:
    wrong = replace(GOOD, precision=0.9)
    found = {"full": [GOOD], "sketch": [GOOD], "metadata": [wrong]}
    assert shortfalls(found) == ["precision of metadata"]


@pytest.mark.slow
def test_the_quick_measurement_runs(root: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "tools/measure_modes.py", "--quick"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": "tools"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = ran.stdout.strip().splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:-1]] == [
        "1, sketching",
        "1, full",
        "1, sketch",
        "1, metadata",
    ]
    assert lines[-1] == "all targets hold"
