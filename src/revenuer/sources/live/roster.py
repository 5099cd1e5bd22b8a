"""All files of a place: which came, which grew, which left, for little work at each look.

Files that grew lately are asked for their size at each look, the others a few at a time in
turn. So a look costs one `stat` a folder, one an active file and `IDLE_A_LOOK` more, however
many old files there are; one of 10,000 old files that grows again is noticed within two
minutes.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

from revenuer.sources.live.listing import Listing, is_log_name, renamed_files
from revenuer.sources.live.marks import KnownStarts, Mark, mark_of
from revenuer.sources.live.tracked import Tracked

LOOK_S = 0.25
"""Between two looks: placeholder."""
ACTIVE_S = 300.0
"""A file that grew within this is asked at each look, and held open: placeholder."""
IDLE_A_LOOK = 32
"""How many of the other files are asked at each look: placeholder."""
LEAVING_S = 300.0
"""A renamed or deleted file is followed for so long after it last grew: placeholder."""
DELETED_S = 10.0
"""The same of one that was deleted, whose room on the disk is held so long: placeholder."""
MOST_OPEN = 256
"""Files held open at once: placeholder."""


class Roster:
    """The files of a place, and those of them that wait to be read.

    Args:
        listing: The place.
        positions: Where the files were left.
        until_end: Whether only what is there now counts.
    """

    def __init__(self, listing: Listing, positions: Mapping[str, str], *, until_end: bool) -> None:
        self.listing = listing
        self.until_end = until_end
        found = {key: mark_of(text) for key, text in positions.items() if text}
        self.marks: dict[str, Mark] = {key: mark for key, mark in found.items() if mark}
        self.known = KnownStarts(self.marks)
        self.files: dict[str, Tracked] = {}
        self.pending: dict[str, Tracked] = {}
        self.news = 0
        self.active: dict[str, Tracked] = {}
        self._idle: deque[str] = deque()
        self._leaving: dict[str, Tracked] = {}
        self._listed: Mapping[str, Path] = {}
        self._next_look = 0.0
        self._look()
        self._find_renamed(self.marks.keys() - self.files.keys())

    def look(self) -> None:
        """See what changed, unless that was done just now or only the start counts."""
        if not self.until_end and time.monotonic() >= self._next_look:
            self._look()
            self._next_look = time.monotonic() + LOOK_S

    def _look(self) -> None:
        listed = self.listing.look()
        if listed is not self._listed:
            self._compare(listed)
            self._listed = listed
        for tracked in [*self.active.values(), *self._leaving.values()]:
            self._ask(tracked)
        for _ in range(min(IDLE_A_LOOK, len(self._idle))):
            key = self._idle.popleft()
            tracked_or_none = self.files.get(key)
            if tracked_or_none is None or key in self.active:
                continue
            self._idle.append(key)
            self._ask(tracked_or_none)
        self._let_rest()

    def _compare(self, listed: Mapping[str, Path]) -> None:
        for key, path in listed.items():
            tracked = self.files.get(key)
            if tracked is None:
                self.add(key, path)
            elif tracked.path != path or tracked.gone:
                tracked.path, tracked.gone = path, False
                self._leaving.pop(key, None)
                self.active[key] = tracked
        for key in [key for key in self.files if key not in listed]:
            tracked = self.files[key]
            if not tracked.gone:
                tracked.gone = True
                self._leaving[key] = tracked
                self.active.pop(key, None)

    def add(self, key: str, path: Path, mark: Mark | None = None) -> Tracked:
        """Take a file up."""
        # What was taken of the file itself says more than what was of its original.
        tracked = Tracked(key, path, self.until_end, self.marks.get(key) or mark)
        self.files[key] = tracked
        self._idle.append(key)
        self._ask(tracked)
        return tracked

    def _ask(self, tracked: Tracked) -> None:
        try:
            changed = tracked.look()
        except FileNotFoundError:
            changed = self._look_elsewhere(tracked)
        except OSError:
            return
        if changed and tracked.key in self.files:
            if tracked.waits():
                self.pending[tracked.key] = tracked
                self.news += 1
            if time.monotonic() - tracked.grew_at < ACTIVE_S and not tracked.gone:
                self.active[tracked.key] = tracked

    def _look_elsewhere(self, tracked: Tracked) -> bool:
        """Find a file under another name in its folder, or give it up."""
        there = dict(renamed_files(tracked.path.parent))
        if tracked.key not in there:
            if tracked.key not in self._listed or tracked.gone:
                self.forget(tracked)
            return False
        tracked.path = there[tracked.key]
        return tracked.look()

    def forget(self, tracked: Tracked) -> None:
        """Leave a file that is gone; its mark stays, by which a copy is known."""
        tracked.close()
        for held in (self.files, self.pending, self.active, self._leaving):
            held.pop(tracked.key, None)

    def _let_rest(self) -> None:
        now = time.monotonic()
        for key, tracked in list(self.active.items()):
            if now - tracked.grew_at >= ACTIVE_S or len(self.active) > MOST_OPEN:
                del self.active[key]
                self._idle.append(key)
                if key not in self.pending:
                    tracked.close()
        for tracked in list(self._leaving.values()):
            patience = LEAVING_S if tracked.linked else DELETED_S
            if now - tracked.grew_at >= patience and tracked.key not in self.pending:
                self.forget(tracked)

    def remember(self, tracked: Tracked, mark: Mark) -> None:
        """Keep a file's newest mark."""
        self.marks[tracked.key] = mark
        self.known.put(tracked.key, mark)

    def take_back(self, tracked: Tracked, mark: Mark | None) -> None:
        """Put a file back to where it was before a take that failed."""
        tracked.mark, tracked.tried, tracked.tail_tried = mark, -1, False
        if mark is None:
            self.marks.pop(tracked.key, None)
            self.known.drop(tracked.key)
        else:
            self.remember(tracked, mark)
        self.pending[tracked.key] = tracked
        self.news += 1

    def is_idle(self, tracked: Tracked) -> bool:
        """Whether a file need not be held open."""
        return tracked.key not in self.active and tracked.key not in self._leaving

    def start_again(self, tracked: Tracked) -> dict[str, str]:
        """A file was cut, or its inode is used again: it starts anew.

        Returns:
            The position under which its old mark is kept, so that a copy that was made
            before the cut is known.
        """
        old, tracked.mark, tracked.tried = tracked.mark, None, -1
        tracked.kind = type(tracked.kind).UNKNOWN
        tracked.close()
        self.marks.pop(tracked.key, None)
        self.known.drop(tracked.key)
        if old is None:
            return {}
        kept = f"{tracked.key}~{old.head[:8]}"
        self.marks[kept] = old
        self.known.put(kept, old)
        tracked.look()
        if self.until_end:
            tracked.first_size = tracked.size
        self._find_copy(Path(old.path), old)
        return {kept: old.text()}

    def _find_copy(self, path: Path, mark: Mark) -> None:
        """Take up a copy under a name that is no log's, such as `app.jsonl.1`."""
        for key, other in renamed_files(path.parent):
            if key in self.files or is_log_name(other.name) or not is_rotated(other, path):
                continue
            copy = Tracked(key, other, self.until_end, mark)
            try:
                copy.look()
                if mark.starts(copy.open().read_at):
                    self._follow(key, other, mark)
            except OSError:
                continue
            finally:
                copy.close()

    def _follow(self, key: str, path: Path, mark: Mark | None) -> Tracked:
        tracked = self.add(key, path, mark)
        tracked.gone = True
        self._leaving[key] = tracked
        return tracked

    def _find_renamed(self, keys: set[str]) -> None:
        """Take up what was renamed while nobody watched, and what was rotated after it."""
        lost = {key: self.marks[key] for key in keys if self.marks[key].whole == 0}
        for folder in {Path(mark.path).parent for mark in lost.values()}:
            there = dict(renamed_files(folder))
            for key, mark in lost.items():
                if Path(mark.path).parent != folder:
                    continue
                if key not in there:
                    self._find_copy(Path(mark.path), mark)
                    continue
                found = self._follow(key, there[key], mark)
                self._add_later(found, Path(mark.path), there)

    def _add_later(self, found: Tracked, path: Path, there: Mapping[str, Path]) -> None:
        for key, other in there.items():
            fresh = key not in self.files and key not in self.marks
            if fresh and is_rotated(other, path) and not is_log_name(other.name):
                try:
                    newer = other.stat().st_mtime_ns >= found.changed_ns
                except OSError:
                    continue
                if newer:
                    self._follow(key, other, None)

    def close(self) -> None:
        """Let go of all files."""
        for tracked in self.files.values():
            tracked.close()


def is_rotated(path: Path, original: Path) -> bool:
    """Whether a name is what a rotation makes of another.

    Examples:
        >>> is_rotated(Path("app.jsonl.1.gz"), Path("app.jsonl"))
        True
    """
    return path.name.startswith((f"{original.name}.", f"{original.name}-"))
