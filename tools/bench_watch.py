"""Measure `revenuer watch`: how fast, how much it finds and how soon, how often it is wrong.

Run by `make bench-watch`. Prints a table for every question and, as the last line, `all targets
hold` or `falls short: NAMES`. `docs/watch-results.md` says how each is measured.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from bench_peers import KEPT, table
from peers.logs import Logs, make_world
from peers.vectors import PEERS_PYTHON, Embedder
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec
from watching import faults, poison
from watching.leaks import Leaked, Naming, innocents_named, leaks
from watching.nights import Watched, scan_whole, shared, watch_world
from watching.peeking import peek
from watching.peering import ask_nightly, peers
from watching.rates import Ran, Rate, rate
from watching.streams import FILES

WATCH, NIGHTLY = "watch", "a scan a night"
LEAST_RATE = 5000.0
LEAST_CONVICTED = 0.95
LARGE = 100_000
MOST_LEAKED = 0.1
CLEAN_SEEDS = 1000
"""Worlds without campaigns have seeds of their own, as in `bench_peers`."""
FDR = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to do.

    Attributes:
        speed: The world whose throughput is measured.
        seeds: A world each for what is found and what leaks.
        world: Of these worlds.
        large: A world whose campaigns make 100,000 exchanges and more; None to leave it out.
        nights: How many nights that one is watched, None for all; what is not convicted then
            counts as leaked.
        peers: Whether peers are asked what they name.
        quiet_seeds: A world of innocents each.
        quiet: Of these worlds.
        embedder: Of the worlds' prompts, for the peers.
        streams: Of looks for the rule alone.
        looks_a_day: In these streams.
        fault: The world of the fault run.
        kills: How often a watch is killed.
    """

    speed: WorldSpec
    seeds: tuple[int, ...]
    world: WorldSpec
    large: WorldSpec | None
    nights: int | None
    peers: bool
    quiet_seeds: tuple[int, ...]
    quiet: WorldSpec
    embedder: str
    streams: int
    looks_a_day: tuple[int, ...]
    fault: WorldSpec
    kills: int


FULL = Plan(
    speed=WorldSpec(accounts=10_000, exchanges=1_000_000),
    seeds=(1, 2, 3, 4, 5),
    world=WorldSpec(),
    large=WorldSpec(scenarios=("S2", "S5"), accounts=3000, exchanges=1_000_000, seed=1),
    nights=None,
    peers=True,
    quiet_seeds=(1, 2, 3),
    quiet=WorldSpec(scenarios=(), guilty_share=0.0, days=30),
    embedder="wordllama",
    streams=200,
    looks_a_day=(1, 4),
    fault=WorldSpec(
        scenarios=("S2", "S5"),
        innocents=("N1",),
        accounts=600,
        exchanges=16_000,
        days=4,
        guilty_share=0.15,
        seed=3,
    ),
    kills=200,
)
QUICK = replace(
    FULL,
    speed=WorldSpec(accounts=3000, exchanges=200_000, days=2),
    seeds=(1,),
    world=WorldSpec(accounts=1000, exchanges=40_000, days=7),
    large=None,
    quiet_seeds=(1,),
    quiet=WorldSpec(scenarios=(), guilty_share=0.0, accounts=600, exchanges=12_000, days=7),
    embedder="hashed",
    streams=10,
    looks_a_day=(1,),
    kills=10,
)


def percent(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.1f}"


# --- how fast -------------------------------------------------------------------------


def bench_speed(plan: Plan, prompts: Path | None, work: Path) -> list[str]:
    """Exchanges a second, with the looks and without."""
    spec = plan.speed
    simulate(spec, work / "world", prompts=prompts)
    told = rate(work / "world", work)
    print(
        f"\n## How fast\n\n{told.exchanges:,} exchanges of {spec.accounts:,} accounts in "
        f"{spec.days} days, {told.looks} looks; seconds are the clock's, other work on the machine "
        "included."
    )
    table(
        ["", "exchanges a second", "a processor second", "seconds", "processor seconds", "GiB"],
        [_speed_row("watch, looks included", told, told.watch),
         _speed_row("taking alone", told, told.taking)],
    )  # fmt: skip
    print(f"Of the watch's {told.watch.seconds:.0f} seconds {told.looking_s:.0f} went by in looks.")
    # Where others work too only the processor's time says how long it would take alone.
    slow = told.exchanges / told.watch.seconds < LEAST_RATE
    return [f"throughput (watch, {told.exchanges:,} exchanges)"] if slow else []


