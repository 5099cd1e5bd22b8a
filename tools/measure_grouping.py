"""What a world's judgement costs and finds when communities are looked for in other ways.

    python tools/measure_grouping.py WORLD [WAY ...]     WORLD as `revenuer simulate` makes it

A way is one of:

    iterations:N      Leiden with N iterations; the judgement itself has 4
    reordered:N       the same, with the edges in another order
    contracted:G:N    N iterations at resolution G, then every resolution on what that contracts
                      (which is contracted anew for each, so the time is more than it need be)
    tokens:N          as the judgement does it, with N tokens of a kind an owner in large graphs

Prints a Markdown table, docs/scale.md has one. Nothing is written.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import networkit as nk
import numpy as np
import polars as pl

from revenuer.app.baseline import judge_with
from revenuer.app.progress import Silent
from revenuer.app.reading import read_logs
from revenuer.campaigns import group
from revenuer.campaigns.cases import make_cases
from revenuer.campaigns.population import Population
from revenuer.config_file import load_settings
from revenuer.records import Verdict
from revenuer.settings import Settings
from revenuer.sources import open_logs

LARGE_EDGES = group.LARGE_EDGES
WAYS = ("iterations:4", "reordered:4", "iterations:2", "iterations:1", "contracted:1000:1")
Way = Callable[[nk.Graph, float], nk.Partition]


class Timed:
    """Communities of a graph in some way, and the processor seconds that they took."""

    def __init__(self, way: str) -> None:
        name, *numbers = way.split(":")
        ways: dict[str, Way] = {
            "iterations": partial(leiden, iterations=int(numbers[-1])),
            "reordered": partial(reordered, iterations=int(numbers[-1])),
            "tokens": partial(leiden, iterations=4),
            "contracted": partial(contracted, at=float(numbers[0]), iterations=int(numbers[-1])),
        }
        self.way, self.cpu_s = ways[name], 0.0

    def __call__(self, graph: nk.Graph, resolution: float) -> nk.Partition:
        """Stand in for what the judgement calls."""
        nk.setNumberOfThreads(1)
        started = time.thread_time()
        found = self.way(graph, resolution)
        self.cpu_s += time.thread_time() - started
        return found


def leiden(graph: nk.Graph, resolution: float, iterations: int) -> nk.Partition:
    """Leiden as the judgement runs it, but for the number of iterations."""
    run = nk.community.ParallelLeiden(graph, iterations, False, resolution)
    run.run()
    return run.getPartition()


def reordered(graph: nk.Graph, resolution: float, iterations: int) -> nk.Partition:
    """The same with edges in the order that a copy of the graph has."""
    return leiden(nk.Graph(graph), resolution, iterations)


def contracted(graph: nk.Graph, resolution: float, at: float, iterations: int) -> nk.Partition:
    """The communities of one fine resolution put together; the fine ones are found anew."""
    fine = leiden(graph, at, iterations)
    fine.compact()
    coarsening = nk.coarsening.ParallelPartitionCoarsening(graph, fine)
    coarsening.run()
    coarse = np.array(leiden(coarsening.getCoarseGraph(), resolution, 4).getVector())
    found = nk.Partition(graph.numberOfNodes())
    found.setUpperBound(int(coarse.max()) + 1)
    for node, where in enumerate(coarse[np.array(coarsening.getFineToCoarseNodeMapping())]):
        found.addToSubset(int(where), node)
    return found


def judged_in(
    way: str, population: Population, permits: pl.DataFrame, settings: Settings
) -> tuple[float, float, set[str]]:
    """Processor seconds of the communities and of the rest, and who is convicted."""
    timed = Timed(way)
    group._leiden = timed
    # The judgement thins and contracts large graphs itself; here that is one of the ways.
    name, *numbers = way.split(":")
    group.LARGE_EDGES = LARGE_EDGES if name == "tokens" else sys.maxsize
    group.MOST_TOKENS = int(numbers[0])
    started = time.process_time()
    judgement = judge_with(None, population, settings)
    cases = make_cases(judgement, population, permits, settings.judge)
    rest = time.process_time() - started - timed.cpu_s
    convicted = [
        population.account_ids[population.accounts_of(case.group.members)].tolist()
        for case in cases
        if case.verdict is Verdict.CONVICTED
    ]
    return timed.cpu_s, rest, {one for some in convicted for one in some}


def main() -> None:
    """Read the world once and judge it in each way."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("world", type=Path)
    parser.add_argument("ways", nargs="*", default=WAYS)
    asked = parser.parse_args()
    world = asked.world
    releases = world / "releases.toml"
    settings = load_settings(releases, environment={}, folder=world, overrides={}).settings
    with tempfile.TemporaryDirectory() as work:
        logs = open_logs(
            [str(world / "exchanges")],
            accounts=str(world / "accounts.parquet"),
            permits=str(world / "permits.parquet"),
            workdir=Path(work),
        )
        with logs:
            population = read_logs(logs, settings, Silent()).observation.population
            permits = logs.engine.fetch(logs.tables.permits).with_row_index("permit")
    truth = pl.read_parquet(world / "truth" / "accounts.parquet")
    guilty = set(truth.filter("guilty")["account_id"])
    hidden = json.loads((world / "truth" / "campaigns.json").read_text(encoding="utf-8"))
    campaigns = [set(one["account_ids"]) for one in hidden]
    print("| way | Leiden, processor s | the rest | convicted | innocent | half of a campaign |")
    print("|---|---|---|---|---|---|")
    for way in asked.ways:
        spent, rest, found = judged_in(way, population, permits, settings)
        halves = sum(2 * len(one & found) >= len(one) for one in campaigns)
        print(
            f"| {way} | {spent:.1f} | {rest:.1f} | {len(found):,} | {len(found - guilty):,} "
            f"| {halves} of {len(campaigns)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
