"""Early signs in what a look has read, with one more question to the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.app.permit_use import permit_use
from revenuer.app.reading import Reading
from revenuer.app.sampled import SampleReading
from revenuer.app.watch.aftermath import Enforced, asker, struck_by
from revenuer.app.watch.tries import (
    refused_and_read,
    refused_rows,
    usually_shaped,
    ways_of_asking,
)
from revenuer.campaigns.early_signs import (
    EVERYBODYS,
    MONTH,
    Draft,
    Told,
    coordinated,
    name_signs,
    permitted,
)
from revenuer.campaigns.judge import Judgement
from revenuer.campaigns.population import Population
from revenuer.campaigns.sign_checks import DAYS, Asked, quality_checks
from revenuer.campaigns.sign_pivots import pivots
from revenuer.campaigns.sign_probes import WEEK_DAYS, Tries, candidates, probe_phases
from revenuer.campaigns.sign_reactions import reactions
from revenuer.campaigns.sign_returns import returns
from revenuer.detectors.same_prompt.detector import long_prompt
from revenuer.features.activity import DAY_BINS, HOURS
from revenuer.features.once import built_once
from revenuer.records import Findings, Sign, SignKind
from revenuer.settings import Release
from revenuer.sources import Logs

MOST_ASKERS = 1_000
"""Accounts from which a prompt is everybody's. placeholder"""
MOST_KEPT = 64
"""Prompts of an account that are looked at as asked again, the most asked. placeholder"""
MOST_REFUSED = 512
"""Refused prompts of an account that are counted. placeholder"""

NEEDS: Mapping[SignKind, tuple[str, ...]] = {
    SignKind.PROBE_PHASE: ("exchanges.prompt", "exchanges.stop_reason"),
    SignKind.QUALITY_CHECK: ("exchanges.prompt",),
    SignKind.RETURN: ("accounts.suspended_at",),
    SignKind.PIVOT: ("exchanges.model",),
}
STAND_INS = {
    "exchanges.prompt": "exchanges.prompt_sketch",
    "exchanges.stop_reason": "exchanges.outcome",
    "accounts.suspended_at": "accounts.closed_at",
}


def blind_signs(present: frozenset[str]) -> tuple[str, ...]:
    """What cannot be looked for in these logs, a sentence each.

    Args:
        present: Columns with at least one value; see `LogTables`.
    """
    lacking = {kind: _lacking(kind, present) for kind in EVERYBODYS}
    return tuple(
        f"{kind}: this log has no {', '.join(names)}" for kind, names in lacking.items() if names
    )


def _lacking(kind: SignKind, present: frozenset[str]) -> list[str]:
    return [one for one in NEEDS[kind] if not present & {one, STAND_INS.get(one)}]


def find_signs(
    logs: Logs,
    reading: Reading,
    judgement: Judgement,
    findings: Findings,
    at: datetime,
    earlier: Sequence[Sign],
    *,
    since: datetime | None = None,
    asked: Callable[[], pl.DataFrame] | None = None,
    enforced: Enforced | None = None,
) -> tuple[Sign, ...]:
    """What this look shows of campaigns to come, beside what the looks before showed.

    Args:
        logs: As the look opened them.
        reading: What it read.
        judgement: How it judged the groups.
        findings: What it found.
        at: Its time.
        earlier: Signs of the look before.
        since: The look before; None for a day ago. The more looks, the less each may raise.
        asked: Gives what `ask_again` does; None to ask now.
        enforced: What was decided about campaigns; None if nothing can have been.

    Returns:
        New ones and those of the looks before, by kind; an earlier one keeps its id.
    """
    seeing = {kind for kind in EVERYBODYS if not _lacking(kind, logs.tables.present)}
    population = reading.observation.population
    permits = logs.engine.fetch(logs.tables.permits)
    named = "models" in permits.columns and permits["models"].null_count() < permits.height
    use = permit_use(logs, population.accounts, permits) if named else None
    look = _Look(
        population,
        judgement,
        permitted(population, permits, at, use),
        at,
        (timedelta(days=1) if since is None else at - since) / MONTH,
    )
    drafts: list[Draft] = []
    if {SignKind.PROBE_PHASE, SignKind.QUALITY_CHECK} & seeing:
        owners = population.accounts.select("account_id", "owner")
        rows = (ask_again(logs) if asked is None else asked()).join(owners, on="account_id")
        if SignKind.PROBE_PHASE in seeing:
            drafts += look.probes(rows, reading.observation.sample)
        if SignKind.QUALITY_CHECK in seeing:
            drafts += look.checks(rows)
    if SignKind.RETURN in seeing:
        drafts += returns(population, at, look.share)
    if SignKind.PIVOT in seeing:
        drafts += look.pivots(reading.observation.context.releases)
    if enforced is not None:
        struck = struck_by(enforced, population, at)
        drafts += reactions(population, struck, asker(logs, population), at, look.share)
    return name_signs(drafts, population, Told(at, earlier, findings.campaigns))


