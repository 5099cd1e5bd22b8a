"""Measure what each mode of looking still finds: full text, keyed sketches, metadata only.

The same worlds are scanned in each mode. The sketches are made as a customer would make them,
into a file without text, with a key that the scan does not have. `rotated` is sketches whose
key was changed halfway through the window; `mixed` is text of half of the accounts and
sketches of the others, which do not compare. Prints a row a world and mode, and as the last
line `all targets hold` or `falls short: NAMES`.
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

import polars as pl

from measure_worlds import ACCOUNT_PRECISION, Result, judge_findings, row
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.app.sketching import sketch
from revenuer.config_file import load_settings
from revenuer.features.keyed import SketchKey
from revenuer.settings import DataPolicy, Settings
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

MODES = ("full", "sketch", "metadata", "rotated", "mixed")
KEY = SketchKey("bench", bytes(range(32)))
NEXT_KEY = SketchKey("bench-2", bytes(range(1, 33)))
POLICIES = {"sketch": DataPolicy.SKETCH, "metadata": DataPolicy.METADATA}
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
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES[:3]))
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
                result = measure(world, logs_of(world, logs, mode), mode)
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


def logs_of(world: Path, told: Path, mode: str) -> list[Path]:
    """The exchanges of a world as a mode has them; `told` are its sketches."""
    if mode in ("sketch", "metadata"):
        return [told]
    if mode == "full":
        return [world / "exchanges"]
    rows = pl.scan_parquet(world / "exchanges" / "*.parquet")
    if mode == "rotated":
        middle = rows.select(pl.col("occurred_at").median()).collect().item()
        parts = {KEY: pl.col("occurred_at") < middle, NEXT_KEY: pl.col("occurred_at") >= middle}
    else:
        parts = {KEY: pl.col("account_id").hash(seed=0) % 2 == 0}
    found = [told.with_name(f"part-{key.id}.parquet") for key in parts]
    for path, (key, wanted) in zip(found, parts.items(), strict=True):
        kept = path.with_suffix(".text.parquet")
        rows.filter(wanted).collect().write_parquet(kept)
        sketch([str(kept)], out=path, key=key)
        kept.unlink()
    if mode == "mixed":
        found.append(told.with_name("part-text.parquet"))
        rows.filter(~parts[KEY]).collect().write_parquet(found[-1])
    return found


def measure(world: Path, logs: list[Path], mode: str) -> Result:
    """Scan a world in a mode and hold the findings against its truth."""
    settings: Settings = load_settings(
        world / "releases.toml", environment={}, folder=world, overrides={}
    ).settings
    out = world / f"scan-{mode}"
    outcome = scan(
        [str(place) for place in logs],
        accounts=str(world / "accounts.parquet"),
        permits=str(world / "permits.parquet"),
        out=out,
        settings=replace(settings, data_policy={"*": POLICIES.get(mode, DataPolicy.FULL)}),
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
