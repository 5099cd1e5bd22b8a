"""Memory stays flat while files grow."""

from __future__ import annotations

import subprocess
import sys

import pytest

READ = """
import resource, sys, pathlib
from revenuer.sources import open_logs
with open_logs([sys.argv[1]], workdir=pathlib.Path(sys.argv[2])) as logs:
    assert logs.intake.kept == int(sys.argv[3])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
LINE = (
    '{{"exchange_id":"e{0}","occurred_at":"2026-02-23T09:30:00Z","account_id":"a","prompt":"{1}"}}'
)
CSV_LINE = 'e{0},2026-02-23T09:30:00Z,a,"{1}"'
SMALL_ROWS, LARGE_ROWS = 30_000, 150_000
TEXT_BYTES = 1_500
ALLOWED_GROWTH_MB = 80


def peak_mb(path, workdir, rows: int) -> int:
    workdir.mkdir()
    command = [sys.executable, "-c", READ, str(path), str(workdir), str(rows)]
    made = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert made.returncode == 0, made.stderr
    return int(made.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_five_times_the_rows_take_no_more_memory(kind, tmp_path):
    peaks = []
    for rows in (SMALL_ROWS, LARGE_ROWS):
        path = tmp_path / f"{rows}.{kind}"
        with path.open("w") as file:
            if kind == "csv":
                file.write("exchange_id,occurred_at,account_id,prompt\n")
            for number in range(rows):
                text = f"{number} " * (TEXT_BYTES // (len(str(number)) + 1))
                line = LINE if kind == "jsonl" else CSV_LINE
                file.write(line.format(number, text) + "\n")
        peaks.append(peak_mb(path, tmp_path / f"work{rows}", rows))
        path.unlink()
    small, large = peaks
    # The larger file alone is 180 MB above the smaller one.
    assert large - small < ALLOWED_GROWTH_MB