def _speed_row(name: str, told: Rate, ran: Ran) -> list[str]:
    return [name, f"{told.exchanges / ran.seconds:,.0f}",
            f"{told.exchanges / ran.cpu_s:,.0f}", f"{ran.seconds:.1f}", f"{ran.cpu_s:.1f}",
            f"{ran.gib:.2f}"]  # fmt: skip


# --- what is found, and how soon --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """One world, watched and asked of others.

    Attributes:
        name: Of the world.
        logs: The world and its truth.
        watched: The watch.
        scanned: How many campaigns a scan of the whole convicts; 0 if none was made.
        kept: How many of these the watch has at its end.
        agrees: Whether the last look, taken alone, convicts what the scan does.
        namings: What every method named, by its name.
        clean: Share of innocent accounts in the clean world that a peer names on any night.
    """

    name: str
    logs: Logs
    watched: Watched
    scanned: int = 0
    kept: int = 0
    agrees: bool = True
    namings: dict[str, tuple[Naming, ...]] = field(default_factory=dict)
    clean: dict[str, float] = field(default_factory=dict)


def find(spec: WorldSpec, plan: Plan, prompts: Path | None, work: Path) -> Found:
    """Watch a world, scan it, and ask the peers."""
    logs = make_world(spec, work / "world", prompts)
    watched = watch_world(work / "world", work / "watch")
    say(f"seed {spec.seed}: watched {len(watched.nights)} nights in {watched.cpu_s:.0f} s")
    scanned = scan_whole(work / "world", work / "scan")
    last = watched.nights[-1]
    namings, shares = ask_all(spec, logs, watched, plan, prompts, work)
    return Found(
        f"seed {spec.seed}",
        logs,
        watched,
        len(scanned),
        sum(shared(one, last.watch) for one in scanned),
        set(scanned) == set(last.scan),
        namings,
        shares,
    )


def ask_all(
    spec: WorldSpec, logs: Logs, watched: Watched, plan: Plan, prompts: Path | None, work: Path
) -> tuple[dict[str, tuple[Naming, ...]], dict[str, float]]:
    """What every method named in the nights of a watch, and what peers name in a clean world."""
    namings: dict[str, tuple[Naming, ...]] = {
        WATCH: tuple(Naming(one.at, one.watch) for one in watched.nights),
        NIGHTLY: tuple(Naming(one.at, one.scan) for one in watched.nights),
    }
    if not plan.peers:
        return namings, {}
    embed = Embedder(plan.embedder, KEPT)
    quiet = replace(spec, seed=spec.seed + CLEAN_SEEDS, scenarios=(), guilty_share=0.0)
    clean = make_world(quiet, work / "clean", prompts)
    logs = replace(logs, vectors=embed(logs.texts.to_list()))
    clean = replace(clean, vectors=embed(clean.texts.to_list()))
    shares = {}
    for name, method in peers().items():
        begun = time.process_time()
        told = ask_nightly(method, logs, clean, [one.at for one in watched.nights])
        namings[name], shares[name] = told.namings, told.clean
        say(f"{name}: {time.process_time() - begun:.0f} s")
    return namings, shares


def print_found(found: Sequence[Found]) -> list[str]:
    """What the watch has of a scan's convictions, and what falls short."""
    print("\n## What a scan convicts, and the watch by the end of the same data")
    table(
        ["world", "convicted by a scan", "of them by the watch", "by the watch in all",
         "last look alone = scan", "nights", "processor seconds a night"],
        [
            [one.name, str(one.scanned), str(one.kept), str(len(one.watched.nights[-1].watch)),
             "yes" if one.agrees else "no", str(len(one.watched.nights)),
             f"{one.watched.cpu_s / len(one.watched.nights):.1f}"]
            for one in found
        ],
    )  # fmt: skip
    kept, scanned = (sum(getattr(one, name) for one in found) for name in ("kept", "scanned"))
    print(f"{kept} of {scanned}: {percent(kept / scanned if scanned else 1.0)} %")
    short = [] if scanned and kept >= LEAST_CONVICTED * scanned else ["convictions"]
    return short + ([] if all(one.agrees for one in found) else ["last look alone = scan"])


