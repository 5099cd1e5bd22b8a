"""Measure what each mode of looking still finds: full text, keyed sketches, metadata only.

The same worlds are scanned three times. The sketches are made as a customer would make them,
into a file without text, with a key that the scan does not have. Prints a row a world and
mode, and as the last line `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from measure_worlds import ACCOUNT_PRECISION, Result, judge_findings, row
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.app.sketching import sketch
from revenuer.features.keyed import SketchKey
from revenuer.settings import DataPolicy, Settings
from revenuer.sources.config_file import load_settings
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

MODES = ("full", "sketch", "metadata")
KEY = SketchKey("bench", bytes(range(32)))
LOST_AT_MOST = 1
"""Campaigns of a world that sketches may lose against text."""
QUICK = WorldSpec(accounts=700, exchanges=20_000, seed=1)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--accounts", type=int, default=3000)
    parser.add_argument("--exchanges", type=int, default=200_000)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES))
    parser.add_argument("--keep", type=Path, help="folder that keeps the worlds for another run")
    parser.add_argument("--quick", action="store_true", help="one small world")
    asked = parser.parse_args()
    specs = [
        WorldSpec(accounts=asked.accounts, exchanges=asked.exchanges, seed=seed)
        for seed in asked.seeds
    ]
    print(
        "| seed, mode | found | missed | undecidable | account precision | account recall "
        "| exchange precision | exchange recall | innocents convicted | seconds |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    results: dict[str, list[Result]] = {mode: [] for mode in asked.modes}
    for spec in [QUICK] if asked.quick else specs:
        with a_world(spec, asked.prompts, asked.keep) as world:
            made, logs = timed_sketch(world)
            print(f"| {spec.seed}, sketching | | | | | | | | | {made:.0f} |", flush=True)
            for mode in asked.modes:
                started = time.monotonic()
                result = measure(world, logs if mode != "full" else world / "exchanges", mode)
                results[mode].append(result)
                seconds = time.monotonic() - started
                print(f"{row(f'{spec.seed}, {mode}', result)} {seconds:.0f} |", flush=True)
    names = shortfalls(results, quick=asked.quick)
    print(f"falls short: {', '.join(names)}" if names else "all targets hold")


@contextmanager
def a_world(spec: WorldSpec, prompts: Path | None, keep: Path | None) -> Iterator[Path]:
    """A world on disk; one that was kept is taken as it is."""
    with tempfile.TemporaryDirectory() as folder:
        world = Path(keep or folder) / f"world-{spec.seed}"
        if not (world / "truth" / "spec.json").exists():
            simulate(spec, world, prompts=prompts)
        yield world


def timed_sketch(world: Path) -> tuple[float, Path]:
    """Sketch a world's exchanges: seconds, and the file."""
    started = time.monotonic()
    out = world / "sketched.parquet"
    sketch([str(world / "exchanges")], out=out, key=KEY)
    return time.monotonic() - started, out


def measure(world: Path, logs: Path, mode: str) -> Result:
    """Scan a world in a mode and hold the findings against its truth."""
    settings: Settings = load_settings(
        world / "releases.toml", environment={}, folder=world, overrides={}
    ).settings
    out = world / f"scan-{mode}"
    outcome = scan(
        [str(logs)],
        accounts=str(world / "accounts.parquet"),
        permits=str(world / "permits.parquet"),
        out=out,
        settings=replace(settings, data_policy={"*": DataPolicy(mode)}),
        progress=Silent(),
    )
    result = judge_findings(world, out, outcome.findings.campaigns)
    shutil.rmtree(out)
    return result


def shortfalls(results: dict[str, Sequence[Result]], *, quick: bool = False) -> list[str]:
    """The targets that are missed; a quick world is too small for the campaigns' target."""
    names = []
    if not quick and {"full", "sketch"} <= results.keys():
        pairs = zip(results["full"], results["sketch"], strict=True)
        if any(full.found - told.found > LOST_AT_MOST for full, told in pairs):
            names.append("sketches within one campaign of text")
    for mode, found in results.items():
        if min(one.precision for one in found) < ACCOUNT_PRECISION:
            names.append(f"precision of {mode}")
    return names


if __name__ == "__main__":
    main()
