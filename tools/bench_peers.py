"""Measure other people's detectors and Revenuer on the same worlds, by the same measures.

Run by `make bench-peers`. Prints a table for every question and, as the last line, `all
targets hold` or `falls short: NAMES`. `docs/peers.md` says how each peer was made.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import binomtest

from peers import guard, methods, pooled, protocol
from peers.alarms import Alarm, Score, leaked, score
from peers.logs import Logs, make_world
from peers.mmd import LEVEL
from peers.pairs import build_pairs
from peers.published import PUBLISHED
from peers.vectors import PEERS_PYTHON, Embedder
from revenuer.worlds import WorldSpec

OURS = "Revenuer"
CLEAN_SEEDS = 1000
"""Worlds without campaigns have seeds of their own."""
KEPT = Path(__file__).parents[1] / "build" / "peers"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to do.

    Attributes:
        seeds: A world each.
        accounts, exchanges: Of each world.
        checkpoints: Shares of the window at which methods are asked.
        window: Exchanges a window of the window tests.
        windows: At most so many windows a world.
        embedder: Of the worlds' prompts.
        pairs: Queries a window of the paper's protocol, 0 to leave it out.
        splits: Fresh splits for false alarms.
        guard: Requests an account that unmimic reads in the first world, 0 to leave it out.
    """

    seeds: tuple[int, ...] = (1, 2, 3)
    accounts: int = 3000
    exchanges: int = 200_000
    checkpoints: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0)
    window: int = 1500
    windows: int = 30
    embedder: str = "wordllama"
    pairs: int = 1500
    splits: int = 25
    guard: int = guard.REQUESTS


QUICK = Plan(
    seeds=(1,),
    accounts=1000,
    exchanges=40_000,
    checkpoints=(0.5, 1.0),
    window=500,
    windows=12,
    embedder="hashed",
    pairs=0,
    guard=0,
)


def worlds(
    plan: Plan, seed: int, folder: Path, prompts: Path | None, embed: Embedder
) -> tuple[Logs, Logs, float]:
    """A world with campaigns, one without, and the seconds that embedding the first took."""
    spec = WorldSpec(accounts=plan.accounts, exchanges=plan.exchanges, seed=seed)
    quiet = replace(spec, seed=seed + CLEAN_SEEDS, scenarios=(), guilty_share=0.0)
    logs = make_world(spec, folder / "world", prompts)
    clean = make_world(quiet, folder / "clean", prompts)
    started = time.perf_counter()
    vectors = embed(logs.texts.to_list())
    seconds = max(embed.seconds(logs.texts.to_list()), time.perf_counter() - started)
    return (
        replace(logs, vectors=vectors),
        replace(clean, vectors=embed(clean.texts.to_list())),
        seconds,
    )


def run_methods(plan: Plan, logs: Logs, clean: Logs) -> dict[str, methods.Outcome]:
    """Every method of accounts and of groups, at every checkpoint."""
    found = {}
    for name, method in methods.METHODS.items():
        found[name] = methods.replay(method, logs, clean, plan.checkpoints)
        print(f"{name}: {found[name].seconds:.1f} s", file=sys.stderr)
    return found


@dataclass(frozen=True, slots=True)
class Stretch:
    """How a window test did: alarms in a clean world, and in one with campaigns."""

    false_alarms: float
    alarms: float
    first: int | None
    outcome: methods.Outcome


def run_windows(plan: Plan, logs: Logs, clean: Logs, seed: int) -> dict[str, Stretch]:
    """The window tests on pooled traffic."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, test in pooled.window_tests(clean, size=plan.window, rng=rng).items():
        how = {"size": plan.window, "at_most": plan.windows}
        quiet = pooled.run_windows(clean, test, **how)
        started = time.perf_counter()
        hit = pooled.run_windows(logs, test, **how)
        seconds = time.perf_counter() - started
        named = pooled.named_in(logs, hit)
        alarms = [Alarm(frozenset(named))] if named else []
        told = score(logs, alarms)
        found[name] = Stretch(
            false_alarms=float(np.mean([window.alarm for window in quiet])),
            alarms=float(np.mean([window.alarm for window in hit])),
            first=next((window.stop for window in hit if window.alarm), None),
            outcome=methods.Outcome(told, leaked(logs, named), told.wronged, None, seconds),
        )
    return found


@dataclass(frozen=True, slots=True)
class Guarded:
    """How unmimic's guard did: share of requests it blocks, or blocks or flags."""

    own: dict[str, float]
    innocent: dict[str, float]
    blocked: methods.Outcome
    flagged: methods.Outcome


