"""Measure scans at scale: time by stage, memory, and the ratio to one full read of the same files.

Run by `make bench` (a million exchanges) and `make bench-scale` (up to 16 million; 64 with
`--full`). Worlds are made once, under build/scale, and used again. Prints tables and, as the last
line, `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

# This process stays small, without the package: the kernel counts its memory at the fork as the
# child's. So what needs more is done in processes of its own.
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

TOOLS = Path(__file__).parent
REVENUER = [sys.executable, "-c", "from revenuer.cli import main; main()", "--quiet"]
STAGED = [sys.executable, str(TOOLS / "scan_in_stages.py")]
READ = """
import duckdb, sys
scan = f"read_parquet('{sys.argv[1]}/*.parquet')"
names = [row[0] for row in duckdb.sql(f"describe select * from {scan}").fetchall()]
hashes = ", ".join(f'max(hash("{name}"))' for name in names)
duckdb.sql(f"select {hashes} from {scan}").fetchall()
"""
"""Touches every value of every column, as a scan with text must."""

MODES = ("full", "content-free")
MILLION = 1_000_000
MOST_SECONDS = {"full": 300.0, "content-free": 120.0}
"""What a scan of 16 million exchanges may take; a smaller one may take no longer."""
QUICK_CPU_S = {"full": 120.0, "content-free": 90.0}
"""Processor seconds that the quick size may take, three times what it took here: it runs where
others work too, and the clock counts them."""
LEAST_FOUND = 0.5
MOST_INNOCENT = 0.05
"""Share of what can be decided that must be found, and of the convicted accounts that may be
innocent, at any size: a fast scan that finds nothing is no scan."""
MOST_GIB = 6.0
LARGEST_TIMED = 16 * MILLION
MOST_GROWTH = 1.3
"""How much more an exchange may cost at the largest size than at 4 million, and how much more
memory a scan may need than at 16 million, for the same accounts."""


@dataclass(frozen=True, slots=True)
class Size:
    """A world to measure on; equal sizes are equal worlds."""

    exchanges: int
    accounts: int
    guilty_share: float
    seed: int

    @property
    def name(self) -> str:
        """Short enough for a column: `16m`, `500k`."""
        if self.exchanges % MILLION:
            return f"{self.exchanges / 1000:g}k"
        return f"{self.exchanges // MILLION}m"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process took.

    Attributes:
        seconds: On the clock.
        cpu_s: Of all processors together.
        gib: Its largest resident set.
    """

    seconds: float
    cpu_s: float
    gib: float


@dataclass(frozen=True, slots=True)
class Run:
    """One scan, beside a read of the same files just before it.

    Attributes:
        mode: One of `MODES`.
        engine: As `revenuer scan --engine` takes it.
        load: Processes that wanted a processor in the minute before, this machine's own.
        stages: Seconds on the clock by stage, in order.
        held: What was found, as `scan_in_stages.hold_scan` tells it.
    """

    size: Size
    mode: str
    engine: str
    load: float
    read: Measured
    scan: Measured
    stages: dict[str, float] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)

    @property
    def seconds_per_million(self) -> float:
        """Seconds on the clock for a million exchanges."""
        return self.scan.seconds / self.size.exchanges * MILLION


