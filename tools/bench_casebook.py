"""How long adding a scan's folder to the casebook takes, and how much memory.

`python tools/bench_casebook.py [--quick]` prints a table; its last line says whether targets hold.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "app" / "casebook"))

from case_builders import ANA, NOW, VIC, campaign, names, scan_folder

import own_postgres
from revenuer.app.casebook.add import add
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.reading import show_case
from revenuer.app.casebook.timeline import timeline

CAMPAIGNS = 30
MOST_S = 10.0
"""Processor seconds for a folder of 24,000 accounts."""


def folder(work: Path, accounts: int, day: int, more: int = 0) -> Path:
    """A scan with so many accounts in thirty campaigns."""
    each = accounts // CAMPAIGNS + more
    made = (campaign(f"c{n:02}", names(f"c{n:02}", each), day=day) for n in range(CAMPAIGNS))
    return scan_folder(work / f"{accounts}-{day}", *made, day=day)


def measured(casebook: Casebook, work: Path, accounts: int) -> Iterator[tuple[str, float, float]]:
    """What was done, and the processor's and the wall's seconds that it took."""
    first, second = folder(work, accounts, 9), folder(work, accounts, 10, more=50)
    for said, one in (("new", first), ("seen again, 1,500 more", second), ("the same", first)):
        cpu, wall = time.process_time(), time.perf_counter()
        add(casebook, [one], actor=ANA, now=NOW)
        yield said, time.process_time() - cpu, time.perf_counter() - wall
    cpu, wall = time.process_time(), time.perf_counter()
    show_case(casebook, "campaign--c00", actor=VIC, now=NOW)
    timeline(casebook, "campaign--c00", actor=VIC)
    yield "show and timeline", time.process_time() - cpu, time.perf_counter() - wall


def bench(url: str, name: str, work: Path, accounts: int) -> list[str]:
    """Measure one database; what falls short."""
    casebook = open_casebook(url, work / f"keys-{name}-{accounts}")
    short = []
    for said, cpu, wall in measured(casebook, work, accounts):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"| {name} | {accounts:,} | {said} | {cpu:.2f} | {wall:.2f} | {peak:,} |", flush=True)
        if accounts <= 24_000 and cpu > MOST_S:
            short.append(f"{name}: {said}")
    casebook.database.close()
    return short


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="24,000 accounts only, on SQLite")
    quick = parser.parse_args().quick
    print("| database | accounts | what | processor s | wall s | peak MiB |")
    print("|---|---|---|---|---|---|")
    short = []
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        for accounts in (24_000,) if quick else (24_000, 240_000):
            short += bench(f"sqlite:///{work}/{accounts}.sqlite", "SQLite", work, accounts)
        if not quick and not own_postgres.missing():
            with own_postgres.postgresql() as url:
                short += bench(url, "PostgreSQL", work, 24_000)
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")


if __name__ == "__main__":
    main()
