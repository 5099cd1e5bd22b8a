"""`baseline`: what is ordinary here, kept for later scans, and whether it still is."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np

from revenuer.app.progress import Progress, Silent
from revenuer.app.reading import Reading, digest_of, read_logs
from revenuer.app.traffic import traffic_of
from revenuer.campaigns.calibration import Check, failing
from revenuer.campaigns.drift import Traffic, check_days, check_statistics, check_traffic
from revenuer.campaigns.judge import Judgement, judge, with_checks
from revenuer.campaigns.population import Population
from revenuer.campaigns.reference import Kept, KeptCohort
from revenuer.campaigns.rewiring import Rewired, check_rewired, judge_rewired
from revenuer.errors import NotFoundError, SourceError
from revenuer.settings import JudgeSettings, Settings
from revenuer.sources import Logs

SCHEMA = "revenuer/baseline/1"
REWIRED_WORLDS = 20
"""Rewired worlds that `fit` judges: with none of them convicting, 17 % at most do (95 %)."""
LARGEST = 1e12
"""Statistics beyond it are kept as it: JSON has no infinity."""

Open = Callable[[Path], Logs]
"""Opens the logs with a folder to work in."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What `fit` writes: numbers about ordinary accounts, and nobody's name.

    Attributes:
        schema: `SCHEMA`.
        id: The same numbers, the same id.
        first: Time of the first exchange it was made from.
        last: Time of the last.
        exchanges: How many.
        detector_versions: Of the detectors whose statistics are kept.
        judge_sha256: Digest of the settings it was judged with.
        coarse: Prompts were read from sketches, or as coarsely.
        reference: Ordinary accounts' statistics, by cohort.
        traffic: Models, clients and days.
        rewired: How worlds fared in which nobody coordinates.
        checks: What was checked when it was made.
    """

    schema: str
    id: str
    first: datetime
    last: datetime
    exchanges: int
    detector_versions: dict[str, int]
    judge_sha256: str
    coarse: bool
    reference: dict[str, KeptCohort]
    traffic: Traffic
    rewired: Rewired
    checks: tuple[Check, ...]


def fit_baseline(
    open_in: Open,
    *,
    out: Path,
    settings: Settings | None = None,
    content_free: bool = False,
    worlds: int = REWIRED_WORLDS,
    progress: Progress | None = None,
) -> Baseline:
    """Keep what is ordinary in some logs.

    Args:
        open_in: Opens the logs.
        out: File to write.
        settings: None for the defaults.
        content_free: Look at no text, as the scans that it is for.
        worlds: Rewired worlds to judge; 0 leaves that check out.
        progress: Told how far the work is.
    """
    settings, progress = settings or Settings(), progress or Silent()
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work, open_in(Path(work)) as logs:
        reading = read_logs(logs, settings, progress, content_free=content_free)
        traffic = traffic_of(logs, reading)
    population = reading.observation.population
    with progress.stage("campaigns: grouping and judging", None):
        judgement = judge(population, settings.judge, seed=settings.seed)
    drawn = []
    with progress.stage("worlds with their links dealt out anew", worlds) as advance:
        for world in range(worlds):
            drawn.append(
                judge_rewired(
                    population, judgement, settings.judge, world=world, seed=settings.seed
                )
            )
            advance(1)
    rewired = Rewired(tuple(worst for worst, _ in drawn), sum(passed for _, passed in drawn))
    baseline = _baseline(reading, judgement, traffic, rewired, settings)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(msgspec.json.encode(baseline))
    return baseline


def _baseline(
    reading: Reading, judgement: Judgement, traffic: Traffic, rewired: Rewired, settings: Settings
) -> Baseline:
    reference = keep_reference(reading.observation.population, judgement)
    own = (*judgement.checks, check_rewired(rewired, settings.judge), check_days(traffic))
    return Baseline(
        schema=SCHEMA,
        id=f"baseline-{digest_of((reference, traffic))[:16]}",
        first=reading.span.first,
        last=reading.span.last,
        exchanges=reading.span.exchanges,
        detector_versions=reading.versions,
        judge_sha256=digest_of(settings.judge),
        coarse=reading.observation.sample.prompts.coarse,
        reference=reference,
        traffic=traffic,
        rewired=rewired,
        checks=own,
    )


def keep_reference(population: Population, judgement: Judgement) -> dict[str, KeptCohort]:
    """The ordinary accounts' statistics, everyone's and each large cohort's."""
    return {
        pool.name: KeptCohort(
            accounts=int(pool.of.sum()),
            ordinary=int(pool.baseline.sum()),
            contamination=pool.contamination,
            statistics={
                axis.value: {
                    detector: Kept.of(np.clip(values[pool.baseline], -LARGEST, LARGEST))
                    for detector, values in zip(shown.detectors, shown.values.T, strict=True)
                    # It is made of ranks, which are made anew each time.
                    if detector != "composite"
                }
                for axis, shown in judgement.evidence.items()
            },
        )
        for pool in judgement.pools
    }


