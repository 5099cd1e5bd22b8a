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
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from harvests.catalogue import CASES, Case
from harvests.logs import write_world

HEADER = "world|guilt|accounts|exchanges|verdict|precision|recall|own|innocents|seconds"


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
        own = f"{self.own_precision:.2f}/{self.own_recall:.2f}"
        campaign = self.case.campaign
        return (
            f"{self.case.name}|{self.case.guilt}|{campaign.accounts}|{campaign.exchanges}|{self.verdict}"
            f"|{self.precision:.2f}|{self.recall:.2f}|{own}|{self.innocents}|{self.seconds:.0f}"
        )


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Scan the worlds that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", default=[], help="a world by its name")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prompts", type=Path, help="folder of public prompts")
    parser.add_argument("--keep", type=Path, help="leave the logs and findings here")
    asked = parser.parse_args(arguments)
    cases = [case for case in CASES if not asked.only or case.name in asked.only]
    print(HEADER, flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases:
            folder = (asked.keep or Path(scratch)) / f"{case.name}-{asked.seed}"
            write_world(case, asked.seed, folder, asked.prompts)
            print(compare(case, folder, scan(folder)).row(), flush=True)


if __name__ == "__main__":
    main()
