"""Whole lines out of a file that grows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec

from revenuer.sources.live.marks import ReadAt
from revenuer.sources.live.segment import Segment
from revenuer.sources.live.source import TOO_LONG

CHUNK_BYTES = 1 << 20
BOM = b"\xef\xbb\xbf"


@dataclass(slots=True)
class LineReader:
    """Copies lines from an offset on, and remembers how far it came.

    Attributes:
        read_at: Reads the file's content.
        skipped: Where lines that are too long are counted.
        offset: The start of the first line that was not copied.
        inside: Whether that is inside a line that is too long.
    """

    read_at: ReadAt
    skipped: Counter[str]
    offset: int = 0
    inside: bool = False

    def copy(self, segment: Segment, quota: int) -> bool:
        """Copy at least one line if there is one, and about `quota` bytes if they fit.

        Returns:
            Whether no whole line is left behind what was copied.
        """
        stop = self.offset + quota
        while self.offset < stop and segment.room > 0:
            want = min(CHUNK_BYTES, segment.room)
            block = self.read_at(self.offset, want)
            if not block:
                return True
            before = self.offset
            at_end = self._copy_block(segment, block, at_end=len(block) < want)
            if self.offset == before:
                return at_end
        return False

    def copy_rest(self, segment: Segment, *, broken_too: bool) -> bool:
        """Copy a last line that has no newline.

        Args:
            segment: Where to.
            broken_too: Whether it counts although it is no whole JSON value.

        Returns:
            Whether it had room.
        """
        rest = self.read_at(self.offset, segment.most_bytes)
        if len(rest) > segment.room:
            return False
        if rest and (broken_too or is_json(rest.strip(b"\0"))):
            segment.add(rest.strip(b"\0") + b"\n")
            self.offset += len(rest)
        return True

    def _copy_block(self, segment: Segment, block: bytes, *, at_end: bool) -> bool:
        """Copy the lines that a block holds.

        Returns:
            If nothing was copied, whether that is because no whole line is there.
        """
        if self.inside:
            end = block.find(b"\n") + 1
            self.inside = end == 0
            self.offset += end or len(block)
            return False
        if holes := len(block) - len(block.lstrip(b"\0")):
            # Who writes on at its old place after the file was cut leaves zeros before it.
            self.offset += holes
            return False
        end = block.rfind(b"\n") + 1
        if end:
            lines = block if end == len(block) else block[:end]
            segment.add(lines.removeprefix(BOM) if self.offset == 0 else lines)
            self.offset += end
            return False
        return at_end or self._copy_long_line(segment)

    def _copy_long_line(self, segment: Segment) -> bool:
        """Copy a line that is longer than a block or than what still fits, or pass over it.

        Returns:
            If nothing was copied, whether that is because the line is not finished.
        """
        length, most = CHUNK_BYTES, segment.most_bytes
        while True:
            length = min(2 * length, most)
            line = self.read_at(self.offset, length)
            end = line.find(b"\n") + 1
            if end and end > segment.room:
                return False
            if end:
                segment.add(line[:end])
                self.offset += end
                return False
            if len(line) < length:
                return True
            if length == most:
                self.skipped[TOO_LONG] += 1
                self.inside = True
                self.offset += len(line)
                return False


def is_json(text: bytes) -> bool:
    """Whether some text is one whole JSON object."""
    try:
        return isinstance(msgspec.json.decode(text), dict)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