def ask_again(logs: Logs) -> pl.DataFrame:
    """The rows of `asked_again`; nothing where no sign is looked for in them."""
    needed = (SignKind.PROBE_PHASE, SignKind.QUALITY_CHECK)
    if all(_lacking(kind, logs.tables.present) for kind in needed):
        return pl.DataFrame()
    return logs.engine.fetch(asked_again(logs.tables.exchanges))


@built_once
def asked_again(exchanges: ir.Table) -> ir.Table:
    """Refused prompts, and long prompts that come on several days, by account and hour.

    Returns:
        `account_id`, `token` (null for short prompts), `hour` since 1970, `asked`, `refused`,
        `guarded`, and `exchange_id` of a refused one.
    """
    guarded = exchanges.outcome.startswith("guard_").fill_null(False)
    refused = (exchanges.stop_reason == "refusal").fill_null(False) | guarded
    rows = exchanges.select(
        "account_id",
        "exchange_id",
        token=long_prompt(exchanges),
        hour=(exchanges.occurred_at.epoch_seconds() // 3600).cast("int64"),
        guarded=guarded,
        refused=refused,
    )
    long = _hourly(_met_on_days(rows))
    often = (
        long.group_by("token")
        .aggregate(days=(long.hour // HOURS).nunique(), accounts=long.account_id.nunique())
        .filter(lambda row: (row.days >= DAYS) & (row.accounts <= MOST_ASKERS))
    )
    again = long.semi_join(often, "token")
    pairs = again.group_by("account_id", "token").aggregate(asks=again.asked.sum())
    most = ibis.window(group_by=pairs.account_id, order_by=[pairs.asks.desc(), pairs.token])
    pairs = pairs.mutate(place=ibis.row_number().over(most))
    pairs = pairs.filter(pairs.place < MOST_KEPT)
    again = again.semi_join(pairs, ["account_id", "token"])
    stopped = _hourly(_beside_refused(rows))
    stopped = stopped.filter((stopped.refused > 0) | (stopped.guarded > 0))
    first = ibis.window(group_by=stopped.account_id, order_by=[stopped.hour, stopped.token])
    stopped = stopped.mutate(place=ibis.row_number().over(first))
    stopped = stopped.filter(stopped.place < MOST_REFUSED).drop("place")
    return ibis.union(again, stopped, distinct=True)


def _hourly(rows: ir.Table) -> ir.Table:
    """How often each account sent each prompt in each hour."""
    return rows.group_by("account_id", "token", "hour").aggregate(
        asked=rows.count(),
        refused=rows.count(where=rows.refused),
        guarded=rows.count(where=rows.guarded),
        exchange_id=rows.exchange_id.max(where=rows.refused),
    )


def _met_on_days(rows: ir.Table) -> ir.Table:
    """The rows of long prompts that come on more than one day, at least; most do not.

    By numbers, which cost less than texts.
    """
    long = rows.filter(rows.token.notnull()).mutate(key=rows.token.hash(), day=rows.hour // HOURS)
    met = long.group_by("key").aggregate(first=long.day.min(), last=long.day.max())
    return long.semi_join(met.filter(met.last - met.first >= DAYS - 1), "key").drop("key", "day")


def _beside_refused(rows: ir.Table) -> ir.Table:
    """The rows of the hours in which their account was refused; most have none."""
    refused = rows.filter(rows.refused | rows.guarded).select("account_id", "hour").distinct()
    return rows.semi_join(refused, ["account_id", "hour"])


@dataclass(frozen=True, slots=True)
class _Look:
    """What the finders of one look have in common."""

    population: Population
    judgement: Judgement
    excused: NDArray[np.bool_]
    at: datetime
    share: float

    def probes(self, asked: pl.DataFrame, sample: SampleReading) -> list[Draft]:
        """Probe phases among the refused prompts."""
        n, baseline = self.population.n_owners, self.judgement.baseline
        week = int(self.at.timestamp()) // 3600 - WEEK_DAYS * HOURS
        stopped = asked.filter((pl.col("refused") > 0) & (pl.col("hour") >= week))
        read, shaped, methods = refused_and_read(stopped, sample, self.population)
        each = stopped.group_by("owner").agg(
            refused=pl.struct("token").n_unique(),
            hours=pl.col("hour").max() - pl.col("hour").min() + 1,
        )
        owner = each["owner"].to_numpy()
        refused, hours = np.zeros(n, np.int64), np.zeros(n)
        refused[owner], hours[owner] = each["refused"].to_numpy(), each["hours"].to_numpy()
        tries = Tries(
            exchanges=self._since(week),
            refused=refused,
            read=np.bincount(read, minlength=n),
            shaped=np.bincount(read[shaped], minlength=n),
            methods=methods,
            hours=hours,
            usual_shaped=usually_shaped(sample, baseline[self.population.owner]),
        )
        owners, p_values = candidates(tries, baseline, self.excused, self.share)
        rows = refused_rows(stopped.filter(pl.col("owner").is_in(owners.tolist())), sample)
        ways = ways_of_asking(rows, sample, self.population, owners)
        groups = coordinated(self.judgement.groups)
        return probe_phases(tries, owners, p_values, ways, groups, baseline)

    def _since(self, hour: int) -> NDArray[np.int64]:
        """Exchanges of each owner since an hour, by whole bins of days."""
        accounts = self.population.accounts
        bin_h = int(accounts["day_bin_s"].to_numpy().max()) // 3600
        last = int(self.at.timestamp()) // 3600
        bins = {number % DAY_BINS for number in range(hour // bin_h, last // bin_h + 1)}
        made = accounts.select(pl.sum_horizontal(*(f"day_{one}" for one in sorted(bins))))
        weights = made.to_series().to_numpy()
        counts = np.bincount(self.population.owner, weights, minlength=self.population.n_owners)
        return counts.astype(np.int64)

    def pivots(self, releases: Sequence[Release]) -> list[Draft]:
        """Moves to a new model."""
        groups = coordinated(self.judgement.groups)
        return pivots(
            self.population,
            releases,
            groups,
            self.judgement.baseline,
            self.excused,
            self.at,
            self.share,
        )

    def checks(self, asked: pl.DataFrame) -> list[Draft]:
        """Quality checks among the prompts that are asked again."""
        population = self.population
        first = population.accounts["first_at"].min()
        assert isinstance(first, datetime)
        active = population.activity.tocoo()
        hours = pl.DataFrame(
            {
                "owner": active.coords[0].astype(np.int64),
                "hour": active.coords[1].astype(np.int64) + int(first.timestamp()) // 3600,
            }
        )
        return quality_checks(
            population,
            Asked(asked, hours),
            self.judgement.groups,
            self.judgement.baseline,
            self.excused,
            self.share,
        )
