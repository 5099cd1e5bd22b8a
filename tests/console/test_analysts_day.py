"""The analyst's day: a campaign appears live, is read, enforced by two, overturned, shared."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.chromium]
WALK = Path(__file__).parents[2] / "tools" / "console_day.py"


@pytest.mark.timeout(1200)
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs chromium on the machine")
def test_an_analysts_day_goes_by_without_a_complaint(tmp_path: Path) -> None:
    pytest.importorskip("playwright.sync_api", reason="needs playwright")
    # In a process of its own: two drivers of browsers do not get on in one.
    command = [sys.executable, str(WALK), "--out", str(tmp_path / "day")]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.stdout.splitlines()[-1:] == ["all targets hold"], told.stdout + told.stderr
