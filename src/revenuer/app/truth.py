"""What a scan said of a simulated world, held against what is true of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from revenuer.records import Campaign, Findings, Verdict

ORDINARY = "ordinary"
"""The cohort of those who look like nobody in particular."""


@dataclass(frozen=True, slots=True)
class HeldAgainstTruth:
    """Whether the verdicts on a simulated world were right.

    Attributes:
        campaigns: Hidden campaigns that the traffic gives away.
        convicted: Of them, those with half of their accounts in one conviction.
        undecidable: Hidden campaigns that no log can tell.
        undecidable_convicted: Of them, those convicted all the same.
        lookalikes: Cohorts of innocents that look like a campaign.
        lookalikes_convicted: Names of those with half of their accounts in one conviction.
        accounts: Accounts in convictions.
        innocents: Of them, the innocent.
    """

    campaigns: int
    convicted: int
    undecidable: int
    undecidable_convicted: int
    lookalikes: int
    lookalikes_convicted: tuple[str, ...]
    accounts: int
    innocents: int


def hold_against_truth(findings: Findings, truth: Path) -> HeldAgainstTruth:
    """Compare a scan's verdicts with a world's truth.

    Args:
        findings: What the scan said.
        truth: The world's `truth` folder.
    """
    hidden = json.loads((truth / "campaigns.json").read_text(encoding="utf-8"))
    told = {True: [0, 0], False: [0, 0]}
    for record in hidden:
        counts = told[record["decidable"]]
        counts[0] += 1
        counts[1] += is_convicted(record["account_ids"], findings.campaigns)
    people = pl.read_parquet(truth / "accounts.parquet")
    cohorts = dict(
        people.filter(~pl.col("guilty") & (pl.col("cohort") != ORDINARY))
        .group_by("cohort")
        .agg("account_id")
        .sort("cohort")
        .iter_rows()
    )
    guilty = set(people.filter("guilty")["account_id"])
    accounts = {
        one for campaign in _convictions(findings.campaigns) for one in campaign.account_ids
    }
    return HeldAgainstTruth(
        campaigns=told[True][0],
        convicted=told[True][1],
        undecidable=told[False][0],
        undecidable_convicted=told[False][1],
        lookalikes=len(cohorts),
        lookalikes_convicted=tuple(
            name for name, ids in cohorts.items() if is_convicted(ids, findings.campaigns)
        ),
        accounts=len(accounts),
        innocents=len(accounts - guilty),
    )


def is_convicted(account_ids: Iterable[str], campaigns: Iterable[Campaign]) -> bool:
    """Whether one conviction holds at least half of these accounts."""
    mine = set(account_ids)
    return any(2 * len(mine & set(one.account_ids)) >= len(mine) for one in _convictions(campaigns))


def convicted_accounts(campaigns: Iterable[Campaign]) -> set[str]:
    """The accounts in convictions."""
    return set[str]().union(*(one.account_ids for one in _convictions(campaigns)))


def _convictions(campaigns: Iterable[Campaign]) -> list[Campaign]:
    return [one for one in campaigns if one.verdict is Verdict.CONVICTED]
