"""Measure a scan: time, memory, and the ratio to one full read of the same files.

Run by `make bench`. Prints a table and, as the last line, `all targets hold` or
`falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

REVENUER = [sys.executable, "-c", "from revenuer.cli import main; main()", "--quiet"]
READ = """
import duckdb, sys
scan = f"read_parquet('{sys.argv[1]}/*.parquet')"
names = [row[0] for row in duckdb.sql(f"describe select * from {scan}").fetchall()]
hashes = ", ".join(f'max(hash("{name}"))' for name in names)
duckdb.sql(f"select {hashes} from {scan}").fetchall()
"""
"""Touches every value of every column, as a scan with text must."""

MOST_SECONDS = 60.0
MOST_GIB = 3.0


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process took."""

    seconds: float
    gib: float


def measure(command: list[str]) -> Measured:
    """Run a command and return its wall time and its largest resident set.

    The caller has to be small: the kernel counts its memory at the fork as the child's.

    Raises:
        CalledProcessError: It failed.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    # Linux counts kibibytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(seconds, usage.ru_maxrss * unit / 2**30)


def bench(folder: Path, *, exchanges: int, accounts: int) -> dict[str, Measured]:
    """Simulate a world in `folder`, then measure a plain read of it and a scan."""
    world = folder / "world"
    size = ["--exchanges", str(exchanges), "--accounts", str(accounts)]
    made = measure([*REVENUER, "simulate", "--out", str(world), *size])
    logs = world / "exchanges"
    read = measure([sys.executable, "-c", READ, str(logs)])
    tables = ["--accounts", str(world / "accounts.parquet")]
    tables += ["--permits", str(world / "permits.parquet")]
    scanned = measure([*REVENUER, "scan", str(logs), *tables, "--out", str(folder / "scan")])
    return {"simulate": made, "read": read, "scan": scanned}


def missed(scan: Measured) -> list[str]:
    """Name the targets that a scan missed."""
    held = {"time": scan.seconds <= MOST_SECONDS, "memory": scan.gib <= MOST_GIB}
    return [name for name, holds in held.items() if not holds]


def main() -> int:
    """Bench at the size asked for; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="revenuer-bench-") as folder:
        taken = bench(Path(folder), exchanges=asked.exchanges, accounts=asked.accounts)
    print(f"{asked.exchanges:,} exchanges of {asked.accounts:,} accounts, {os.cpu_count()} cores")
    print(f"{'':10}{'seconds':>10}{'GiB':>8}{'to a read':>12}")
    for name, each in taken.items():
        ratio = each.seconds / taken["read"].seconds
        print(f"{name:10}{each.seconds:10.1f}{each.gib:8.2f}{ratio:12.1f}")
    short = missed(taken["scan"])
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
