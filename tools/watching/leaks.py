"""What a campaign took before a method named it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from measure_worlds import is_found
from peers.alarms import Alarm
from peers.logs import Logs, Planted


@dataclass(frozen=True, slots=True)
class Naming:
    """What a method named, and when.

    Attributes:
        at: The time of an answer: exchanges before it were known.
        alarms: The accounts that it names together.
    """

    at: datetime
    alarms: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Leaked:
    """What one campaign took before one method named it.

    Attributes:
        scenario: The campaign's.
        exchanges: Its own, in all.
        until_convicted: Share before one alarm had half of its accounts that were there, and
            nine tenths guilty; 1 if that never was.
        by_account: Share before its account was named, in whatever company.
    """

    scenario: str
    exchanges: int
    until_convicted: float
    by_account: float


def leaks(logs: Logs, namings: Sequence[Naming]) -> list[Leaked]:
    """For every decidable campaign of a world.

    Args:
        logs: The world and its truth.
        namings: In the order of their times.
    """
    first: dict[str, datetime] = {}
    for one in namings:
        for account in frozenset().union(*one.alarms):
            first.setdefault(account, one.at)
    own = logs.own.join(logs.exchanges.select("exchange_id", "occurred_at"), on="exchange_id")
    return [
        _leaked(one, own.filter(pl.col("campaign") == one.id), namings, first, set(logs.guilty))
        for one in logs.planted
        if one.decidable
    ]


def _leaked(
    planted: Planted,
    own: pl.DataFrame,
    namings: Sequence[Naming],
    first: dict[str, datetime],
    guilty: set[str],
) -> Leaked:
    began = dict(own.group_by("account_id").agg(pl.col("occurred_at").min()).iter_rows())
    at = next((one.at for one in namings if _has(one, began, guilty)), None)
    before = 1.0 if at is None else float((own["occurred_at"] < at).mean() or 0.0)
    named = pl.DataFrame(
        {"account_id": list(first), "named": list(first.values())},
        schema={"account_id": pl.String, "named": own.schema["occurred_at"]},
    )
    stopped = own.join(named, "account_id", how="left")["named"]
    passed = (own.join(named, "account_id", how="left")["occurred_at"] < stopped).fill_null(True)
    return Leaked(planted.scenario, own.height, before, float(passed.mean() or 0.0))


def _has(naming: Naming, began: dict[str, datetime], guilty: set[str]) -> bool:
    """Whether one alarm has half of the accounts that a campaign has used until then."""
    there = {account for account, at in began.items() if at < naming.at}
    alarms = [Alarm(one) for one in naming.alarms]
    return bool(there) and is_found(there, alarms, guilty)


def innocents_named(logs: Logs, namings: Sequence[Naming]) -> dict[str, int]:
    """Innocent accounts that were named at any time, by cohort."""
    named = frozenset().union(*(alarm for one in namings for alarm in one.alarms))
    counts: dict[str, int] = {}
    for account in named - logs.guilty:
        counts[logs.cohort[account]] = counts.get(logs.cohort[account], 0) + 1
    return counts
