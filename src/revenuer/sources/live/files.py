"""Files that grow, appear, rotate and go: the source of a file, a folder or a glob."""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from revenuer.sources.live.contents import BrokenContentError
from revenuer.sources.live.listing import Listing
from revenuer.sources.live.marks import HEAD_BYTES, Mark
from revenuer.sources.live.roster import LOOK_S, Roster
from revenuer.sources.live.segment import Segment
from revenuer.sources.live.source import BROKEN, NOT_A_LOG, Taken
from revenuer.sources.live.tracked import LAST_LINE_S, PACKED, STILL_S, Kind, Tracked

BUCKET_NS = 60_000_000_000
"""Files that changed within one such span are read together, older ones before: placeholder."""
LEAST_SHARE_BYTES = 64 * 1024
"""The least that a file gives when several are read together: placeholder."""

MOST_TOGETHER = 64
"""Files that one take reads from at most: placeholder."""

logger = logging.getLogger(__name__)


class FileSource:
    """Exchanges from files.

    Args:
        place: A file, a folder or a glob.
        positions: Where its files were left.
        until_end: Whether only what is there now counts.
        without: Folders of our own, which may lie inside the place.
    """

    def __init__(
        self,
        place: str,
        positions: Mapping[str, str],
        *,
        until_end: bool,
        without: tuple[Path, ...] = (),
    ) -> None:
        self.name = f"files:{os.path.abspath(place)}"  # noqa: PTH100 - a link is not resolved
        self._until_end = until_end
        self._skipped: Counter[str] = Counter()
        self._listing = Listing(place, without)
        self._roster = Roster(self._listing, positions, until_end=until_end)
        self._unsaid: dict[str, str] = {}
        self._order: list[Tracked] = []
        self._sorted_at = -1
        self._moved: dict[str, tuple[Tracked, Mark | None]] = {}

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many lines and files were left out, by reason."""
        return dict(self._skipped)

    @property
    def ended(self) -> bool:
        """Whether all there was at the start has been taken."""
        return self._until_end and not self._roster.pending

    @property
    def closed(self) -> bool:
        """Whether nothing more will come; more may as long as it is not asked to end."""
        return self.ended

    def acknowledge(self) -> None:
        """Files keep what they have: nothing to do."""

    def close(self) -> None:
        """Let go of all files."""
        self._roster.close()

    def take(self, into: Path, *, most_bytes: int, wait_s: float) -> Taken | None:
        """Whole lines of what grew, or one Parquet file; None if nothing came."""
        self._listing.keep_out(into)
        deadline = time.monotonic() + wait_s
        while True:
            self._roster.look()
            taken = self._take(into, most_bytes)
            left = deadline - time.monotonic()
            if taken is not None or self.ended or left <= 0:
                return taken
            time.sleep(min(LOOK_S, left))

    def _take(self, into: Path, most_bytes: int) -> Taken | None:
        segment = Segment(into, most_bytes, self._skipped)
        positions: dict[str, str] = {}
        self._moved.clear()
        try:
            for tracked, quota in self._turns(most_bytes):
                if segment.room <= 0:
                    break
                if tracked.kind is Kind.PARQUET:
                    if segment.size == 0 and (whole := self._take_parquet(tracked)) is not None:
                        return whole
                elif not self._copy(tracked, segment, quota, positions):
                    break
        except BaseException:
            # A full disk, most likely: what was not handed over is read again.
            segment.discard()
            for tracked, mark in self._moved.values():
                self._roster.take_back(tracked, mark)
            raise
        path = segment.close()
        # A position without a record waits for the next one: nothing is lost if it is.
        self._unsaid |= positions
        if path is None:
            return None
        positions, self._unsaid = self._unsaid, {}
        return Taken(path, own=False, size=segment.size, positions=positions)

    def _turns(self, most_bytes: int) -> Iterator[tuple[Tracked, int]]:
        """The files to read now, and how much of each: those of one age and format together."""
        mates: list[Tracked] = []
        for each in self._in_order():
            if len(mates) == MOST_TOGETHER or (mates and _order(each)[0] != _order(mates[0])[0]):
                break
            waits = each.key in self._roster.pending
            if waits and self._prepare(each) and (not mates or _are_mates(each, mates[0])):
                mates.append(each)
        whole = sum(self._left(each) for each in mates)
        for each in mates:
            share = most_bytes * self._left(each) // max(1, whole)
            yield each, max(LEAST_SHARE_BYTES, share)

    def _in_order(self) -> list[Tracked]:
        """What waits, the oldest first; sorted again only if something new waits."""
        if self._sorted_at != self._roster.news:
            self._sorted_at = self._roster.news
            self._order = sorted(self._roster.pending.values(), key=_order)
        elif len(self._order) > 2 * len(self._roster.pending):
            self._order = [each for each in self._order if each.key in self._roster.pending]
        return self._order

    @staticmethod
    def _left(tracked: Tracked) -> int:
        return max(1, tracked.size - tracked.offset)

    def _prepare(self, tracked: Tracked) -> bool:
        """Whether a file can be read now; finds out what it is and where it goes on."""
        try:
            if not tracked.waits():
                self._rest(tracked)
                return False
            if not tracked.is_ready():
                return False
            if tracked.kind is Kind.UNKNOWN:
                tracked.settle()
                if tracked.kind is Kind.UNKNOWN:
                    return False
                return self._recognise(tracked)
            return self._goes_on(tracked)
        except BrokenContentError:
            self._note_broken(tracked)
        except OSError as problem:
            if not isinstance(problem, FileNotFoundError):
                logger.warning("a watched file cannot be read: %s", problem.strerror)
            self._roster.pending.pop(tracked.key, None)
            tracked.size = -1
        return False

    def _recognise(self, tracked: Tracked) -> bool:
        """Once the kind is known: is this a copy of a file that was taken before?"""
        if tracked.kind is Kind.FOREIGN:
            self._skipped[NOT_A_LOG] += 1
            logger.warning("%s is neither JSON Lines nor Parquet, and is left out", tracked.path)
            self._rest(tracked)
            return False
        if tracked.mark is not None:
            return self._goes_on(tracked)
        found = tracked.copied_from(self._roster.known)
        if found is None:
            return self._may_be_half_copied(tracked) is False and self._goes_on(tracked)
        key, mark = found
        original = self._roster.pending.get(key)
        if original is not None and original.is_ready():
            # It is still held open and read to its end; what is behind that is ours.
            tracked.kind = Kind.UNKNOWN
            return False
        whole = PACKED if tracked.packed else 0
        if tracked.kind is not Kind.LINES:
            whole = tracked.size
        self._move(tracked, mark.offset, self._unsaid, inside=mark.inside, whole=whole)
        return tracked.waits() and self._goes_on(tracked)

    def _may_be_half_copied(self, tracked: Tracked) -> bool:
        """Whether to wait, as this may become a copy of a file of which more was taken."""
        if not tracked.may_be_half_copied(self._roster.known):
            return False
        if not tracked.is_still(STILL_S):
            tracked.kind = Kind.UNKNOWN
            return True
        if tracked.size < HEAD_BYTES:
            return False
        # It was copied before the last lines were written, which were taken all the same.
        self._move(tracked, tracked.size, self._unsaid)
        return True

    def _goes_on(self, tracked: Tracked) -> bool:
        if tracked.was_cut():
            self._unsaid |= self._roster.start_again(tracked)
            return False
        if tracked.kind is Kind.PARQUET and not tracked.is_whole_parquet():
            tracked.tried = tracked.size
            if self._until_end:
                self._note_broken(tracked)
            return False
        return True

    def _copy(
        self, tracked: Tracked, segment: Segment, quota: int, positions: dict[str, str]
    ) -> bool:
        """Copy what one file has; returns whether the next may follow."""
        reader = tracked.reader(self._skipped)
        try:
            if tracked.kind is Kind.DOCUMENT:
                return self._copy_document(tracked, segment, positions)
            at_end = reader.copy(segment, quota)
            if at_end and (tracked.packed or tracked.is_still(LAST_LINE_S)):
                tracked.tail_tried = True
                whole_too = tracked.packed or self._until_end
                at_end = reader.copy_rest(segment, broken_too=whole_too)
            done = at_end and not tracked.open().read_at(reader.offset, 1)
            whole = (tracked.size if done else PACKED) if tracked.packed else 0
            moved = reader.offset != tracked.offset
            if at_end:
                tracked.tried = tracked.size
            else:
                tracked.tail_tried = False
            if moved or (done and tracked.packed):
                self._move(tracked, reader.offset, positions, inside=reader.inside, whole=whole)
            return moved or at_end
        except BrokenContentError:
            # What came before the damage was copied, and must not come again.
            if reader.offset != tracked.offset:
                whole = PACKED if tracked.packed else 0
                self._move(tracked, reader.offset, positions, inside=reader.inside, whole=whole)
            self._note_broken(tracked)
            return True

    def _copy_document(self, tracked: Tracked, segment: Segment, positions: dict[str, str]) -> bool:
        if not tracked.copy_document(segment):
            tracked.kind = Kind.LINES
            return True
        self._move(tracked, tracked.size, positions, whole=tracked.size)
        return True

    def _take_parquet(self, tracked: Tracked) -> Taken | None:
        positions, self._unsaid = self._unsaid, {}
        self._move(tracked, tracked.size, positions, whole=tracked.size)
        return Taken(tracked.path, own=True, size=tracked.size, positions=positions)

    def _move(
        self,
        tracked: Tracked,
        offset: int,
        positions: dict[str, str],
        *,
        inside: bool = False,
        whole: int = 0,
    ) -> None:
        self._moved.setdefault(tracked.key, (tracked, tracked.mark))
        mark = tracked.moved_to(offset, inside=inside, whole=whole)
        self._roster.remember(tracked, mark)
        positions[tracked.key] = mark.text()
        if not tracked.waits():
            self._rest(tracked)

    def _rest(self, tracked: Tracked) -> None:
        """Nothing waits in a file: what was taken whole need not stay open."""
        self._roster.pending.pop(tracked.key, None)
        if tracked.kind is not Kind.LINES or tracked.packed or self._roster.is_idle(tracked):
            tracked.close()

    def _note_broken(self, tracked: Tracked) -> None:
        logger.warning("%s is damaged or not finished", tracked.path)
        self._skipped[BROKEN] += 1
        tracked.tried = tracked.size
        if self._until_end:
            self._roster.pending.pop(tracked.key, None)


def _order(tracked: Tracked) -> tuple[int, str]:
    return tracked.changed_ns // BUCKET_NS, str(tracked.path)


def _are_mates(one: Tracked, other: Tracked) -> bool:
    """Whether the records of two files can stand in one."""
    parquet = Kind.PARQUET in (one.kind, other.kind)
    return one.format == other.format and not parquet
