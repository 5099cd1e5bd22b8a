"""A watch of a world, look by look, beside what a scan of every night would have convicted."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from peers.logs import accounts_as_of
from revenuer.app.opening import Beside
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.app.watch import look as looking
from revenuer.app.watch.asked import Asked
from revenuer.app.watch.watching import Told, watch
from revenuer.campaigns.cases import make_cases
from revenuer.campaigns.judge import Judgement
from revenuer.campaigns.population import Population
from revenuer.campaigns.sequential import Followed, Look
from revenuer.config_file import load_settings
from revenuer.records import Campaign, Verdict
from revenuer.settings import Settings

Members = frozenset[str]


@dataclass(frozen=True, slots=True)
class Night:
    """One look.

    Attributes:
        at: Its time: exchanges before it are known.
        watch: The accounts of each campaign that the watch has convicted.
        scan: Of each that this look's judgement convicts by itself, as a scan does.
        abstains: Whether the judgement convicts nobody, whatever it finds.
    """

    at: datetime
    watch: tuple[Members, ...]
    scan: tuple[Members, ...]
    abstains: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch that came to its end.

    Attributes:
        nights: Its looks, in order.
        seconds: On the clock.
        cpu_s: Of the processor.
    """

    nights: tuple[Night, ...]
    seconds: float
    cpu_s: float


def settings_of(world: Path, *, look_hours: int = 24) -> Settings:
    """A world's settings: what its provider knows of its models."""
    asked = {"watch.look_hours": look_hours}
    path = world / "releases.toml"
    return load_settings(path, environment={}, folder=world, overrides=asked).settings


def watch_world(
    world: Path, work: Path, *, look_hours: int = 24, most_nights: int | None = None
) -> Watched:
    """Watch a world to its end, or for some nights, in this process.

    Each look sees the accounts table as it stood then: suspensions and accounts that came later
    are put into the file between looks, as an operator's own export would.
    """
    settings, nights = settings_of(world, look_hours=look_hours), []
    accounts, table = pl.read_parquet(world / "accounts.parquet"), work / "accounts.parquet"
    step = timedelta(hours=look_hours)
    first = pl.scan_parquet(world / "exchanges").select(pl.col("occurred_at").min())
    work.mkdir(parents=True)
    # The first look is made at the first full hour, and then every step.
    accounts_as_of(accounts, first.collect().item() + step).write_parquet(table)
    asked = Asked(
        places=[str(world / "exchanges")],
        state=work / "state",
        out=work / "out",
        beside=Beside(accounts=str(table), permits=str(world / "permits.parquet")),
        settings=settings,
        until_end=True,
    )
    begun, busy = time.perf_counter(), time.process_time()
    with judged_alone(world, settings) as alone:

        def tell(told: Told) -> None:
            scanned, abstains = alone[told.due.at]
            found = convicted(told.findings.campaigns)
            nights.append(Night(told.due.at, found, scanned, abstains))
            accounts_as_of(accounts, told.due.at + step).write_parquet(table)

        watch(
            asked,
            environment={},
            progress=Silent(),
            tell=tell,
            stopped=lambda: len(nights) == most_nights,
        )
    shutil.rmtree(work / "state")
    seconds, cpu_s = time.perf_counter() - begun, time.process_time() - busy
    return Watched(tuple(nights), seconds, cpu_s)


def convicted(campaigns: tuple[Campaign, ...]) -> tuple[Members, ...]:
    """The accounts of each convicted campaign."""
    return tuple(
        frozenset(one.account_ids) for one in campaigns if one.verdict is Verdict.CONVICTED
    )


@contextmanager
def judged_alone(
    world: Path, settings: Settings
) -> Iterator[dict[datetime, tuple[tuple[Members, ...], bool]]]:
    """What the judgement of each look says before it is taken to those of earlier looks.

    A look and a scan of the same exchanges judge them by the same functions, so this is what a
    scan of each night convicts, without the cost of scanning again. `scan_whole` holds the last
    one against a real scan.
    """
    permits = pl.read_parquet(world / "permits.parquet").with_row_index("permit")
    found: dict[datetime, tuple[tuple[Members, ...], bool]] = {}
    follow = looking.follow

    def noted(
        before: Followed, judgement: Judgement, population: Population, look: Look
    ) -> tuple[Followed, Judgement]:
        cases = make_cases(judgement, population, permits, settings.judge)
        names = population.accounts["account_id"]
        sets = tuple(
            frozenset(names.gather(population.accounts_of(one.group.members)).to_list())
            for one in cases
            if one.verdict is Verdict.CONVICTED
        )
        found[look.at] = (sets, bool(judgement.abstains))
        return follow(before, judgement, population, look)

    looking.follow = noted
    try:
        yield found
    finally:
        looking.follow = follow


def scan_whole(world: Path, out: Path) -> tuple[Members, ...]:
    """What a scan of the whole world convicts."""
    outcome = scan(
        [str(world / "exchanges")],
        accounts=str(world / "accounts.parquet"),
        permits=str(world / "permits.parquet"),
        out=out,
        settings=settings_of(world),
        progress=Silent(),
    )
    return convicted(outcome.findings.campaigns)


def shared(found: Members, others: tuple[Members, ...]) -> bool:
    """Whether one of the others is half the same set of accounts, or more."""
    return any(2 * len(found & one) >= len(found | one) for one in others)
