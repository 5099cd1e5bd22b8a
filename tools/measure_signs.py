"""Measure early signs: how long before the conviction, how many false ones, at what cost.

Run by `make bench-signs`. Watches simulated worlds with a look a day. Prints tables and, as the
last line, `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from measure_worlds import is_found
from revenuer.app.opening import Beside
from revenuer.app.progress import Advance
from revenuer.app.watch.asked import Asked
from revenuer.app.watch.watching import Told, watch
from revenuer.campaigns.early_signs import A_MONTH, EVERYBODYS
from revenuer.config_file import load_settings
from revenuer.records import Sign, SignKind, Verdict
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec
from revenuer.worlds.spec import INNOCENT_IDS
from signs_worlds import checks_of, innocent_repeats, plant

GUILTY = ("S3", "S4", "S6", "S9", "S10")
CHECKING = "S6"
"""The campaign that is given quality checks."""
EXPECTED = {
    SignKind.PROBE_PHASE: "S9",
    SignKind.QUALITY_CHECK: CHECKING,
    SignKind.RETURN: "S4",
    SignKind.PIVOT: "S3",
}
"""Where each kind must be seen, in half of the worlds at least."""
DEAREST = 0.1
"""Share of a look's processor time that signs may cost."""


@dataclass(slots=True)
class Timing:
    """Progress that adds up the processor time of a stage, and says nothing."""

    named: str
    seconds: float = 0.0

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        """Time one piece of work."""
        begun = time.process_time()
        yield lambda done: None
        if name == self.named:
            self.seconds += time.process_time() - begun


@dataclass(slots=True)
class Watched:
    """What a watch of one world told.

    Attributes:
        signs: All, by id, as first told.
        convicted: The first look that convicts each campaign.
        campaigns: The accounts of each.
        cohort: Of each account.
        guilty: Accounts of campaigns.
        looks: How many.
        share: Of the processor time that signs cost.
    """

    signs: dict[str, Sign] = field(default_factory=dict)
    convicted: dict[str, datetime] = field(default_factory=dict)
    campaigns: dict[str, set[str]] = field(default_factory=dict)
    cohort: dict[str, str] = field(default_factory=dict)
    guilty: set[str] = field(default_factory=set)
    looks: int = 0
    share: float = 0.0

    def of(self, campaign: str) -> list[Sign]:
        """Signs most of whose accounts are a campaign's."""
        mine = self.campaigns[campaign]
        return [
            one
            for one in self.signs.values()
            if 2 * len(mine & set(one.account_ids)) > len(one.account_ids)
        ]

    def false(self) -> list[Sign]:
        """Signs most of whose accounts are innocent."""
        return [
            one
            for one in self.signs.values()
            if 2 * len(self.guilty & set(one.account_ids)) < len(one.account_ids)
        ]


def watched(world: Path, folder: Path) -> Watched:
    """Watch a world to its end, a look a day."""
    found = Watched()
    truth = pl.read_parquet(world / "truth" / "accounts.parquet")
    found.cohort = dict(truth.select("account_id", "cohort").iter_rows())
    found.guilty = set(truth.filter("guilty")["account_id"])
    planted = json.loads((world / "truth" / "campaigns.json").read_text("utf-8"))
    found.campaigns = {one["scenario"]: set(one["account_ids"]) for one in planted}

    def tell(told: Told) -> None:
        found.looks += 1
        for sign in told.signs:
            found.signs.setdefault(sign.id, sign)
        convicted = [one for one in told.findings.campaigns if one.verdict is Verdict.CONVICTED]
        for name, accounts in found.campaigns.items():
            if name not in found.convicted and is_found(accounts, convicted, found.guilty):
                found.convicted[name] = told.due.at

    timing = Timing("early signs")
    settings = load_settings(
        world / "releases.toml", environment={}, folder=world, overrides={}
    ).settings
    asked = Asked(
        places=[str(world / "exchanges")],
        state=folder / "state",
        out=folder / "out",
        beside=Beside(
            accounts=str(world / "accounts.parquet"), permits=str(world / "permits.parquet")
        ),
        settings=settings,
        until_end=True,
    )
    begun = time.process_time()
    watch(asked, environment={}, progress=timing, tell=tell, stopped=lambda: False)
    found.share = timing.seconds / (time.process_time() - begun)
    return found


def of_spec(spec: WorldSpec, prompts: Path | None) -> Watched:
    """Make a world, plant what the simulator lacks, and watch it."""
    random = np.random.default_rng(spec.seed)
    with tempfile.TemporaryDirectory() as temporary:
        world, folder = Path(temporary, "world"), Path(temporary, "watch")
        simulate(spec, world, prompts=prompts)
        truth = pl.read_parquet(world / "truth" / "accounts.parquet").sort("account_id")
        sending = pl.read_parquet(
            sorted((world / "exchanges").glob("*.parquet")), columns=["account_id"]
        )["account_id"].unique()
        truth = truth.filter(pl.col("account_id").is_in(sending.implode()))
        ordinary = truth.filter(pl.col("cohort") == "ordinary")["account_id"].to_list()
        asks, guarded = innocent_repeats(ordinary, spec.days, random)
        if CHECKING in spec.scenarios and spec.guilty_share:
            pool = truth.filter(pl.col("cohort") == CHECKING)["account_id"].to_list()
            more, stopped = checks_of(pool, spec.days, random)
            asks, guarded = asks + more, guarded | stopped
        plant(world, asks, guarded)
        return watched(world, folder)


