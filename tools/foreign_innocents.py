"""Scan worlds of another generator, full of innocents who look guilty, and say who was accused.

Run by `make bench-foreign`. `tools/foreign` shares nothing with `revenuer.worlds`: it was written
from the contract alone. Prints tables and, as the last line, `all targets hold` or `falls short:
NAMES`. docs/foreign.md says what they show.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from foreign.scans import Scanned, scan
from foreign.tables import WORLDS_HEAD, kinds_table, shortfalls, summary, world_line
from foreign.worlds import Recipe, recipe

SEEDS = range(1, 25)
QUICK = tuple(replace(recipe(seed), accounts=1_000, exchanges=20_000) for seed in (12, 25))


def judged(wanted: Recipe, prompts: Path | None, keep: Path | None) -> Scanned:
    """One world, in a folder that stays only if it is to be kept."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = (keep or Path(temporary)).resolve() / f"world-{wanted.seed}"
        one = scan(wanted, folder, prompts)
        if keep:
            (folder / "result.json").write_text(one.record())
    return one


def run(
    worlds: Sequence[Recipe], prompts: Path | None, keep: Path | None, jobs: int
) -> Iterator[Scanned]:
    """The worlds in order, some at a time."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(partial(judged, prompts=prompts, keep=keep), worlds)


def main(argv: Sequence[str] | None = None) -> int:
    """Scan the worlds that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seeds", type=int, nargs="+", help="these worlds, not 1 to 24")
    parser.add_argument("--quick", action="store_true", help="two small worlds, about a minute")
    parser.add_argument("--prompts", type=Path, help="folder of public prompt sets")
    parser.add_argument("--keep", type=Path, help="folder to leave the worlds and the scans in")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args(argv)
    worlds = QUICK if options.quick else [recipe(seed) for seed in options.seeds or SEEDS]
    print(WORLDS_HEAD)
    done = []
    for one in run(worlds, options.prompts, options.keep, options.jobs):
        done.append(one)
        print(world_line(one), flush=True)
        if one.error:
            print(one.error, file=sys.stderr)
    print(f"\n{kinds_table(done)}\n\n{summary(done)}\n")
    missed = shortfalls(done)
    print(f"falls short: {', '.join(missed)}" if missed else "all targets hold")
    return 0


if __name__ == "__main__":
    sys.exit(main())
