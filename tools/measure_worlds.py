"""Measure detection on simulated worlds: what is convicted, and who should not have been.

Run by `make bench-worlds`. Prints a row a world and, as the last line, `all targets hold`
or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.config_file import load_settings
from revenuer.records import Campaign, Verdict
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

FOUND_SHARE = 0.9
PURE_SHARE = 0.9
ACCOUNT_PRECISION = 0.98


@dataclass(frozen=True, slots=True)
class Result:
    """How one world came out.

    Attributes:
        found: Decidable campaigns half of whose accounts are in one conviction that is
            nine tenths guilty.
        decidable: Of so many.
        missed: The scenarios of the others, with the verdict that they got.
        undecidable: The verdicts of those that traffic cannot decide.
        precision: Share of the convicted accounts that are guilty.
        recall: Share of the decidable campaigns' accounts that are convicted.
        own_precision, own_recall: The same for exchanges, against the campaigns' own.
        innocents: Convicted accounts that are innocent, by cohort.
    """

    found: int
    decidable: int
    missed: tuple[str, ...]
    undecidable: tuple[str, ...]
    precision: float
    recall: float
    own_precision: float
    own_recall: float
    innocents: dict[str, int]


def measure(world: Path, out: Path, *, content_free: bool = False) -> Result:
    """Scan a world and hold the findings against its truth."""
    settings = load_settings(
        world / "releases.toml", environment={}, folder=world, overrides={}
    ).settings
    outcome = scan(
        [str(world / "exchanges")],
        accounts=str(world / "accounts.parquet"),
        permits=str(world / "permits.parquet"),
        out=out,
        settings=settings,
        content_free=content_free,
        progress=Silent(),
    )
    return judge_findings(world, out, outcome.findings.campaigns)


def judge_findings(world: Path, out: Path, campaigns: Sequence[Campaign]) -> Result:
    """Compare campaigns with the truth of their world."""
    truth = pl.read_parquet(world / "truth" / "accounts.parquet")
    guilty = set(truth.filter("guilty")["account_id"])
    cohort = dict(truth.select("account_id", "cohort").iter_rows())
    planted = json.loads((world / "truth" / "campaigns.json").read_text("utf-8"))
    convicted = [one for one in campaigns if one.verdict is Verdict.CONVICTED]
    members = {account for one in convicted for account in one.account_ids}
    decidable = [one for one in planted if one["decidable"]]
    wanted = {account for one in decidable for account in one["account_ids"]}
    missed = [one for one in decidable if not is_found(set(one["account_ids"]), convicted, guilty)]
    own = set(pl.read_parquet(world / "truth" / "exchanges.parquet")["exchange_id"])
    named = set(pl.read_parquet(out / "exchanges.parquet")["exchange_id"])
    return Result(
        found=len(decidable) - len(missed),
        decidable=len(decidable),
        missed=tuple(f"{one['scenario']} {_verdict(one, campaigns)}" for one in missed),
        undecidable=tuple(_verdict(one, campaigns) for one in planted if not one["decidable"]),
        precision=_share(members & guilty, members),
        recall=_share(members & wanted, wanted),
        own_precision=_share(named & own, named),
        own_recall=_share(named & own, own),
        innocents=dict(Counter(cohort[account] for account in members - guilty)),
    )


class Named(Protocol):
    """Whatever names accounts together: a campaign, or the alarm of another method."""

    @property
    def account_ids(self) -> Collection[str]:
        """The accounts that it names."""
        ...


def is_found(accounts: set[str], convicted: Sequence[Named], guilty: set[str]) -> bool:
    """Whether half of these accounts are in one conviction that is nine tenths guilty."""
    return any(
        2 * len(accounts & set(one.account_ids)) >= len(accounts)
        and len(guilty & set(one.account_ids)) >= PURE_SHARE * len(one.account_ids)
        for one in convicted
    )


def _verdict(planted: dict[str, list[str]], campaigns: Sequence[Campaign]) -> str:
    """The verdict that most of a planted campaign's accounts got."""
    accounts = set(planted["account_ids"])
    best = max(campaigns, key=lambda one: len(accounts & set(one.account_ids)), default=None)
    return str(best.verdict) if best and accounts & set(best.account_ids) else "unseen"


def _share(part: set[str], whole: set[str]) -> float:
    return len(part) / len(whole) if whole else 1.0


def row(name: str, result: Result) -> str:
    """One line of the table."""
    innocents = ", ".join(f"{n} {who}" for who, n in result.innocents.items()) or "none"
    return (
        f"| {name} | {result.found}/{result.decidable} | {', '.join(result.missed) or '-'} "
        f"| {', '.join(result.undecidable) or '-'} | {result.precision:.3f} | {result.recall:.3f} "
        f"| {result.own_precision:.3f} | {result.own_recall:.3f} | {innocents} |"
    )


def shortfalls(results: Sequence[Result]) -> list[str]:
    """The targets that the worlds together miss."""
    found, decidable = (sum(getattr(r, name) for r in results) for name in ("found", "decidable"))
    checks = {
        "campaigns": found >= FOUND_SHARE * decidable,
        "precision": min(r.precision for r in results) >= ACCOUNT_PRECISION,
        "look-alikes": not any(set(r.innocents) - {"ordinary"} for r in results),
        "undecidable": all(v == "undecided" for r in results for v in r.undecidable),
    }
    return [name for name, holds in checks.items() if not holds]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, help="folder of prompt sets")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--accounts", type=int, default=3000)
    parser.add_argument("--exchanges", type=int, default=200_000)
    parser.add_argument("--content-free", action="store_true")
    asked = parser.parse_args()
    print(
        "| seed | found | missed | undecidable | account precision | account recall "
        "| exchange precision | exchange recall | innocents convicted |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    results = []
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as folder:
            world, out = Path(folder, "world"), Path(folder, "out")
            spec = WorldSpec(accounts=asked.accounts, exchanges=asked.exchanges, seed=seed)
            simulate(spec, world, prompts=asked.prompts)
            results.append(measure(world, out, content_free=asked.content_free))
            print(row(str(seed), results[-1]), flush=True)
    names = shortfalls(results)
    print(f"falls short: {', '.join(names)}" if names else "all targets hold")


if __name__ == "__main__":
    main()
