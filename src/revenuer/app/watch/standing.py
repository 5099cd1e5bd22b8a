"""Where a watch stands, told by what it leaves on the disk; the watch is not asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from revenuer.app.state import LOCK
from revenuer.app.watch.looks import reached
from revenuer.app.watch.taking import REJECTED
from revenuer.app.watch.watching import BOOKS
from revenuer.disk import is_locked
from revenuer.errors import ConfigError
from revenuer.store.watch_books import glance

RECENT = timedelta(days=7)
"""Of the stream, over which its rate is told. placeholder"""
_SECRET = re.compile(r"(?<=://)[^/@\s]+(?=@)")


@dataclass(frozen=True, slots=True)
class WatchStanding:
    """Where a watch stands.

    Attributes:
        state: Its folder.
        problem: Why nothing can be said; empty if something can.
        running: Whether it runs; None where nobody can say.
        looks: How many looks are done.
        last_look: The time of the last, by the stream; None before the first.
        reached: The time that the stream has reached; None before its first exchange.
        written: When the books were last written.
        exchanges: In its books, as far back as it looks.
        quarantined: Rows that could not be used.
        late: Exchanges that came after the look at their time.
        a_day: Exchanges a day, over the last week of the stream.
        rejected: Batches of which nothing could be read.
        sources: Where from, and how many parts of each were begun.
    """

    state: Path
    problem: str = ""
    running: bool | None = None
    looks: int = 0
    last_look: datetime | None = None
    reached: datetime | None = None
    written: datetime | None = None
    exchanges: int = 0
    quarantined: int = 0
    late: int = 0
    a_day: float = 0.0
    rejected: int = 0
    sources: tuple[tuple[str, int], ...] = ()


def standing(state: Path) -> WatchStanding:
    """Where the watch of a state stands."""
    books = state / BOOKS
    if not books.exists():
        return WatchStanding(state, f"{state} holds no state of a watch.")
    try:
        seen = glance(books)
    except ConfigError as problem:
        return WatchStanding(state, problem.message)
    now = reached(seen.segments, None)
    recent = [one for one in seen.segments if now and one.last and one.last > now - RECENT]
    begun = min((one.first for one in recent if one.first), default=None)
    days = max((now - begun) / timedelta(days=1), 1e-3) if now and begun else 0.0
    rows = sum(one.rows for one in recent)
    return WatchStanding(
        state=state,
        running=is_locked(state / LOCK),
        looks=seen.looks,
        last_look=None if seen.last is None else seen.last.at,
        reached=now,
        written=_written(books),
        exchanges=sum(one.rows for one in seen.segments),
        quarantined=sum(one.quarantined for one in seen.segments),
        late=sum(one.late for one in seen.segments),
        a_day=rows / days if days else 0.0,
        rejected=sum(1 for _ in (state / REJECTED).glob("*")),
        sources=tuple((without_secret(name), count) for name, count in seen.sources.items()),
    )


def without_secret(url: str) -> str:
    """A URL without the name and password in it.

    Examples:
        >>> without_secret("nats://u:secret@host/s"), without_secret("/var/log/exchanges")
        ('nats://…@host/s', '/var/log/exchanges')
    """
    return _SECRET.sub("…", url)


def _written(books: Path) -> datetime:
    times = [one.stat().st_mtime for one in books.parent.glob(f"{books.name}*")]
    return datetime.fromtimestamp(max(times), UTC)
