"""Countermeasures against passive and adaptive students, and provenance with its false accusations.

    python tools/bench_lab.py            # under 45 minutes of two cores
    python tools/bench_lab.py --quick    # two minutes: only the way is tried
    python tools/bench_lab.py --full     # the longer task, more seeds, a thousand innocents: hours

Every job's row goes to a file as it comes; started again, the bench goes on where it stopped. Needs
the extra `[lab]`: `make bench-lab`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from lab_bench.findings import Findings
from lab_bench.pictures import draw
from lab_bench.tables import closing_line, say
from revenuer.lab.embedded.arms import ARMS

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run what is not there yet, then say what was found."""
    asked = _arguments()
    size = "quick" if asked.quick else "full" if asked.full else "standard"
    folder = (asked.folder or ROOT / "build" / "bench-lab") / size
    folder.mkdir(parents=True, exist_ok=True)
    if asked.again:
        (folder / "rows.jsonl").unlink(missing_ok=True)
    findings = Findings(_measured(size, folder, asked.jobs))
    lines = findings.lines({arm.name: arm.kind for arm in ARMS})
    say(findings, lines)
    draw(findings, lines, folder)
    print(f"pictures: {folder}", file=sys.stderr)
    print(closing_line(findings, lines))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--jobs", type=int, default=2, help="processes, a core each")
    parser.add_argument("--folder", type=Path, help="where models and rows are kept")
    parser.add_argument("--again", action="store_true", help="measure all rows anew")
    return parser.parse_args()


def _measured(size: str, folder: Path, processes: int) -> list[dict[str, Any]]:
    from lab_bench.jobs import SIZES, jobs, make, models, run

    file = folder / "rows.jsonl"
    found = {tuple(row["job"]): row for row in _read(file)}
    sized = SIZES[size]
    wanted = [job for job in jobs(sized) if job not in found]
    with file.open("a") as end:

        def keep(row: dict[str, Any]) -> None:
            found[tuple(row["job"])] = row
            # The line break comes first: what a kill cut off stays a line of its own.
            end.write("\n" + json.dumps(row))
            end.flush()
            print(f"{len(found)}: {' / '.join(row['job'])} {row['cpu_s']} s", file=sys.stderr)

        context = multiprocessing.get_context("spawn")
        with context.Pool(processes, initializer=_one_thread) as pool:
            # Everything stands on these, so they are there before anything else begins.
            for name, spent in pool.imap_unordered(
                partial(make, sized, folder), models(sized, folder) if wanted else ()
            ):
                if ("models", name) not in found:
                    keep({"job": ["models", name], "found": None, "cpu_s": round(spent, 1)})
            for row in pool.imap_unordered(partial(run, sized, folder), wanted):
                keep(row)
    return list(found.values())


def _one_thread() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)


def _read(file: Path) -> Iterator[dict[str, Any]]:
    if not file.exists():
        return
    for line in file.read_text("utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            # Empty, or cut off by a kill: measured again.
            continue


if __name__ == "__main__":
    sys.exit(main())
