"""Scan logs with campaigns in them that another program than our simulator wrote.

Run by `make bench-foreign`. Prints a row a world and, as the last line, `all targets hold`
or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import polars as pl

from harvests.catalogue import CASES, QUICK, Case
from harvests.logs import write_world

HEADER = """\
| world | what shows | accounts | exchanges | verdict | account precision | account recall \
| exchange precision | exchange recall | innocents convicted | s |
|---|---|---|---|---|---|---|---|---|---|---|"""
ENOUGH = {
    "plain": ("convicted", "suspected"),
    "one sign": ("convicted", "suspected", "undecided"),
}
"""Verdicts that are enough by what a log shows of a campaign; elsewhere any is."""


@dataclass(frozen=True)
class Outcome:
    """How one world came out.

    Attributes:
        verdict: The strongest verdict about a group that is half guilty and holds a fifth
            of the campaign; `missed` without one.
        precision, recall: Of the convicted accounts.
        own_precision, own_recall: Of the exchanges that are labelled as the campaign's own.
        innocents: Convicted accounts that are innocent.
    """

    case: Case
    verdict: str
    precision: float
    recall: float
    own_precision: float
    own_recall: float
    innocents: int
    seconds: float

    def row(self) -> str:
        """One line of the table."""
        campaign = self.case.campaign
        shares = (self.precision, self.recall, self.own_precision, self.own_recall)
        cells = [self.case.name, self.case.guilt, f"{campaign.accounts:,}"]
        cells += [f"{campaign.exchanges:,}", self.verdict]
        cells += [f"{value:.2f}" if self.recall else "-" for value in shares]
        return f"| {' | '.join([*cells, f'{self.innocents}', f'{self.seconds:.0f}'])} |"


def scan(folder: Path) -> float:
    """Scan a world's files with the command; seconds that it took."""
    accounts = folder / "accounts.parquet"
    command = [
        str(Path(sys.executable).with_name("revenuer")),
        "scan",
        str(folder / "exchanges.parquet"),
    ]
    command += ["--accounts", str(accounts)] if accounts.exists() else []
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--out", str(folder / "out")], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{folder.name}: exit {done.returncode}\n{done.stderr[-3000:]}")
    return time.perf_counter() - began


def compare(case: Case, folder: Path, seconds: float) -> Outcome:
    """Hold the findings against the truth."""
    truth = json.loads((folder / "truth.json").read_text())
    guilty, own = set(truth["guilty"]), set(truth["own"])
    found = json.loads((folder / "out" / "campaigns.json").read_text())["campaigns"]
    convicted = {a for c in found if c["verdict"] == "convicted" for a in c["account_ids"]}
    order = ["convicted", "suspected", "undecided", "cleared"]
    about = [
        c["verdict"]
        for c in found
        if len(guilty & set(c["account_ids"]))
        >= max(0.5 * len(c["account_ids"]), 0.2 * len(guilty))
    ]
    labelled = set(pl.read_parquet(folder / "out" / "exchanges.parquet")["exchange_id"])
    return Outcome(
        case,
        min(about, key=order.index) if about else "missed",
        share(guilty & convicted, convicted),
        share(guilty & convicted, guilty),
        share(own & labelled, labelled),
        share(own & labelled, own),
        len(convicted - guilty),
        seconds,
    )


def share(part: set[str], whole: set[str]) -> float:
    """Part of the whole; 1 of nothing."""
    return len(part) / len(whole) if whole else 1.0


def shortfalls(outcomes: Sequence[Outcome]) -> list[str]:
    """Worlds in which an innocent is convicted, or a campaign is less seen than it should be."""
    return [
        one.case.name
        for one in outcomes
        if one.innocents or one.verdict not in ENOUGH.get(one.case.guilt, one.verdict)
    ]


def judged(case: Case, seed: int, prompts: Path | None, keep: Path | None) -> Outcome:
    """Make a world and scan it, in a folder that stays only if it is to be kept."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = (keep or Path(scratch)).resolve() / f"{case.name}-{seed}"
        write_world(case, seed, folder, prompts)
        return compare(case, folder, scan(folder))


def main(arguments: Sequence[str] | None = None) -> None:
    """Scan the worlds that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--only", action="append", default=[], help="a world by its name")
    parser.add_argument("--quick", action="store_true", help="three small worlds, about a minute")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prompts", type=Path, help="folder of public prompts")
    parser.add_argument("--keep", type=Path, help="leave the logs and findings here")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args(arguments)
    cases = [case for case in CASES if not asked.only or case.name in asked.only]
    one_world = partial(judged, seed=asked.seed, prompts=asked.prompts, keep=asked.keep)
    outcomes = []
    print(HEADER)
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for one in pool.map(one_world, QUICK if asked.quick else cases):
            outcomes.append(one)
            print(one.row(), flush=True)
    missed = shortfalls(outcomes)
    print(f"\nfalls short: {', '.join(missed)}" if missed else "\nall targets hold")


if __name__ == "__main__":
    main()
