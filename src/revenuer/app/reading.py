"""From opened logs to everything that grouping and judging need."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from revenuer.app.observe import Observation, observe
from revenuer.app.policy import within_policy
from revenuer.app.progress import Progress
from revenuer.detector import Context, Detector
from revenuer.detectors import load_detectors
from revenuer.detectors.release_pivot.sightings import first_sightings, inferred_releases
from revenuer.settings import Settings
from revenuer.sources import Logs


@dataclass(frozen=True, slots=True)
class Span:
    """What the logs span."""

    exchanges: int
    tasks: int
    first: datetime
    last: datetime

    @property
    def days(self) -> float:
        """Length in days, an hour at least."""
        return max((self.last - self.first) / timedelta(days=1), 1 / 24)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of some logs.

    Attributes:
        span: How much, and from when to when.
        observation: Accounts, their statistics and what they share.
        detectors: What looked at them.
    """

    span: Span
    observation: Observation
    detectors: tuple[Detector, ...]

    @property
    def versions(self) -> dict[str, int]:
        """The detectors' versions, by id."""
        return {detector.card.id: detector.card.version for detector in self.detectors}


def read_logs(
    logs: Logs,
    settings: Settings,
    progress: Progress,
    *,
    content_free: bool = False,
    aside: bool = False,
) -> Reading:
    """Look at logs as far as their policies allow.

    Args:
        logs: Opened; left with the tables that may be looked at.
        settings: What to sample, and whose text may be read.
        progress: Told how far the work is.
        content_free: Look at no text.
        aside: As for `observe`.
    """
    sight = within_policy(logs.tables, logs.engine, settings.data_policy, content_free=content_free)
    logs.tables = sight.tables
    detectors = load_detectors()
    span = span_of(logs)
    sightings = logs.engine.fetch(first_sightings(logs.tables.exchanges))
    context = Context(
        releases=settings.releases or inferred_releases(sightings),
        plan_tokens_per_day=settings.plan_tokens_per_day,
        window_days=span.days,
    )
    seen = observe(logs, detectors, context, settings, progress, aside=aside)
    return Reading(span, replace(seen, blind=seen.blind + sight.notes), detectors)


def digest_of(value: object) -> str:
    """The same settings or numbers, the same digest."""
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()


def settings_digest(settings: Settings) -> str:
    """The digest of what findings depend on: not of where queries ran, or what follows."""
    told = msgspec.to_builtins(settings)
    for other in ("engine", "share", "server", "api", "casebook", "matching"):
        del told[other]
    return digest_of(told)


def span_of(logs: Logs) -> Span:
    """How much was read, and from when to when."""
    table = logs.tables.exchanges
    row = logs.engine.fetch(
        table.aggregate(
            exchanges=table.count(),
            tasks=table.task_id.nunique() + table.task_id.isnull().sum(),
            first=table.occurred_at.min(),
            last=table.occurred_at.max(),
        )
    ).row(0, named=True)
    return Span(int(row["exchanges"]), int(row["tasks"]), row["first"], row["last"])
