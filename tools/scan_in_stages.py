"""One scan of a simulated world, with what each stage took; `bench_scale.py` runs it as a process.

    python tools/scan_in_stages.py scan WORLD OUT [--content-free]   writes OUT/stages.json
    python tools/scan_in_stages.py held WORLD OUT                    prints what was found

The two are processes of their own, so that reading the truth is no part of what is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

STAGES = "stages.json"


class Recorder:
    """Progress that writes down what each stage took.

    Attributes:
        stages: Name, seconds, processor seconds of this process and those it started, and the
            largest memory until the end of the stage; in order of their ends.
    """

    def __init__(self) -> None:
        self.stages: list[dict[str, str | float]] = []

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Time a stage."""
        started, busy = time.perf_counter(), processor_s()
        inside = len(self.stages)
        yield lambda done: None
        seconds, cpu_s = time.perf_counter() - started, processor_s() - busy
        # A stage inside another is told once, by its own name.
        for inner in self.stages[inside:]:
            seconds, cpu_s = seconds - float(inner["seconds"]), cpu_s - float(inner["cpu_s"])
        told = {"name": name, "seconds": seconds, "cpu_s": cpu_s, "peak_gib": peak_gib()}
        self.stages.append(told)


def processor_s() -> float:
    """Processor seconds of this process and of those that it started, in all threads."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak_gib() -> float:
    """The largest resident set of this process so far."""
    # Linux counts kibibytes, macOS bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def scan_in_stages(world: Path, out: Path, *, content_free: bool, engine: str) -> None:
    """Scan a world as an operator would, with its releases, and keep what each stage took."""
    recorder = Recorder()
    with recorder.stage("start: importing", None):
        from revenuer.app.scan import scan
        from revenuer.config_file import load_settings
        from revenuer.wiring import engine_maker

    releases = world / "releases.toml"
    settings = load_settings(releases, environment={}, folder=world, overrides={}).settings
    scan(
        [str(world / "exchanges")],
        accounts=str(world / "accounts.parquet"),
        permits=str(world / "permits.parquet"),
        out=out,
        settings=settings,
        content_free=content_free,
        engine=engine_maker(engine, os.environ),
        progress=recorder,
    )
    (out / STAGES).write_text(json.dumps(recorder.stages, indent=1), encoding="utf-8")


def hold_scan(world: Path, out: Path) -> dict[str, int]:
    """What a scan found of what is hidden in a world."""
    import polars as pl

    from measure_worlds import is_found
    from revenuer.app.saved import read_findings
    from revenuer.records import Verdict

    campaigns = read_findings(out).campaigns
    convicted = [one for one in campaigns if one.verdict is Verdict.CONVICTED]
    truth = pl.read_parquet(world / "truth" / "accounts.parquet")
    guilty = set(truth.filter("guilty")["account_id"])
    hidden = json.loads((world / "truth" / "campaigns.json").read_text(encoding="utf-8"))
    decidable = [set(one["account_ids"]) for one in hidden if one["decidable"]]
    members = {account for one in convicted for account in one.account_ids}
    return {
        "decidable": len(decidable),
        "found": sum(is_found(one, convicted, guilty) for one in decidable),
        "convicted": len(members),
        "innocents": len(members - guilty),
    }


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", choices=["scan", "held"])
    parser.add_argument("world", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--content-free", action="store_true")
    parser.add_argument("--engine", default="duckdb")
    asked = parser.parse_args()
    if asked.task == "scan":
        scan_in_stages(asked.world, asked.out, content_free=asked.content_free, engine=asked.engine)
    else:
        print(json.dumps(hold_scan(asked.world, asked.out)))


if __name__ == "__main__":
    main()
