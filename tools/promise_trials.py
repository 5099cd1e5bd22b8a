"""One world judged at several error rates, and held against its truth."""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from promise_liars import lies
from promise_worlds import Trial, build_baseline_world, build_world
from revenuer.app.baseline import fit_baseline, hold_against, judge_with, read_baseline
from revenuer.app.progress import Silent
from revenuer.app.reading import Reading, read_logs
from revenuer.app.sharing.intel import listen
from revenuer.campaigns.calibration import failing
from revenuer.campaigns.cases import Case, make_cases
from revenuer.campaigns.judge import Judged, Judgement, select
from revenuer.campaigns.population import Population
from revenuer.config_file import load_settings
from revenuer.records import Axis, Verdict
from revenuer.settings import Settings
from revenuer.sources import Logs, open_logs

RATES = (0.01, 0.05, 0.2)
"""What `--fdr` is set to; the groups are the same."""
MAIN_RATE = 0.05
PURE_SHARE = 0.9
"""Share of a conviction that must be guilty for it to have found a campaign."""


@dataclass(frozen=True, slots=True)
class Convictions:
    """What one error rate convicts in one world.

    Attributes:
        convictions: How many.
        innocent: Of them, those of whose accounts fewer than half are guilty.
        innocent_accounts: Innocent accounts in any of them.
        found: Campaigns half of whose accounts are in one conviction that is nine tenths guilty.
    """

    convictions: int
    innocent: int
    innocent_accounts: int
    found: int

    @property
    def share(self) -> float:
        """Share of the convictions that are innocent; 0 where nobody is convicted."""
        return self.innocent / max(self.convictions, 1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one world came out.

    Attributes:
        kind, number, shift: The trial.
        accounts, guilty: How many were active.
        guilty_new: Largest share of guilty accounts in a cohort of new sign-ups.
        campaigns: Hidden ones that traffic can decide.
        groups: Hypotheses, at all resolutions.
        failing: Names of the checks that stop convictions.
        convicted: By error rate, as a scan does it.
        unchecked: The same as if no check had failed.
        nearest: The highest log e-value of a group of whose accounts fewer than half are guilty,
            nats; explanations are not weighed in it.
        wrong: What is known of each innocent conviction at `MAIN_RATE`, checks left out.
        seconds: Building it left out.
    """

    kind: str
    number: int
    shift: str | None
    accounts: int
    guilty: int
    guilty_new: float
    campaigns: int
    groups: int
    failing: list[str]
    convicted: dict[str, Convictions]
    unchecked: dict[str, Convictions]
    nearest: float
    wrong: list[dict[str, Any]]
    seconds: float

    @classmethod
    def read(cls, line: str) -> Outcome:
        """From a line that `line` wrote."""
        raw = json.loads(line)
        for name in ("convicted", "unchecked"):
            raw[name] = {rate: Convictions(**one) for rate, one in raw[name].items()}
        return cls(**raw)

    def line(self) -> str:
        """As JSON, without a line feed."""
        return json.dumps(asdict(self))


def run_trial(
    trial: Trial, kept: Path, prompts: Path | None = None, settings: Settings | None = None
) -> Outcome:
    """Build a world, judge it, and hold the verdicts against its truth.

    Args:
        trial: Which world.
        kept: Folder of baselines, made where they are missing.
        prompts: A folder of prompt sets.
        settings: None for the defaults.
    """
    with tempfile.TemporaryDirectory(prefix="promise-") as folder:
        world = Path(folder, "world")
        build_world(trial, world, prompts)
        started = time.monotonic()
        settings = settings or Settings()
        settings = replace(_settings_of(world), judge=settings.judge, seed=settings.seed)
        baseline = None
        if trial.baseline is not None:
            baseline = a_baseline(trial.baseline, kept, prompts, settings)
        with _open(world, Path(folder)) as logs:
            if trial.liars:
                said = lies(world, trial.liars, trial.random(1))
                logs.tables = listen(logs, said)
            reading = read_logs(logs, settings, Silent())
            stored = None if baseline is None else read_baseline(baseline)
            held = None if stored is None else hold_against(stored, logs, reading, settings)
            judgement = judge_with(held, reading.observation.population, settings)
            permits = logs.engine.fetch(logs.tables.permits).with_row_index("permit")
        truth = Truth.of(world, reading)
        return weigh(trial, reading, judgement, permits, truth, settings, started)


def a_baseline(number: int, kept: Path, prompts: Path | None, settings: Settings) -> Path:
    """The file of a fitted baseline."""
    path = kept / f"baseline-{number}.json"
    if path.exists():
        return path
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="promise-") as folder:
        world, made = Path(folder, "world"), Path(folder, "baseline.json")
        build_baseline_world(number, world, prompts)
        fit_baseline(lambda work: _open(world, work), out=made, settings=settings, worlds=0)
        # Whoever is second writes the same bytes.
        partial = kept / f"{Path(folder).name}.partial"
        partial.write_bytes(made.read_bytes())
        partial.replace(path)
    return path


def _settings_of(world: Path) -> Settings:
    return load_settings(
        world / "releases.toml", environment={}, folder=world, overrides={}
    ).settings


def _open(world: Path, folder: Path) -> Logs:
    work = folder / "work"
    work.mkdir(exist_ok=True)
    return open_logs(
        [str(world / "exchanges")],
        accounts=str(world / "accounts.parquet"),
        permits=str(world / "permits.parquet"),
        workdir=work,
    )


@dataclass(frozen=True)
class Truth:
    """What is true of the accounts of a log, in its order.

    Attributes:
        cohort, guilty: Of each account. Shape (n_accounts,).
        campaigns: Positions of the accounts of each campaign that traffic can decide.
    """

    cohort: NDArray[np.str_]
    guilty: NDArray[np.bool_]
    campaigns: tuple[NDArray[np.int64], ...]

    @classmethod
    def of(cls, world: Path, reading: Reading) -> Truth:
        """Read it from a world's folder."""
        accounts = reading.observation.population.accounts.select("account_id")
        truth = accounts.join(
            pl.read_parquet(world / "truth" / "accounts.parquet"),
            on="account_id",
            how="left",
            maintain_order="left",
        )
        ids = accounts["account_id"]
        campaigns = tuple(
            np.flatnonzero(ids.is_in(one["account_ids"]).to_numpy())
            for one in json.loads((world / "truth" / "campaigns.json").read_text("utf-8"))
            if one["decidable"]
        )
        return cls(
            truth["cohort"].fill_null("unknown").to_numpy().astype(str),
            truth["guilty"].fill_null(False).to_numpy(),
            campaigns,
        )


def weigh(
    trial: Trial,
    reading: Reading,
    judgement: Judgement,
    permits: pl.DataFrame,
    truth: Truth,
    settings: Settings,
    started: float,
) -> Outcome:
    """Convict at every error rate, with and without the checks."""
    population = reading.observation.population
    stopped = [check.name for check in failing(judgement.checks)]
    unchecked, wrong = {}, []
    for rate in RATES:
        cases = convictions_at(rate, judgement, population, permits, settings)
        members = [population.accounts_of(case.group.members) for case in cases]
        unchecked[str(rate)] = count(members, truth)
        if rate == MAIN_RATE:
            wrong = [
                describe(case, accounts, truth)
                for case, accounts in zip(cases, members, strict=True)
                if not truth.guilty[accounts].mean() >= 0.5
            ]
    nobody = {rate: Convictions(0, 0, 0, 0) for rate in unchecked}
    cohorts = population.cohorts
    return Outcome(
        kind=trial.kind,
        number=trial.number,
        shift=trial.shift,
        accounts=int(truth.guilty.size),
        guilty=int(truth.guilty.sum()),
        guilty_new=max(
            (
                float(truth.guilty[cohorts.of == place].mean())
                for place in np.flatnonzero(cohorts.new)
                if (cohorts.of == place).sum() >= settings.judge.smallest_cohort
            ),
            default=0.0,
        ),
        campaigns=len(truth.campaigns),
        groups=len(judgement.groups),
        failing=stopped,
        convicted=nobody if stopped else unchecked,
        unchecked=unchecked,
        nearest=nearest_innocent(judgement.groups, truth, population),
        wrong=wrong,
        seconds=round(time.monotonic() - started, 2),
    )


def nearest_innocent(groups: Iterable[Judged], truth: Truth, population: Population) -> float:
    """The highest log e-value of a group that is mostly innocent, nats; 0 without one."""
    return max(
        (
            round(group.log_e_value, 2)
            for group in groups
            if truth.guilty[population.accounts_of(group.members)].mean() < 0.5
        ),
        default=0.0,
    )


def convictions_at(
    rate: float,
    judgement: Judgement,
    population: Population,
    permits: pl.DataFrame,
    settings: Settings,
) -> list[Case]:
    """The cases that are convicted at an error rate, whatever the checks say."""
    groups = [
        replace(group, passes=bool(passed))
        for group, passed in zip(judgement.groups, select(judgement.groups, rate), strict=True)
    ]
    cases = make_cases(replace(judgement, groups=groups), population, permits, settings.judge)
    return [case for case in cases if case.verdict is Verdict.CONVICTED]


def count(convicted: list[NDArray[np.int64]], truth: Truth) -> Convictions:
    """Hold convictions, each as its accounts' positions, against the truth."""
    shares = [float(truth.guilty[accounts].mean()) for accounts in convicted]
    return Convictions(
        convictions=len(convicted),
        innocent=sum(share < 0.5 for share in shares),
        innocent_accounts=sum(int((~truth.guilty[accounts]).sum()) for accounts in convicted),
        found=sum(
            is_found(campaign, convicted, shares) for campaign in truth.campaigns if campaign.size
        ),
    )


def is_found(
    campaign: NDArray[np.int64], convicted: Iterable[NDArray[np.int64]], shares: Iterable[float]
) -> bool:
    """Whether one conviction that is nine tenths guilty holds half of a campaign."""
    return any(
        2 * np.isin(campaign, accounts).sum() >= campaign.size and share >= PURE_SHARE
        for accounts, share in zip(convicted, shares, strict=True)
    )


def describe(case: Case, accounts: NDArray[np.int64], truth: Truth) -> dict[str, Any]:
    """An innocent conviction, for whoever looks for its cause."""
    group = case.group
    return {
        "accounts": int(accounts.size),
        "who": dict(Counter(truth.cohort[accounts].tolist())),
        "axes": {axis.value: round(group.axes[axis], 2) for axis in Axis},
        "parts": {
            axis.value: {name: round(nats, 2) for name, nats in parts.items() if nats > 1}
            for axis, parts in group.parts.items()
        },
        "resolution": group.resolution,
    }