def print_leaks(found: Sequence[Found], title: str) -> dict[str, list[Leaked]]:
    """What leaked before each method spoke, by scenario."""
    every = {
        name: [leaked for one in found for leaked in leaks(one.logs, one.namings[name])]
        for name in found[0].namings
    }
    scenarios = sorted({one.scenario for one in every[WATCH]}, key=lambda name: int(name[1:]))
    print(f"\n## {title}\n\nShare of the campaign's own exchanges, percent, median over worlds: "
          "before the conviction of half of its accounts, then before each exchange's own account "
          "was named.")  # fmt: skip
    rows = []
    for scenario in scenarios:
        mine = {name: [one for one in told if one.scenario == scenario]
                for name, told in every.items()}  # fmt: skip
        whole = [median(mine[name], "until_convicted") for name in (WATCH, NIGHTLY)]
        each = [median(told, "by_account") for told in mine.values()]
        size = np.median([one.exchanges for one in mine[WATCH]])
        rows.append([scenario, f"{size:,.0f}", *map(percent, [*whole, *each])])
    whole = [median(every[name], "until_convicted") for name in (WATCH, NIGHTLY)]
    rows.append(["all", "", *map(percent, whole),
                 *(percent(median(told, "by_account")) for told in every.values())])  # fmt: skip
    table(["scenario", "exchanges", f"{WATCH}, convicted", f"{NIGHTLY}, convicted", *every], rows)
    table(
        ["method", "innocents named on any night", "in a clean world, % of accounts"],
        [[name, _innocents(found, name), _allowance(found, name)] for name in every],
    )
    return every


def median(told: Sequence[Leaked], what: str) -> float:
    """Over worlds or scenarios."""
    return float(np.median([getattr(one, what) for one in told])) if told else 1.0


def _innocents(found: Sequence[Found], name: str) -> str:
    counts: dict[str, int] = {}
    for one in found:
        for cohort, count in innocents_named(one.logs, one.namings[name]).items():
            counts[cohort] = counts.get(cohort, 0) + count
    most = sorted(counts.items(), key=lambda pair: -pair[1])
    kinds = ", ".join(f"{count} {cohort}" for cohort, count in most[:4])
    return f"{sum(counts.values())} ({kinds})" if counts else "none"


def _allowance(found: Sequence[Found], name: str) -> str:
    shares = [one.clean[name] for one in found if name in one.clean]
    return percent(float(np.mean(shares))) if shares else "-"


def bench_finding(plan: Plan, prompts: Path | None, work: Path) -> list[str]:
    """What is found in worlds of every scenario, and what leaks before."""
    found = []
    for seed in plan.seeds:
        with tempfile.TemporaryDirectory(dir=work) as folder:
            spec = replace(plan.world, seed=seed)
            found.append(find(spec, plan, prompts, Path(folder)))
    short = print_found(found)
    print_leaks(found, "What leaks before anybody speaks")
    return short


def bench_large(plan: Plan, prompts: Path | None, work: Path) -> list[str]:
    """What large campaigns take before the watch convicts them."""
    if plan.large is None:
        print("\nNot run: campaigns of 100,000 exchanges and more.")
        return []
    spec = plan.large
    logs = make_world(spec, work / "world", prompts)
    watched = watch_world(work / "world", work / "watch", most_nights=plan.nights)
    say(f"watched {len(watched.nights)} nights in {watched.cpu_s:.0f} s")
    namings, shares = ask_all(spec, logs, watched, plan, prompts, work)
    found = Found(f"seed {spec.seed}", logs, watched, namings=namings, clean=shares)
    every = print_leaks([found], f"Campaigns of {LARGE:,} and more")
    large = [one for one in every[WATCH] if one.exchanges >= LARGE]
    leaked = ", ".join(f"{one.scenario} {percent(one.until_convicted)} %" for one in large)
    print(f"Of {LARGE:,} exchanges or more: {leaked or 'none'}")
    held = large and all(one.until_convicted < MOST_LEAKED for one in large)
    return [] if held else ["leak of large campaigns"]


# --- who is wronged ---------------------------------------------------------------------


def bench_quiet(plan: Plan, prompts: Path | None, work: Path) -> list[str]:
    """Worlds of innocents only, watched for a month."""
    rows, wronged = [], 0
    for seed in plan.quiet_seeds:
        with tempfile.TemporaryDirectory(dir=work) as folder:
            spec = replace(plan.quiet, seed=seed + CLEAN_SEEDS)
            simulate(spec, Path(folder, "world"), prompts=prompts)
            watched = watch_world(Path(folder, "world"), Path(folder, "watch"))
        nights = watched.nights
        watch = {one for night in nights for one in night.watch}
        alone = {one for night in nights for one in night.scan}
        times = sum(bool(night.scan) for night in nights)
        blind = sum(night.abstains for night in nights)
        wronged += len(watch)
        rows.append([str(seed), str(len(nights)), str(blind), str(len(watch)), str(len(alone)),
                     str(times), f"{watched.cpu_s / len(nights):.1f}"])  # fmt: skip
    spec = plan.quiet
    print(f"\n## An innocent month\n\n{spec.accounts:,} accounts, {spec.exchanges:,} exchanges, "
          f"{spec.days} days, every look-alike, no campaign.")  # fmt: skip
    table(["seed", "nights", "abstained", "sets convicted by the watch", "by scans of each night",
           "nights with one", "processor seconds a night"], rows)  # fmt: skip
    return ["innocent month"] if wronged else []


