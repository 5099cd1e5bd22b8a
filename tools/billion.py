"""What a day of so many exchanges costs, from constants that were measured on small ones.

    python tools/billion.py fit SCAN...     what an exchange and an account cost, by stage, from
                                            folders that `scan_in_stages.py scan` wrote
    python tools/billion.py                 the tables of docs/billion.md, from those constants

The constants stand here, and a test holds the page against them. What grows with exchanges and
with accounts is taken to go on as it began; the page says how far that was looked at.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

EXCHANGES = 1e9
ACCOUNTS = 1e7
DAYS = 28
"""Of a window: what a scan looks back on."""

ENGINE, TEXT, OWNERS = "engine", "text step", "account-sized"
PLACES = {
    "reading": ENGINE,
    "shared tables: one pass for each": ENGINE,
    "accounts: one pass over the exchanges": ENGINE,
    "prompts: a sample of each account": ENGINE,
    "links: what accounts share": ENGINE,
    "exchanges: the candidates once more": ENGINE,
    "words: how rare they are among accounts": TEXT,
    "content: reading the sample": TEXT,
}
"""Where a stage's work is done; the others are account-sized."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a stage of a scan takes.

    Attributes:
        stage: Its name in `stages.json`.
        exchange_us: Processor time for each exchange of the window, in microseconds.
        account_ms: Processor time for each account, in milliseconds.
    """

    stage: str
    exchange_us: float
    account_ms: float

    @property
    def place(self) -> str:
        """Where the work is done."""
        return PLACES.get(self.stage, OWNERS)

    def hours(self, exchanges: float, accounts: float) -> float:
        """Hours of one processor."""
        return (exchanges * self.exchange_us / 1e6 + accounts * self.account_ms / 1e3) / 3600


COSTS = (
    Cost("reading", 0.43, 0.000),
    Cost("shared tables: one pass for each", 0.83, 0.030),
    Cost("accounts: one pass over the exchanges", 2.59, 0.014),
    Cost("prompts: a sample of each account", 2.11, 0.022),
    Cost("words: how rare they are among accounts", 0.29, 0.039),
    Cost("content: reading the sample", 1.79, 0.270),
    Cost("links: what accounts share", 10.31, 0.153),
    Cost("campaigns: grouping and judging", 3.11, 0.684),
    Cost("exchanges: learning each campaign's habits", 0.48, 0.026),
    Cost("exchanges: the candidates once more", 1.32, 0.000),
    Cost("exchanges: hearing their neighbours", 0.14, 0.000),
    Cost("campaigns: what to say of each", 0.69, 0.018),
    Cost("report", 0.38, 0.072),
)
"""`fit` of three simulated worlds; docs/billion.md says which."""

ACCOUNT_KIB = 14.8
"""Memory of a scan for each account, from the same."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many bytes of a kind there are.

    Attributes:
        what: It is.
        each: Bytes.
        of: What there is one of.
        count: How many, for the exchanges of a day and the accounts.
    """

    what: str
    each: float
    of: str
    count: float


def sizes(exchanges: float, accounts: float) -> tuple[Size, ...]:
    """What has to lie somewhere."""
    return (
        Size("exchanges of a day without text, Parquet", 67, "exchange", exchanges),
        Size("their keyed sketches", 136, "prompt", exchanges),
        Size("the same of a window", 67 + 136, "exchange", exchanges * DAYS),
        Size("what a state keeps of a day's files", 119, "exchange", exchanges),
        Size("answers of the engine", 485, "account", accounts),
        Size("sampled prompts, at most 24 of 1,600 characters", 24 * 1600, "account", accounts),
        Size("shared holdings, numbered, in memory", 24, "holding", 4.96 * accounts),
        Size("memory of a whole scan", ACCOUNT_KIB * 1024, "account", accounts),
    )


def fit(scans: Sequence[Path]) -> tuple[list[Cost], float]:
    """Split what each stage took into what grows with exchanges and with accounts.

    Args:
        scans: Three or more folders of scans of different sizes; what is the same for all of
            them, such as starting, is left out.

    Returns:
        Costs by stage, and KiB of memory an account.
    """
    told = [json.loads((scan / "campaigns.json").read_text("utf-8"))["scanned"] for scan in scans]
    size = np.array([[one["exchanges"] / 1e6, one["accounts"] / 1e3, 1.0] for one in told])
    seconds: dict[str, list[float]] = {}
    peaks = []
    for scan in scans:
        stages = json.loads((scan / "stages.json").read_text("utf-8"))
        for stage in stages:
            seconds.setdefault(stage["name"], []).append(float(stage["cpu_s"]))
        peaks.append(max(float(stage["peak_gib"]) for stage in stages) * 2**20)
    costs = [
        Cost(name, *_parts(size, taken)[:2])
        for name, taken in seconds.items()
        if len(taken) == len(scans) and not name.startswith("start")
    ]
    return costs, _parts(size, peaks)[1] / 1e3


def _parts(size: NDArray[np.float64], taken: Sequence[float]) -> tuple[float, float, float]:
    """What a million exchanges, a thousand accounts and the rest take; none gives time back."""
    found = nnls(size, np.array(taken))[0]
    return float(found[0]), float(found[1]), float(found[2])


def cost_table(exchanges: float, accounts: float) -> Iterator[str]:
    """What a scan of one day costs."""
    yield "| stage | runs in | µs an exchange | ms an account | hours of one core |"
    yield "|---|---|---|---|---|"
    for cost in COSTS:
        yield _row(cost.stage, cost.place, cost, exchanges, accounts)
    for place in (ENGINE, TEXT, OWNERS):
        parts = [cost for cost in COSTS if cost.place == place]
        total = Cost(
            "", sum(cost.exchange_us for cost in parts), sum(cost.account_ms for cost in parts)
        )
        yield _row("**all**", f"**{place}**", total, exchanges, accounts)


def _row(name: str, place: str, cost: Cost, exchanges: float, accounts: float) -> str:
    hours = cost.hours(exchanges, accounts)
    return f"| {name} | {place} | {cost.exchange_us:.2f} | {cost.account_ms:.3f} | {hours:.1f} |"


def size_table(exchanges: float, accounts: float) -> Iterator[str]:
    """How much lies where."""
    yield "| what | bytes | of each | in all |"
    yield "|---|---|---|---|"
    for size in sizes(exchanges, accounts):
        total = size.each * size.count / 1e9
        yield f"| {size.what} | {size.each:,.0f} | {size.of} | {total:,.0f} GB |"


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("task", nargs="?", choices=["fit", "tables"], default="tables")
    parser.add_argument("scans", nargs="*", type=Path)
    parser.add_argument("--exchanges", type=float, default=EXCHANGES, help="a day")
    parser.add_argument("--accounts", type=float, default=ACCOUNTS)
    asked = parser.parse_args()
    if asked.task == "tables":
        for table in (cost_table, size_table):
            print(*table(asked.exchanges, asked.accounts), "", sep="\n")
        return
    costs, kib = fit(asked.scans)
    for cost in costs:
        print(f'    Cost("{cost.stage}", {cost.exchange_us:.2f}, {cost.account_ms:.3f}),')
    print(f"ACCOUNT_KIB = {kib:.1f}")


if __name__ == "__main__":
    main()
