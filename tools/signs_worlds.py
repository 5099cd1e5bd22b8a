"""Worlds for early signs: simulated ones, with fixed prompts and a guard's actions added.

Simulated worlds have no guard and nobody in them looks for degraded answers, so both are planted
here: rows of the world are copied, with another prompt at another time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

HOUR = 3600.0
DAY = 24 * HOUR
GUARD = "guard_throttle"

CHECKS = tuple(
    f"Reference item {number}: which two laws must a bridge of type {number} obey?"
    for number in range(5)
)
"""What a campaign asks to see whether its answers degrade."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One exchange to add: whose, what and when, seconds after the world begins."""

    account_id: str
    prompt: str
    at_s: float


def plant(world: Path, asks: list[Ask], guarded: dict[str, list[float]]) -> None:
    """Add exchanges to a world, and let the guard act on some of those that are there.

    Args:
        world: Folder of a simulated world; its files are written anew.
        asks: Exchanges to add; each is a copy of one of the account's own.
        guarded: For each account hours after the beginning in which the guard acts on what it
            sends, if it sends anything.
    """
    files = sorted((world / "exchanges").glob("*.parquet"))
    frames = {file: pl.read_parquet(file) for file in files}
    start = min(frame["occurred_at"].min() for frame in frames.values())  # type: ignore[type-var]
    everything = pl.concat(frames.values())
    own = everything.unique("account_id", keep="first", maintain_order=True)
    wanted = pl.DataFrame(
        [(one.account_id, one.prompt, one.at_s, number) for number, one in enumerate(asks)],
        schema=["account_id", "prompt", "at_s", "number"],
        orient="row",
    )
    new = own.drop("prompt").join(wanted, on="account_id").with_columns(
        exchange_id=pl.format("planted_{}", "number"),
        request_id=pl.format("planted_{}", "number"),
        session_id=pl.format("planted_{}", "number"),
        task_id=pl.format("planted_{}", "number"),
        occurred_at=pl.lit(start) + pl.duration(microseconds=(pl.col("at_s") * 1e6).cast(pl.Int64)),
    )  # fmt: skip
    stops = pl.DataFrame(
        [(account, int(hour)) for account, hours in guarded.items() for hour in hours],
        schema={"account_id": pl.String, "hour": pl.Int64},
        orient="row",
    ).unique()
    hour = ((pl.col("occurred_at") - pl.lit(start)).dt.total_seconds() // 3600).alias("hour")
    day = pl.col("occurred_at").dt.date()
    for file, frame in frames.items():
        days = frame["occurred_at"].dt.date().unique().to_list()
        mine = new.filter(day.is_in(days)).select(frame.columns).cast(dict(frame.schema))
        hit = frame.with_columns(hour).join(stops, on=["account_id", "hour"], how="semi")
        acted = pl.col("exchange_id").is_in(hit["exchange_id"].implode())
        changed = frame.with_columns(
            outcome=pl.when(acted).then(pl.lit(GUARD)).otherwise("outcome")
        )
        pl.concat([changed, mine]).sort("occurred_at").write_parquet(file)


def checks_of(
    accounts: list[str], days: int, random: np.random.Generator
) -> tuple[list[Ask], dict[str, list[float]]]:
    """What a campaign does that looks at its answers: after the guard, and every few days."""
    asks: list[Ask] = []
    times = np.sort(random.uniform(3 * DAY, days * DAY, max(days // 2, 1)))
    guarded: dict[str, list[float]] = {}
    for at in times.tolist():
        hit = random.choice(accounts, max(2, len(accounts) // 3), replace=False).tolist()
        for account in hit:
            guarded.setdefault(account, []).append(at // HOUR)
        for account in random.choice(hit, 2).tolist():
            later = at + float(random.uniform(0.5, 4)) * HOUR
            asks += [Ask(account, text, later + 20 * n) for n, text in enumerate(CHECKS)]
    return asks, guarded


def innocent_repeats(
    accounts: list[str], days: int, random: np.random.Generator
) -> tuple[list[Ask], dict[str, list[float]]]:
    """Innocents who repeat a prompt, and on whom the guard acts now and then.

    A health check every hour, one every day at a time of its own, a build that asks three prompts
    some times a day, a canned prompt that twenty accounts send daily, and one that is sent again a
    minute after the guard stopped it.
    """
    chosen = random.choice(accounts, 60, replace=False).tolist()
    asks: list[Ask] = []
    for number, account in enumerate(chosen[:30]):
        asks += list(_by_the_clock(number, account, days, random))
    for account in chosen[30:50]:
        text = (
            "Good morning. Please write the daily summary for the team in five short bullet points."
        )
        at = random.uniform(0, DAY)
        asks += [Ask(account, text, day * DAY + at) for day in range(days)]
    guarded = {
        account: np.unique(random.integers(0, 24 * days, 2 * days)).astype(float).tolist()
        for account in chosen
    }
    for account in chosen[50:]:
        text = f"Please review the attached quarterly contract of customer {account} for gaps."
        asks += [Ask(account, text, (hour + 0.5) * HOUR) for hour in guarded[account][::3]]
        asks += [Ask(account, text, (hour + 0.52) * HOUR) for hour in guarded[account][::3]]
    return [one for one in asks if one.at_s < days * DAY], guarded


def _by_the_clock(
    number: int, account: str, days: int, random: np.random.Generator
) -> Iterator[Ask]:
    text = f"Health check of service {account}: answer with the single word OK and nothing else."
    if number % 3 == 0:
        for hour in range(24 * days):
            yield Ask(account, text, hour * HOUR + 30)
    elif number % 3 == 1:
        at = float(random.uniform(0, DAY))
        for day in range(days):
            yield Ask(account, text, day * DAY + at)
    else:
        for at in np.sort(random.uniform(0, days * DAY, 3 * days)).tolist():
            for item in range(3):
                yield Ask(
                    account, f"Build test {item} of {account}: explain the failure.", at + item
                )
