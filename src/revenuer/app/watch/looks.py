"""When to look next, by the time that the stream has reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from revenuer.settings import WatchSettings
from revenuer.store.watch_books import Entry, LookEntry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEAST = timedelta(microseconds=1)
FEW = 100
"""Exchanges of a batch under which it moves the stream's time by a day at most: the clock of
one sender is no proof. placeholder"""
FARTHEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A look that is to be made.

    Attributes:
        number: From 1.
        at: Exchanges before it count.
        since: From when it counts.
        start: Exchanges from here on count.
    """

    number: int
    at: datetime
    since: datetime
    start: datetime


def reached(segments: Sequence[Entry], not_after: datetime | None) -> datetime | None:
    """The time that a stream has reached; None before its first exchange.

    Args:
        segments: In the order of their coming.
        not_after: What no honest clock is beyond; None where the stream is no live one.
    """
    found: datetime | None = None
    for one in segments:
        if one.reached is None:
            continue
        time = one.reached if not_after is None else min(one.reached, not_after)
        if found is not None and one.rows < FEW:
            time = min(time, found + FARTHEST)
        found = time if found is None else max(found, time)
    return found


def next_look(
    segments: Sequence[Entry],
    last: LookEntry | None,
    settings: WatchSettings,
    *,
    not_after: datetime | None,
    ended: bool,
) -> Due | None:
    """The look that is due; None if there is none yet.

    Args:
        segments: All there are.
        last: The last look that was done.
        settings: How often to look.
        not_after: As for `reached`.
        ended: Nothing more will come: what is there is looked at to its end.
    """
    now = reached(segments, not_after)
    if now is None:
        return None
    step = timedelta(hours=settings.look_hours)
    lookback = timedelta(days=settings.lookback_days)
    since = _begun(segments, lookback) if last is None else last.at
    at = _after(since, step)
    if not any(meets(one, since, at) for one in segments):
        coming = [one.first for one in segments if one.first is not None and one.first >= at]
        at = _after(min(coming), step) if coming else at
    if now < at + timedelta(minutes=settings.late_minutes):
        end = _end(segments) + LEAST
        if not ended or end <= since:
            return None
        at = min(at, end)
    number = 1 if last is None else last.number + 1
    # Days without a stream are no days of evidence.
    return Due(number, at, max(since, at - step), at - lookback)


def _after(time: datetime, step: timedelta) -> datetime:
    """The first look behind a time."""
    return EPOCH + ((time - EPOCH) // step + 1) * step


def _begun(segments: Sequence[Entry], lookback: timedelta) -> datetime:
    """When the stream began, but for exchanges that a look from there would not see."""
    first = next(one for one in segments if one.first is not None)
    assert first.first is not None
    assert first.reached is not None
    return max(first.first, first.reached - lookback)


def meets(segment: Entry, since: datetime, at: datetime) -> bool:
    """Whether a segment may have exchanges of a span of time."""
    if segment.first is None or segment.last is None:
        return False
    return segment.last >= since and segment.first < at


def _end(segments: Sequence[Entry]) -> datetime:
    """The last exchange, but for those whose clock runs far ahead."""
    return max(
        min(one.last, one.reached + FARTHEST)
        for one in segments
        if one.last is not None and one.reached is not None
    )