def lead_row(kind: SignKind, scenario: str, runs: Sequence[Watched]) -> str:
    """One kind of sign in one campaign, over all worlds."""
    leads, seen, before, alone = [], 0, 0, 0
    for run in runs:
        mine = [one for one in run.of(scenario) if one.kind == kind]
        if not mine:
            continue
        seen += 1
        first = min(one.first_seen for one in mine)
        if scenario in run.convicted:
            hours = (run.convicted[scenario] - first).total_seconds() / 3600
            leads.append(hours)
            before += hours > 0
        else:
            alone += 1
    told = ", ".join(f"{hours:+.0f}" for hours in leads) or "-"
    return f"| {kind} | {scenario} | {seen} of {len(runs)} | {before} | {alone} | {told} |"


def false_row(kind: SignKind, runs: Sequence[Watched], days: int) -> str:
    """False signs of one kind over some worlds."""
    signs = [(run, one) for run in runs for one in run.false() if one.kind == kind]
    who = Counter(
        Counter(run.cohort[account] for account in one.account_ids).most_common(1)[0][0]
        for run, one in signs
    )
    months = sum(1 for _ in runs) * days / 30
    named = ", ".join(f"{count} {name}" for name, count in who.items()) or "none"
    return f"| {kind} | {len(signs)} | {len(signs) / months:.2f} | {A_MONTH:g} | {named} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--accounts", type=int, default=1500)
    parser.add_argument("--exchanges", type=int, default=40_000)
    parser.add_argument("--days", type=int, default=21, help="of a world with campaigns")
    parser.add_argument("--quick", action="store_true", help="one small world of each sort")
    parser.add_argument("--show", action="store_true", help="print every sign")
    asked = parser.parse_args()
    if asked.quick:
        asked.seeds, asked.accounts, asked.exchanges, asked.days = [1], 800, 12_000, 10
    month = 10 if asked.quick else 30
    guilty, innocent = [], []
    for seed in asked.seeds:
        sizes = {"accounts": asked.accounts, "exchanges": asked.exchanges, "seed": seed}
        spec = WorldSpec(scenarios=GUILTY, days=asked.days, **sizes)
        guilty.append(of_spec(spec, asked.prompts))
        spec = WorldSpec(
            scenarios=(), innocents=INNOCENT_IDS, guilty_share=0.0, days=month, **sizes
        )
        innocent.append(of_spec(spec, asked.prompts))
        if asked.show:
            show(guilty[-1], innocent[-1])
    report(guilty, innocent, asked.days, month)


def show(*runs: Watched) -> None:
    """Every sign of some worlds."""
    for run in runs:
        print(run.convicted, flush=True)
        for one in run.signs.values():
            cohorts = Counter(run.cohort[account] for account in one.account_ids)
            print(one.first_seen, one.kind, dict(cohorts), one.statement, dict(one.numbers))


def report(guilty: Sequence[Watched], innocent: Sequence[Watched], days: int, month: int) -> None:
    """Print the tables and what falls short."""
    print("| sign | campaign | seen in | before the conviction | never convicted | lead, hours |")
    print("|---|---|---|---|---|---|")
    seen: dict[SignKind, int] = defaultdict(int)
    for kind in EVERYBODYS:
        for scenario in GUILTY:
            if any(one.kind == kind for run in guilty for one in run.of(scenario)):
                print(lead_row(kind, scenario, guilty))
        expected = EXPECTED[kind]
        seen[kind] = sum(any(s.kind == kind for s in run.of(expected)) for run in guilty)
    for name, runs, length in (("innocent", innocent, month), ("with campaigns", guilty, days)):
        print(f"\n| false signs, worlds {name} | signs | a month | bound | whose |")
        print("|---|---|---|---|---|")
        for kind in EVERYBODYS:
            print(false_row(kind, runs, length))
    share = float(np.median([run.share for run in (*guilty, *innocent)]))
    print(f"\n{share:.1%} of the processor time of a watch goes to signs.")
    months = len(innocent) * month / 30
    alarms = Counter(one.kind for run in innocent for one in run.false())
    short = [f"{kind} in {EXPECTED[kind]}" for kind in EVERYBODYS if 2 * seen[kind] < len(guilty)]
    short += [f"false {kind}" for kind, count in alarms.items() if count > max(1, A_MONTH * months)]
    short += ["cost"] if share > DEAREST else []
    print(f"falls short: {', '.join(short)}" if short else "all targets hold")


if __name__ == "__main__":
    main()
