"""`watch`: the loop from sources to looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from revenuer.app.baseline import read_baseline
from revenuer.app.innocence import read_ids
from revenuer.app.progress import Progress
from revenuer.app.saved import RESULTS
from revenuer.app.state import hold, keeping
from revenuer.app.watch.asked import Asked, keep_apart, key_of, recognise
from revenuer.app.watch.look import Looking, look_at
from revenuer.app.watch.looks import Due, meets, next_look
from revenuer.app.watch.remembered import NAMES, Remembered
from revenuer.app.watch.taking import Counted, Taker
from revenuer.errors import NothingToReadError
from revenuer.records import Findings, Sign
from revenuer.sources import Segments
from revenuer.sources.live import LiveSource, open_live
from revenuer.store.watch_books import Books, LookEntry

BOOKS = "watch.sqlite"
SEGMENTS = "segments"
SPOOL = "spool"
WAIT_S = 0.2
"""How long a source is waited for that has nothing now."""
REST_S = 0.5
"""How soon a watch ends that is asked to, while it waits for a window to pass."""
CLOCK_AHEAD = timedelta(hours=1)
"""How far the senders' clocks may run ahead of ours before they are not believed. placeholder"""


@dataclass(frozen=True, slots=True)
class Told:
    """What a look says to whoever follows the watch.

    Attributes:
        due: Which look it was.
        findings: What it found.
        seconds: How long it took.
        counted: What was taken in this run until then.
        signs: The early signs, those of looks before among them.
        newly_blind: Signs that it cannot look for, and the look before could, or said nothing.
    """

    due: Due
    findings: Findings
    seconds: float
    counted: Counted
    signs: tuple[Sign, ...] = ()
    newly_blind: tuple[str, ...] = ()


def watch(
    asked: Asked,
    *,
    environment: Mapping[str, str],
    progress: Progress,
    tell: Callable[[Told], None],
    stopped: Callable[[], bool],
    clock: Callable[[], float] = time.time,
) -> Counted:
    """Watch a stream until it is stopped, or ends.

    Args:
        asked: What to watch.
        environment: Variables, for the sources' credentials.
        progress: Told how far the work of a look is.
        tell: Called after each look.
        stopped: Whether to end; asked between batches.
        clock: Seconds since the epoch.

    Returns:
        What was taken in this run.

    Raises:
        ConfigError: The state is another watch's.
        SourceError: A source, or a table beside it, cannot be read.
    """
    settings = asked.settings
    keep_apart(asked)
    with ExitStack() as stack:
        stack.enter_context(hold(asked.state))
        asked.out.mkdir(parents=True, exist_ok=True)
        books = stack.enter_context(closing(Books(asked.state / BOOKS)))
        recognise(books, asked)
        kept = keeping(
            asked.state,
            settings,
            asked.content_free,
            folder=SEGMENTS,
            part_s=settings.watch.look_hours * 3600,
        )
        segments = stack.enter_context(closing(Segments(kept, asked.beside.mapped())))
        taker = Taker(books, segments, asked.state)
        spool = asked.state / SPOOL
        sources: dict[str, LiveSource] = {}
        for place in asked.places:
            key = key_of(place)
            source = open_live(
                place,
                books.positions(key),
                until_end=asked.until_end,
                spool=spool,
                environment=environment,
            )
            sources[key] = stack.enter_context(closing(source))
        looking = Looking(
            out=asked.out,
            beside=asked.beside,
            keeping=kept,
            settings=settings,
            content_free=asked.content_free,
            baseline=None if asked.baseline is None else read_baseline(asked.baseline),
            innocents=read_ids(asked.known_innocent),
            intel=asked.intel,
            unmask=asked.unmask,
            enforced=None if asked.publisher is None else asked.publisher.enforced,
        )
        loop = _Loop(asked, looking, taker, sources, progress, tell, stopped, clock)
        loop.finish()
        loop.run()
        return taker.counted


@dataclass(slots=True)
class _Loop:
    """Takes and looks by turns."""

    asked: Asked
    looking: Looking
    taker: Taker
    sources: Mapping[str, LiveSource]
    progress: Progress
    tell: Callable[[Told], None]
    stopped: Callable[[], bool]
    clock: Callable[[], float]

    def run(self) -> None:
        """Until the stream ends or somebody stops it."""
        until_end = self.asked.until_end
        while not self.stopped():
            begun = time.monotonic()
            most = max(self._turn(), default=0)
            if self.asked.publisher is not None:
                self.asked.publisher.renew(self._now())
            # A pipe ends whenever its writer does.
            if self._ended and not most:
                self._look_if_due(ended=True)
                return
            # What comes within a window is one batch, unless it is many.
            if not until_end and most < self._most_bytes / 2:
                self._rest(begun + self.asked.settings.watch.window_s)

    def _turn(self) -> list[int]:
        """Take a batch from each source; their bytes."""
        taken = []
        for key, source in self.sources.items():
            taken.append(self.taker.take(source, key, most_bytes=self._most_bytes, wait_s=WAIT_S))
            self._look_if_due(ended=False)
        return taken

    @property
    def _most_bytes(self) -> int:
        return int(self.asked.settings.watch.batch_mb * 1_000_000)

    def _rest(self, until: float) -> None:
        while not (self.stopped() or self._closed) and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, REST_S))

    @property
    def _closed(self) -> bool:
        """Whether all writers are gone: what they left is not waited for."""
        return all(one.closed for one in self.sources.values())

    @property
    def _ended(self) -> bool:
        return all(one.ended for one in self.sources.values())

    def finish(self) -> None:
        """Make the look that the run before did not: what comes next is not to be in it."""
        if self.asked.bookkeeper is not None and (self.asked.out / RESULTS[0]).exists():
            # It may have ended between its last look and the casebook.
            self.asked.bookkeeper.after_look(self._now())
        self._look_if_due(ended=False)

    def _look_if_due(self, *, ended: bool) -> None:
        while not self.stopped():
            due = self._due(ended=ended)
            if due is None:
                return
            self._look(due)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.clock(), UTC)

    def _due(self, *, ended: bool) -> Due | None:
        not_after = None
        if not self.asked.until_end:
            not_after = self._now() + CLOCK_AHEAD
        books = self.taker.books
        return next_look(
            books.segments(),
            books.last_look(),
            self.asked.settings.watch,
            not_after=not_after,
            ended=ended,
        )

    def _look(self, due: Due) -> None:
        begun = time.perf_counter()
        books = self.taker.books
        self.taker.put_together(due)
        names = [one.name for one in books.segments() if meets(one, due.start, due.at)]
        before = Remembered.of_bytes(books.kept(NAMES))
        folders = self.taker.segments.folders(names)
        done = LookEntry(due.number, due.at, due.since)
        try:
            after = look_at(self.looking, due, folders, before, self.progress)
        except NothingToReadError:
            books.finish(done, {})
            return
        books.finish(done, after.to_bytes())
        self.taker.forget_before(due)
        if self.asked.publisher is not None:
            self.asked.publisher.keep_reactions(after.signs)
            self.asked.publisher.after_look(self._now())
        if self.asked.bookkeeper is not None:
            self.asked.bookkeeper.after_look(self._now())
        assert after.findings is not None
        seconds = time.perf_counter() - begun
        blind = tuple(said for said in after.blind if said not in before.blind)
        told = Told(due, after.findings, seconds, self.taker.counted, after.signs, blind)
        self.tell(told)
