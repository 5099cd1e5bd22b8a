"""Standard input and named pipes, read by way of a spool."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from revenuer.errors import SourceError
from revenuer.sources.live.contents import Plain
from revenuer.sources.live.lines import LineReader, is_json
from revenuer.sources.live.segment import Segment
from revenuer.sources.live.source import NOT_ONE_RECORD, TOO_LONG, Taken
from revenuer.sources.live.spool import WAIT_S, Spool

PARTITION = "spool"


class PipeSource:
    """Exchanges from standard input or a named pipe, by way of a spool.

    What an earlier process had in its spool is taken first.

    Args:
        source: The descriptor that is read.
        positions: Where it was left.
        folder: Where the spool is.
        name: Of the source.
    """

    def __init__(
        self, source: int, positions: Mapping[str, str], *, folder: Path, name: str
    ) -> None:
        self.name = name
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._skipped: Counter[str] = Counter()
        self._number, self._offset, self._inside = _position(positions)
        numbers = sorted(int(path.stem.partition("-")[2]) for path in folder.glob("stdin-*.jsonl"))
        first = max([*numbers, self._number]) + 1
        self._spool = Spool(folder, source, first)
        self._content: Plain | None = None
        self._ended = False
        self._cut_before(self._number)
        self._go_to(min((each for each in numbers if each >= self._number), default=first))
        self._spool.start()

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many lines were left out, by reason."""
        return dict(self._skipped)

    @property
    def ended(self) -> bool:
        """Whether the writer is done and all of it was taken."""
        return self._ended

    @property
    def closed(self) -> bool:
        """Whether the writer is done."""
        return self._spool.finished

    def take(self, into: Path, *, most_bytes: int, wait_s: float) -> Taken | None:
        """Whole lines of what came; None if nothing did."""
        deadline = time.monotonic() + wait_s
        while True:
            if self._spool.problem is not None:
                reason = f"the spool of {self.name} cannot be written"
                hint = f"{self._spool.problem.strerror}: make room, and start again."
                raise SourceError(reason, hint)
            taken = self._take(into, most_bytes)
            left = deadline - time.monotonic()
            self._spool.taken = self._number, self._offset
            if taken is not None or self._ended or left <= 0:
                return taken
            time.sleep(min(WAIT_S, left))

    def _take(self, into: Path, most_bytes: int) -> Taken | None:
        segment = Segment(into, most_bytes, self._skipped)
        before = self._number, self._offset, self._inside
        try:
            while segment.room > 0 and not self._ended and self._copy(segment):
                pass
        except BaseException:
            segment.discard()
            self._go_to(before[0])
            self._offset, self._inside, self._ended = before[1], before[2], False
            raise
        path = segment.close()
        if path is None:
            return None
        position = f"{self._number} {self._offset} {int(self._inside)}"
        return Taken(path, own=False, size=segment.size, positions={PARTITION: position})

    def _copy(self, segment: Segment) -> bool:
        """Copy from the file we are in; returns whether to go on with the next."""
        # Asked before reading: what is written after that is seen the next time.
        last, finished = self._spool.number, self._spool.finished
        if self._content is None:
            self._content = Plain(self._spool.path(self._number))
        reader = LineReader(self._content.read_at, self._skipped, self._offset, self._inside)
        at_end = reader.copy(segment, segment.room)
        if at_end and finished and self._number >= last:
            at_end = self._ended = reader.copy_rest(segment, broken_too=True)
        self._offset, self._inside = reader.offset, reader.inside
        return at_end and self._number < last and self._cross(segment, last, finished)

    def _cross(self, segment: Segment, last: int, finished: bool) -> bool:
        """Go on with the next file; returns whether that could be done.

        A file may end inside a line: a kill ended it, and if the pipe outlived that, the rest
        of the line is at the start of the next file. If the pipe did not, a new writer began
        there, and what he wrote first must not be spoiled by the half of another's line.
        """
        assert self._content is not None
        rest = self._content.read_at(self._offset, segment.most_bytes)
        number = self._next_number(last)
        if not rest and not self._inside:
            self._go_to(number)
            return True
        first = self._first_line(number, segment.most_bytes)
        if not first.endswith(b"\n") and not finished and number == last:
            return False
        if self._inside:
            self._go_to(number)
            self._inside = not is_json(first)
            return True
        joined = is_json(rest + first)
        whole = rest + first if joined else rest if is_json(rest) else b""
        if len(whole) >= segment.room:
            if segment.size:
                return False
            self._skipped[TOO_LONG] += 1
        elif whole:
            segment.add(whole.rstrip(b"\n") + b"\n")
        else:
            self._skipped[NOT_ONE_RECORD] += 1
        self._go_to(number)
        self._offset = len(first) if joined else 0
        return True

    def _first_line(self, number: int, most: int) -> bytes:
        content = Plain(self._spool.path(number))
        try:
            start = content.read_at(0, most)
        finally:
            content.close()
        return start[: start.find(b"\n") + 1] or start

    def _next_number(self, last: int) -> int:
        number = self._number + 1
        while number < last and not self._spool.path(number).exists():
            number += 1
        return number

    def _go_to(self, number: int) -> None:
        if self._content is not None:
            self._content.close()
            self._content = None
        if number != self._number:
            self._number, self._offset, self._inside = number, 0, False

    def acknowledge(self) -> None:
        """What was taken is durable: files before the one we are in are not needed."""
        self._cut_before(self._number)

    def _cut_before(self, number: int) -> None:
        for path in self._spool.folder.glob("stdin-*.jsonl"):
            if int(path.stem.partition("-")[2]) < number:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop reading; what is in the spool stays for the next time."""
        self._spool.stop()
        if self._content is not None:
            self._content.close()
            self._content = None


def _position(positions: Mapping[str, str]) -> tuple[int, int, bool]:
    number, offset, inside = (positions.get(PARTITION) or "0 0 0").split()
    return int(number), int(offset), inside == "1"