def run_guard(plan: Plan, logs: Logs, prompts: Path, folder: Path) -> Guarded:
    """Its verdicts on a sample of each account's requests."""
    asked, seconds = guard.judge(logs, prompts, folder, requests=plan.guard)
    asked = asked.with_columns(
        own=pl.col("exchange_id").is_in(logs.own["exchange_id"].implode()),
        innocent=~pl.col("account_id").is_in(list(logs.guilty)),
        block=pl.col("action") == "block",
        notice=pl.col("action") != "allow",
    )

    def rates(rows: pl.DataFrame) -> dict[str, float]:
        return {name: float(rows[name].mean() or 0.0) for name in ("block", "notice")}

    def outcome(name: str) -> methods.Outcome:
        hit = asked.filter(pl.col(name)).group_by("account_id").agg(pl.col("at_us").min())
        named = dict(hit.iter_rows())
        told = score(logs, [Alarm(frozenset(named))] if named else [])
        # A guard stops requests, not accounts: what it lets pass has leaked.
        passed = 1 - rates(asked.filter("own"))[name]
        return methods.Outcome(told, passed, told.wronged, None, seconds)

    return Guarded(
        rates(asked.filter("own")),
        rates(asked.filter("innocent")),
        outcome("block"),
        outcome("notice"),
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    print()
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def total(outcomes: Sequence[methods.Outcome]) -> Score:
    """The scores of several worlds together."""
    return reduce(add, [one.score for one in outcomes])


def outcome_row(name: str, outcomes: Sequence[methods.Outcome]) -> list[str]:
    """One method over all worlds."""
    told = total(outcomes)
    worst = sorted(told.innocents.items(), key=lambda pair: (-pair[1], pair[0]))
    kinds = ", ".join(f"{count} {who}" for who, count in worst[:4])
    rest = f", {len(worst) - 4} cohorts more" if len(worst) > 4 else ""
    best = [one.best for one in outcomes if one.best is not None]
    return [
        name,
        f"{told.found}/{told.decidable}",
        f"{told.touched}/{told.decidable}",
        f"{told.precision:.3f}" if told.named else "-",
        f"{told.recall:.3f}",
        f"{told.wronged} ({kinds}{rest})" if told.wronged else "none",
        str(sum(one.on_the_way for one in outcomes)),
        f"{np.mean([one.leaked for one in outcomes]):.3f}",
        f"{np.mean(best):.3f}" if best else "-",
        f"{np.mean([one.seconds for one in outcomes]):.1f}",
    ]


def shortfalls(every: dict[str, list[methods.Outcome]]) -> list[str]:
    """Where a peer is ahead of Revenuer.

    A method that finds nothing wrongs nobody, so precision and innocents are compared with
    those of peers that find something.
    """
    short = {"campaigns": [], "precision": [], "innocents": []}
    for name, outcomes in every.items():
        # unmimic reads one world only; so does Revenuer where the two are compared.
        ours, peer = total(every[OURS][: len(outcomes)]), total(outcomes)
        if peer.found > ours.found:
            short["campaigns"].append(name)
        if name == OURS or not peer.found:
            continue
        if peer.precision > ours.precision:
            short["precision"].append(name)
        # None is as few as there can be.
        if ours.wronged and peer.wronged <= ours.wronged:
            short["innocents"].append(name)
    return [f"{what} ({name})" for what, names in short.items() for name in names]


def percent(value: float) -> str:
    """A share in percent."""
    return f"{100 * value:.1f}"


def exact_interval(hits: int, tried: int) -> tuple[float, float]:
    """Two-sided 95 % interval of Clopper and Pearson on a rate."""
    found = binomtest(hits, tried).proportion_ci(method="exact")
    return float(found.low), float(found.high)


def protocol_tables(plan: Plan, prompts: Path) -> list[str]:
    """The paper's protocol on rebuilt pairs; what falls short."""
    rows, short, tried = [], [], 0
    fresh = np.zeros(2, np.int64)
    pairs = build_pairs(prompts, Embedder("minilm", KEPT))
    for place, pair in enumerate(pairs):
        told, paper = protocol.run_pair(pair, size=plan.pairs), PUBLISHED[pair.name]
        # Pairs of one task share their benign pool.
        if not any(pair.benign is other.benign for other in pairs[:place]):
            fresh += protocol.fresh_false_alarms(pair, splits=plan.splits, size=plan.pairs)
            tried += plan.splits
        for at, name in enumerate(("5 %", "10 %")):
            if told.ours.detected[at] < max(
                told.paper.detected[at], (paper.at_5, paper.at_10)[at] / 100
            ):
                short.append(f"MMD cell ({pair.name} at {name})")
        for who, rate in (("its rule, rebuilt", told.paper), ("ours", told.ours)):
            rows.append([pair.name, who, percent(rate.false_alarms),
                         *map(percent, rate.detected), percent(rate.average)])  # fmt: skip
        rows.append([pair.name, "published", f"{paper.false_alarms}", f"{paper.at_5}",
                     f"{paper.at_10}", "", "", "", f"{paper.average}"])  # fmt: skip
    if not pairs:
        print("Not run: the prompt sets of the pairs are absent.")
        return ["MMD cells (not run)"]
    table(["pair", "rule", "false alarms %", "5 %", "10 %", "25 %", "50 %", "100 %", "mean"], rows)
    table(
        ["rule", "false alarms, one window for each of fresh splits", "exact 95 % interval, %"],
        [
            [who, f"{count}/{tried}", " to ".join(map(percent, exact_interval(int(count), tried)))]
            for who, count in zip(("its rule, rebuilt", "ours"), fresh, strict=True)
        ],
    )
    # A rate of few windows is uncertain: falls short where it is surely above the level.
    if binomtest(int(fresh[1]), tried, LEVEL, alternative="greater").pvalue < LEVEL:
        short.append("MMD false alarms")
    return short


HEADS = ("method", "found", "half named", "precision", "recall", "innocents named",
         "innocents on the way", "leaked", "best recall", "seconds a world")  # fmt: skip


def bench_worlds(plan: Plan, prompts: Path | None) -> list[str]:
    """Every method on every world; what falls short."""
    every: dict[str, list[methods.Outcome]] = {}
    stretches: dict[str, list[Stretch]] = {}
    guarded: list[Guarded] = []
    embed, spent = Embedder(plan.embedder, KEPT), []
    reason = guard.can_run(prompts) if plan.guard else "left out of a quick run"
    for seed in plan.seeds:
        with tempfile.TemporaryDirectory(prefix="revenuer-peers-") as folder:
            logs, clean, seconds = worlds(plan, seed, Path(folder), prompts, embed)
            spent.append(seconds)
            for name, told in run_methods(plan, logs, clean).items():
                every.setdefault(name, []).append(told)
            for name, stretch in run_windows(plan, logs, clean, seed).items():
                stretches.setdefault(name, []).append(stretch)
                every.setdefault(f"{name} on windows", []).append(stretch.outcome)
            if not reason and prompts and not guarded:
                told = run_guard(plan, logs, prompts, Path(folder, "guard"))
                guarded.append(told)
                every.setdefault("unmimic, any request blocked", []).append(told.blocked)
                every.setdefault("unmimic, any blocked or flagged", []).append(told.flagged)
    print(f"## Who is named\n\n{len(plan.seeds)} worlds of {plan.accounts:,} accounts and "
          f"{plan.exchanges:,} exchanges; vectors by {plan.embedder}, {np.mean(spent):.0f} s a "
          "world beside the seconds below.")  # fmt: skip
    table(HEADS, [outcome_row(name, told) for name, told in every.items()])
    print("## Windows of pooled traffic")
    table(
        [
            "test",
            "alarms without campaigns %",
            "with campaigns %",
            "first alarm at exchange",
        ],
        [
            [
                name,
                percent(float(np.mean([one.false_alarms for one in told]))),
                percent(float(np.mean([one.alarms for one in told]))),
                ", ".join(f"{one.first:,}" if one.first else "none" for one in told),
            ]
            for name, told in stretches.items()
        ],
    )
    print("## Requests that unmimic's guard stops")
    if guarded:
        rows = [
            [who, *(percent(float(np.mean([getattr(one, side)[kind] for one in guarded])))
                    for kind in ("block", "notice"))]
            for who, side in (("campaigns' own", "own"), ("innocent accounts'", "innocent"))
        ]  # fmt: skip
        table(["requests", "blocked %", "blocked or flagged %"], rows)
    else:
        print(f"\nNot run: {reason}.\n")
    return shortfalls(every)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--quick", action="store_true", help="one small world, a minute or two")
    parser.add_argument("--seeds", type=int, nargs="+")
    parser.add_argument("--accounts", type=int)
    parser.add_argument("--exchanges", type=int)
    parser.add_argument("--only", choices=["worlds", "pairs"], help="one half of it")
    asked = parser.parse_args()
    plan = QUICK if asked.quick else Plan()
    chosen = {name: getattr(asked, name) for name in ("seeds", "accounts", "exchanges")}
    plan = replace(plan, **{name: value for name, value in chosen.items() if value})
    if plan.embedder != "hashed" and not PEERS_PYTHON.exists():
        parser.error("no .venv-peers: run `make peers-venv`, or ask for --quick")
    short = bench_worlds(plan, asked.prompts) if asked.only != "pairs" else []
    if plan.pairs and asked.only != "worlds":
        print("## The MMD paper's protocol")
        short += protocol_tables(plan, asked.prompts) if asked.prompts else ["MMD cells (not run)"]
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")


if __name__ == "__main__":
    main()