def bench_peeking(plan: Plan, prompts: Path | None, work: Path) -> list[str]:
    """The rule of the watch on simulated e-values."""
    del prompts, work
    told = peek(streams=plan.streams, days=21, looks_a_day=plan.looks_a_day, fdr=FDR)
    print(
        "\n## Peeking\n\nMean share of innocent groups among the convicted, percent; "
        f"{plan.streams} streams of three weeks each, --fdr {FDR}."
    )
    table(["groups", "e-values", "looks a day", "passed in a week", "in days of two weeks",
           "stood in it", "each look alone"],
          [[one.kind, one.shape, str(one.looks_a_day), *map(mean_error, one.shares)]
           for one in told])  # fmt: skip
    short = [f"peeking ({one.kind}, {one.shape})" for one in told if surely_above(one.passed, FDR)]
    # Seven days of two weeks, chosen with them in view, have twice as much at most.
    return short + [
        f"peeking across ({one.kind}, {one.shape})"
        for one in told
        if surely_above(one.across, 2 * FDR)
    ]


def mean_error(values: Sequence[float]) -> str:
    """A mean in percent with its standard error."""
    error = np.std(values) / max(len(values) - 1, 1) ** 0.5
    return f"{percent(float(np.mean(values)))} ± {percent(float(error))}"


def surely_above(values: Sequence[float], most: float) -> bool:
    """Whether their mean lies two standard errors above what is promised."""
    error = np.std(values) / max(len(values) - 1, 1) ** 0.5
    return bool(np.mean(values) - 2 * error > most)


# --- faults -----------------------------------------------------------------------------


def bench_faults(plan: Plan, prompts: Path | None, work: Path) -> list[str]:
    """Watches that are killed, filled up and fed with rubbish."""
    simulate(plan.fault, work / "world", prompts=prompts)
    stream = poison.lay_out(work / "world", work / "plain")
    trials, wanted = faults.run_all(stream, work, kills=plan.kills)
    print(
        f"\n## Faults\n\n{len(wanted.rows):,} exchanges in {FILES} files of JSON Lines, "
        f"{len(wanted.looks)} looks; the undisturbed watch convicts {wanted.convicted}."
    )
    table(
        ["fault", "times", "watches", "differs from the undisturbed", "where, or what was said"],
        [
            [one.fault, str(one.times), str(one.rounds), ", ".join(one.differs) or "nothing",
             "; ".join(one.notes)]
            for one in trials
        ],
    )  # fmt: skip
    return [f"faults ({one.fault})" for one in trials if one.differs]


def say(text: str) -> None:
    """Tell who waits what is going on."""
    print(text, file=sys.stderr, flush=True)


PARTS: dict[str, Callable[[Plan, Path | None, Path], list[str]]] = {
    "speed": bench_speed,
    "finding": bench_finding,
    "large": bench_large,
    "quiet": bench_quiet,
    "peeking": bench_peeking,
    "faults": bench_faults,
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--quick", action="store_true", help="small worlds, a few minutes")
    parser.add_argument("--only", choices=list(PARTS), nargs="+", help="some of it")
    parser.add_argument("--seeds", type=int, nargs="+")
    parser.add_argument("--embedder", choices=["hashed", "wordllama"])
    parser.add_argument("--kills", type=int)
    parser.add_argument("--nights", type=int, help="of the world of large campaigns")
    parser.add_argument("--without-peers", action="store_true", help="ask no peer what it names")
    asked = parser.parse_args()
    plan = QUICK if asked.quick else FULL
    if asked.seeds:
        plan = replace(plan, seeds=tuple(asked.seeds), quiet_seeds=tuple(asked.seeds))
    plan = replace(plan, embedder=asked.embedder or plan.embedder, kills=asked.kills or plan.kills)
    plan = replace(plan, nights=asked.nights, peers=not asked.without_peers)
    if plan.peers and plan.embedder != "hashed" and not PEERS_PYTHON.exists():
        parser.error("no .venv-peers: run `make peers-venv`, or ask for --embedder hashed")
    short = []
    for name in asked.only or PARTS:
        with tempfile.TemporaryDirectory(prefix="revenuer-watch-") as folder:
            short += PARTS[name](plan, asked.prompts, Path(folder))
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")


if __name__ == "__main__":
    main()
