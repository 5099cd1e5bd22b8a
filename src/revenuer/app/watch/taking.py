"""Batches from sources into segments, each once.

A batch is kept as a segment first, and then entered into the books together with the place in
its source that it ends at. Killed in between, the segment is in no book, is deleted, and the
source gives the batch again.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from revenuer.app.watch.looks import Due
from revenuer.errors import ColumnError, SourceError
from revenuer.sources import Segment, Segments
from revenuer.sources.live import LiveSource, Taken
from revenuer.store.watch_books import Books, Entry

MANY = 8
"""Segments of one span of time from which they are put together. placeholder"""

REJECTED = "rejected"
"""In the state: batches of which nothing could be read."""


@dataclass(slots=True)
class Counted:
    """What was taken in one run.

    Attributes:
        exchanges: That can be used, repeated ones too.
        quarantined: Rows that cannot.
        late: Exchanges of a time that had been looked at when they came.
        rejected: Batches of which nothing can be read; they lie in the state's `rejected`.
    """

    exchanges: int = 0
    quarantined: int = 0
    late: int = 0
    rejected: int = 0


class Taker:
    """Takes from sources for a watch.

    Args:
        books: Where it is entered.
        segments: Where it is kept.
        folder: Of the state; batches lie in it until they are kept.
    """

    def __init__(self, books: Books, segments: Segments, folder: Path) -> None:
        self.books = books
        self.segments = segments
        self.counted = Counted()
        self._incoming = folder / "incoming"
        self._rejected = folder / REJECTED
        self._tidy()

    def _tidy(self) -> None:
        """Delete what a run that was killed left half done."""
        self.segments.forget_all_but({one.name for one in self.books.segments()})
        shutil.rmtree(self._incoming, ignore_errors=True)
        self._incoming.mkdir(mode=0o700)

    def take(self, source: LiveSource, key: str, *, most_bytes: int, wait_s: float) -> int:
        """Take one batch; its bytes, 0 if there was none.

        Args:
            source: From where.
            key: Of its positions in the books.
            most_bytes: The most to take.
            wait_s: How long to wait for anything.
        """
        taken = source.take(self._incoming, most_bytes=most_bytes, wait_s=wait_s)
        if taken is None:
            return 0
        entry = self._kept(taken, source.name)
        self.books.enter(entry, key, taken.positions)
        source.acknowledge()
        if not taken.own:
            taken.path.unlink(missing_ok=True)
        return taken.size

    def _kept(self, taken: Taken, label: str) -> Entry | None:
        last = self.books.last_look()
        try:
            kept = self.segments.seal(
                taken.path, label, self.books.next_name(), None if last is None else last.at
            )
        except (ColumnError, SourceError):
            # Where nothing was ever understood, it is the column map that is wrong.
            if not self.books.segments():
                raise
            self._reject(taken)
            return None
        self.counted.exchanges += kept.rows
        self.counted.quarantined += kept.quarantined
        self.counted.late += kept.late
        return _entry(kept)

    def _reject(self, taken: Taken) -> None:
        self._rejected.mkdir(mode=0o700, exist_ok=True)
        self.counted.rejected += 1
        place = self._rejected / f"{self.books.next_name()}-{taken.path.name}"
        shutil.copyfile(taken.path, place)
        place.chmod(0o600)

    def put_together(self, due: Due) -> None:
        """Make one segment of the many that lie wholly in the span of a look."""
        alike = [
            one
            for one in self.books.segments()
            if one.first is not None
            and one.last is not None
            and due.since <= one.first
            and one.last < due.at
        ]
        if len(alike) < MANY:
            return
        names = [one.name for one in alike]
        merged = self.segments.merge(names, self.books.next_name())
        late = sum(one.late for one in alike)
        # The stream has not gone back, though the share of rows that decides is another now.
        reached = max(one.reached for one in alike if one.reached is not None)
        self.books.replace(names, replace(_entry(merged), late=late, reached=reached))
        self._forget(names)

    def forget_before(self, due: Due) -> None:
        """Delete what no later look will see."""
        old = [
            one.name for one in self.books.segments() if one.last is None or one.last < due.start
        ]
        if old:
            self.books.replace(old, None)
            self._forget(old)

    def _forget(self, names: Sequence[str]) -> None:
        for folder in self.segments.folders(names):
            shutil.rmtree(folder, ignore_errors=True)


def _entry(kept: Segment) -> Entry:
    return Entry(
        name=kept.name,
        rows=kept.rows,
        quarantined=kept.quarantined,
        late=kept.late,
        first=kept.first,
        last=kept.last,
        reached=kept.reached,
    )