def measure(command: list[str]) -> Measured:
    """Run a command and return its wall time, processor time and largest resident set.

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
    return Measured(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 2**30)


def is_made(world: Path, size: Size) -> bool:
    """Whether a folder holds the world of this size."""
    spec = world / "truth" / "spec.json"
    if not spec.exists():
        return False
    told = json.loads(spec.read_text(encoding="utf-8"))
    wanted = {
        "exchanges": size.exchanges,
        "accounts": size.accounts,
        "guilty_share": size.guilty_share,
        "seed": size.seed,
    }
    return wanted.items() <= told.items()


def make_world(folder: Path, size: Size) -> tuple[Path, Measured | None]:
    """The folder of a world, and what making it took; None if it was there."""
    world = folder / size.name
    if is_made(world, size):
        return world, None
    say(f"simulating {size.exchanges:,} exchanges of {size.accounts:,} accounts")
    # A world that was broken off is never taken for a whole one.
    making = folder / ".making" / size.name
    asked = {
        "exchanges": size.exchanges,
        "accounts": size.accounts,
        "guilty-share": size.guilty_share,
        "seed": size.seed,
    }
    options = [text for name, value in asked.items() for text in (f"--{name}", str(value))]
    took = measure([*REVENUER, "simulate", "--out", str(making), *options])
    shutil.rmtree(world, ignore_errors=True)
    making.rename(world)
    return world, took


def bench(world: Path, size: Size, mode: str, engine: str) -> Run:
    """Measure a plain read of a world and then a scan."""
    logs = str(world / "exchanges")
    load = os.getloadavg()[0]
    say(f"{size.name}, {mode}: one read")
    read = measure([sys.executable, "-c", READ, logs])
    with tempfile.TemporaryDirectory(prefix="revenuer-bench-") as folder:
        out = Path(folder, "scan")
        say(f"{size.name}, {mode}: scan")
        options = ["--engine", engine, *(["--content-free"] if mode == "content-free" else [])]
        scanned = measure([*STAGED, "scan", str(world), str(out), *options])
        told = json.loads((out / "stages.json").read_text(encoding="utf-8"))
        answer = subprocess.check_output([*STAGED, "held", str(world), str(out)], text=True)
    stages: dict[str, float] = {}
    for stage in told:
        stages[stage["name"]] = stages.get(stage["name"], 0.0) + stage["seconds"]
    stages["between stages"] = scanned.seconds - sum(stages.values())
    return Run(size, mode, engine, load, read, scanned, stages, json.loads(answer))


def say(text: str) -> None:
    """Tell who waits what is going on."""
    print(text, file=sys.stderr, flush=True)


def shortfalls(
    runs: Sequence[Run],
    *,
    most_seconds: dict[str, float],
    most_gib: float,
    most_cpu_s: dict[str, float] | None = None,
) -> list[str]:
    """Name the targets that the runs miss.

    Args:
        runs: What was measured.
        most_seconds: On the clock, by mode.
        most_gib: Of memory.
        most_cpu_s: Processor seconds by mode, in place of those on the clock.
    """
    missed = []
    for run in runs:
        where = f"{run.mode} {run.size.name}"
        if run.size.exchanges <= LARGEST_TIMED:
            taken, most = run.scan.seconds, most_seconds[run.mode]
            if most_cpu_s is not None:
                taken, most = run.scan.cpu_s, most_cpu_s[run.mode]
            if taken > most:
                missed.append(f"time ({where})")
            if run.scan.gib > most_gib:
                missed.append(f"memory ({where})")
        missed += [f"{what} ({where})" for what in unheld(run.held)]
    for mode in MODES:
        missed += grown([run for run in runs if run.mode == mode], mode)
    return missed


def unheld(held: dict[str, int]) -> list[str]:
    """What is wrong with what a scan found, where the truth was looked at."""
    if not held:
        return []
    wrong = []
    if held["found"] < LEAST_FOUND * held["decidable"]:
        wrong.append("campaigns")
    if held["innocents"] > MOST_INNOCENT * held["convicted"]:
        wrong.append("innocents")
    return wrong


def grown(runs: Sequence[Run], mode: str) -> list[str]:
    """Whether an exchange costs more, or a scan more memory, the more exchanges there are."""
    by_size = {run.size.exchanges: run for run in runs}
    if not by_size:
        return []
    largest, missed = by_size[max(by_size)], []
    base = by_size.get(4 * MILLION)
    if base and largest.seconds_per_million > MOST_GROWTH * base.seconds_per_million:
        missed.append(f"linear cost ({mode})")
    base = by_size.get(LARGEST_TIMED)
    if base and largest.scan.gib > MOST_GROWTH * base.scan.gib:
        missed.append(f"flat memory ({mode})")
    return missed


def print_runs(runs: Sequence[Run]) -> None:
    """The table of scans."""
    print(
        "| exchanges | accounts | mode | engine | seconds | seconds a million | processor seconds "
        "| GiB | one read, seconds | to one read | found | innocents convicted | load before |"
    )
    print("|" + "---|" * 13)
    for run in runs:
        found = f"{run.held['found']}/{run.held['decidable']}" if run.held else "-"
        innocents = f"{run.held['innocents']} of {run.held['convicted']:,}" if run.held else "-"
        print(
            f"| {run.size.exchanges:,} | {run.size.accounts:,} | {run.mode} | {run.engine} "
            f"| {run.scan.seconds:.1f} | {run.seconds_per_million:.1f} | {run.scan.cpu_s:.1f} "
            f"| {run.scan.gib:.2f} | {run.read.seconds:.1f} "
            f"| {run.scan.seconds / run.read.seconds:.1f} | {found} | {innocents} "
            f"| {run.load:.1f} |"
        )


def print_stages(runs: Sequence[Run]) -> None:
    """The table of stages, a column a scan."""
    names = list(dict.fromkeys(name for run in runs for name in run.stages))
    print("\n| stage, seconds | " + " | ".join(f"{r.size.name} {r.mode}" for r in runs) + " |")
    print("|" + "---|" * (len(runs) + 1))
    for name in names:
        cells = [f"{run.stages[name]:.1f}" if name in run.stages else "-" for run in runs]
        print(f"| {name} | " + " | ".join(cells) + " |")


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exchanges", type=int, nargs="+", metavar="N")
    parser.add_argument("--accounts", type=int, metavar="N")
    parser.add_argument("--guilty-share", type=float, default=0.16667, metavar="SHARE")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--engine", default="duckdb")
    parser.add_argument("--folder", type=Path, default=Path("build", "scale"))
    parser.add_argument("--most-seconds", type=float, help="target of a full scan")
    parser.add_argument("--most-gib", type=float, default=MOST_GIB)
    parser.add_argument("--quick", action="store_true", help="500,000 exchanges, 6,000 accounts")
    parser.add_argument("--full", action="store_true", help="64 million exchanges too")
    asked = parser.parse_args()
    if asked.exchanges is None:
        asked.exchanges = [500_000] if asked.quick else [MILLION, 4 * MILLION, 16 * MILLION]
        asked.exchanges += [64 * MILLION] if asked.full else []
    if asked.accounts is None:
        asked.accounts = 6_000 if asked.quick else 144_000
    return asked


def main() -> int:
    """Bench at the sizes asked for; 1 if a target is missed."""
    asked = options()
    most_seconds = MOST_SECONDS | ({"full": asked.most_seconds} if asked.most_seconds else {})
    runs = []
    for exchanges in asked.exchanges:
        size = Size(exchanges, asked.accounts, asked.guilty_share, asked.seed)
        world, made = make_world(asked.folder, size)
        if made is not None:
            rate = made.cpu_s / exchanges * MILLION
            print(
                f"{size.name}: simulated in {made.seconds:.0f} s ({rate:.1f} processor seconds a"
                f" million), {made.gib:.2f} GiB\n"
            )
        runs += [bench(world, size, mode, asked.engine) for mode in asked.modes]
    print(f"{os.cpu_count()} cores; seconds are the clock's, other work on the machine included\n")
    print_runs(runs)
    print_stages(runs)
    print()
    if LARGEST_TIMED not in {run.size.exchanges for run in runs}:
        print(f"Targets of {LARGEST_TIMED:,} exchanges were not tried.")
    short = shortfalls(
        runs,
        most_seconds=most_seconds,
        most_gib=asked.most_gib,
        most_cpu_s=QUICK_CPU_S if asked.quick else None,
    )
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