@dataclass(frozen=True, slots=True)
class Held:
    """A log held against a baseline.

    Attributes:
        baseline: What was ordinary.
        checks: Whether it still is.
    """

    baseline: Baseline
    checks: tuple[Check, ...]


def hold_against(baseline: Baseline, logs: Logs, reading: Reading, settings: Settings) -> Held:
    """Compare a log's traffic with the baseline's; statistics follow with the judgement."""
    return Held(
        baseline,
        (
            _check_fit(baseline),
            _check_program(baseline, reading, settings.judge),
            *check_traffic(baseline.traffic, traffic_of(logs, reading)),
        ),
    )


def _check_fit(baseline: Baseline) -> Check:
    """Whether the baseline held when it was made."""
    wrong = failing(baseline.checks)
    if not wrong:
        return Check("fit", True, f"{baseline.id} held when it was fitted")
    said = "; ".join(f"{check.name}: {check.said}" for check in wrong)
    return Check(
        "fit", False, f"{baseline.id} did not hold when it was fitted: {said}", "fit another"
    )


def judge_with(held: Held | None, population: Population, settings: Settings) -> Judgement:
    """Judge a population, against an earlier baseline where there is one."""
    if held is None:
        return judge(population, settings.judge, seed=settings.seed)
    then = held.baseline.reference
    judgement = judge(
        population, settings.judge, seed=settings.seed, reference=then, checks=held.checks
    )
    moved = check_statistics(then, keep_reference(population, judgement))
    return with_checks(judgement, (moved,))


def _check_program(baseline: Baseline, reading: Reading, settings: JudgeSettings) -> Check:
    """Whether the baseline's numbers were made as this log's are."""
    versions = baseline.detector_versions
    changed = sorted(name for name, n in reading.versions.items() if versions.get(name) != n)
    differs = []
    if changed:
        differs.append(f"detectors that changed: {', '.join(changed)}")
    if digest_of(settings) != baseline.judge_sha256:
        differs.append("the [judge] settings")
    if reading.observation.sample.prompts.coarse is not baseline.coarse:
        differs.append("one was read from text and the other from sketches")
    if not differs:
        return Check("program", True, "detectors and settings are those of the baseline")
    return Check("program", False, f"since the fit differ: {'; '.join(differs)}", "fit it again")


def check_against(
    path: Path,
    open_in: Open,
    *,
    settings: Settings | None = None,
    content_free: bool = False,
    progress: Progress | None = None,
) -> tuple[Check, ...]:
    """Say whether logs may be judged by a baseline.

    Args:
        path: What `fit` wrote.
        open_in: Opens the logs.
        settings: None for the defaults.
        content_free: Look at no text.
        progress: Told how far the work is.
    """
    settings, progress = settings or Settings(), progress or Silent()
    baseline = read_baseline(path)
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work, open_in(Path(work)) as logs:
        reading = read_logs(logs, settings, progress, content_free=content_free)
        held = hold_against(baseline, logs, reading, settings)
    with progress.stage("campaigns: grouping and judging", None):
        return judge_with(held, reading.observation.population, settings).checks


def read_baseline(path: Path) -> Baseline:
    """What `fit` wrote.

    Raises:
        NotFoundError: There is no such file.
        SourceError: It is something else.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no baseline {path}.", "Make one: revenuer baseline fit.")
    try:
        baseline = msgspec.json.decode(path.read_bytes(), type=Baseline)
    except (msgspec.MsgspecError, UnicodeDecodeError) as problem:
        raise SourceError(
            f"{path} is not a baseline: {problem}", "Make one: revenuer baseline fit."
        ) from problem
    if baseline.schema != SCHEMA:
        raise SourceError(
            f"{path} has the schema {baseline.schema!r}, not {SCHEMA!r}.",
            "Make one with this version: revenuer baseline fit.",
        )
    return baseline
