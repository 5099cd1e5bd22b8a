"""One file that is watched: what it is, how far it was taken, and whether more can be."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import msgspec

from revenuer.sources.adapters import CANONICAL, sniff
from revenuer.sources.files import ending_of
from revenuer.sources.live.contents import (
    PARQUET,
    Plain,
    Unpacked,
    is_packed,
    is_whole_parquet,
)
from revenuer.sources.live.lines import LineReader
from revenuer.sources.live.listing import key_of
from revenuer.sources.live.marks import HEAD_BYTES, SMALL_BYTES, KnownStarts, Mark, digest, mark_at
from revenuer.sources.live.segment import Segment
from revenuer.sources.rows import BOM, LONGEST_ROW_BYTES, is_document

STILL_S = 2.0
"""A file that did not change for so long is taken for finished: placeholder."""
LAST_LINE_S = 5.0
"""A last line without a newline that did not grow for so long is taken: placeholder."""
SNIFFED_RECORDS = 50
PACKED = -1
"""A mark's `whole` while a compressed file is not yet taken to its end."""


class Kind(StrEnum):
    """How a file's records are held."""

    UNKNOWN = "unknown"
    LINES = "lines"
    DOCUMENT = "document"
    PARQUET = "parquet"
    FOREIGN = "foreign"


@dataclass(slots=True)
class Tracked:
    """A file of a place.

    Attributes:
        key: Device and inode.
        path: Where it is now.
        until_end: Whether only what is in it now counts.
        mark: How far it was taken; None if it was not.
        size: Bytes, when last looked at.
        changed_ns: When it changed, by the file system.
        grew_at: When that was by the monotonic clock.
        kind: How its records are held.
        format: The log format that its first records are in.
        content: Its content, once it was opened.
        tried: Its size when it was last found to hold nothing more.
        gone: Whether its name is no longer one of the place's.
        first_size: Its size when first looked at.
        linked: Whether it has a name at all.
        unsure: Whether it changed since its mark was last found in it.
        tail_tried: Whether a last line without a newline was looked at, at this size.
    """

    key: str
    path: Path
    until_end: bool = False
    mark: Mark | None = None
    size: int = 0
    changed_ns: int = 0
    grew_at: float = 0.0
    kind: Kind = Kind.UNKNOWN
    format: str = ""
    content: Plain | Unpacked | None = None
    tried: int = -1
    gone: bool = False
    first_size: int = -1
    linked: bool = True
    tail_tried: bool = False
    unsure: bool = False

    @property
    def offset(self) -> int:
        """How much of its content was taken."""
        return self.mark.offset if self.mark else 0

    @property
    def packed(self) -> bool:
        """Whether it is compressed."""
        return isinstance(self.content, Unpacked) or bool(self.mark and self.mark.whole == PACKED)

    def look(self) -> bool:
        """Ask the file system; returns whether the file changed since it was last asked."""
        held = self.content
        status = held.status() if isinstance(held, Plain) else self.path.stat()
        if key_of(status) != self.key:
            # Renamed since it was listed, and another file has its name.
            raise FileNotFoundError(self.path)
        self.linked = status.st_nlink > 0
        if (status.st_size, status.st_mtime_ns) == (self.size, self.changed_ns):
            return False
        self.size, self.changed_ns = status.st_size, status.st_mtime_ns
        self.grew_at = time.monotonic() - max(0.0, time.time() - status.st_mtime)
        # It may have been cut and have grown to the very size it had.
        self.unsure = self.mark is not None and self.mark.changed_ns != self.changed_ns
        if self.first_size < 0:
            self.first_size = self.size
        self.tried, self.tail_tried = -1, False
        return True

    def waits(self) -> bool:
        """Whether it may hold something that was not taken."""
        if self.kind is Kind.FOREIGN or self.size == 0:
            return False
        if self.mark is None:
            return True
        if self.mark.whole:
            return self.mark.whole != self.size
        limit = self.first_size if self.until_end else self.size
        return limit != self.mark.offset or self.unsure

    def is_still(self, seconds: float) -> bool:
        """Whether it did not change for so long; all files are, where only now counts."""
        return self.until_end or time.monotonic() - self.grew_at >= seconds

    def is_ready(self) -> bool:
        """Whether it is worth reading now."""
        if self.kind is Kind.UNKNOWN:
            return True
        if self.kind is not Kind.LINES or self.packed:
            return self.tried != self.size and self.is_still(STILL_S)
        at_rest = not self.tail_tried and self.is_still(LAST_LINE_S)
        return self.tried != self.size or at_rest

    def open(self) -> Plain | Unpacked:
        """Its content, opened once."""
        if self.content is None:
            plain = Plain(self.path, self.first_size if self.until_end else None)
            if key_of(plain.status()) != self.key:
                plain.close()
                raise FileNotFoundError(self.path)
            if is_packed(plain.read_at(0, 4)):
                plain.close()
                self.content = Unpacked(self.path)
            else:
                self.content = plain
        return self.content

    def close(self) -> None:
        """Let go of its content."""
        if self.content is not None:
            self.content.close()
            self.content = None

    def settle(self) -> None:
        """Find out what kind of file it is, if enough of it is there."""
        if ending_of(self.path) in {".csv", ".tsv"}:
            self.kind = Kind.FOREIGN
            return
        content = self.open()
        if isinstance(content, Unpacked) and not self.is_still(STILL_S):
            return
        head = content.read_at(0, HEAD_BYTES)
        if head.startswith(PARQUET):
            self.kind = Kind.FOREIGN if self.packed else Kind.PARQUET
        elif b"\n" in head or len(head) == HEAD_BYTES or self.is_still(STILL_S):
            self.kind = Kind.DOCUMENT if is_document(head) else Kind.LINES
            self.format = format_of(head)

    def is_whole_parquet(self) -> bool:
        """Whether it is Parquet with its footer in place."""
        return is_whole_parquet(self.path, self.size)

    def reader(self, skipped: Counter[str]) -> LineReader:
        """Reads its lines from where it was left."""
        inside = self.mark.inside if self.mark else False
        return LineReader(self.open().read_at, skipped, self.offset, inside)

    def was_cut(self) -> bool:
        """Whether what was taken of it is no longer in it."""
        if self.mark is None or self.kind in {Kind.PARQUET, Kind.DOCUMENT}:
            return False
        self.open()
        self.unsure = False
        too_short = not self.packed and self.size < self.mark.offset
        return too_short or not self.mark.ends(self.open().read_at)

    def copied_from(self, known: KnownStarts) -> tuple[str, Mark] | None:
        """The file whose mark this one begins with, of several the furthest."""
        read_at = self.open().read_at
        start = read_at(0, SMALL_BYTES)
        return next((each for each in known.like(start) if self._continues(each[1])), None)

    def _continues(self, mark: Mark) -> bool:
        plain = self.kind is not Kind.PARQUET and not self.packed
        if plain and self.size < mark.offset:
            return False
        if self.kind is Kind.PARQUET and mark.whole != self.size:
            return False
        return mark.starts(self.open().read_at)

    def may_be_half_copied(self, known: KnownStarts) -> bool:
        """Whether it looks like the start of a file of which more was taken than is in it."""
        if self.kind is not Kind.LINES or self.packed:
            return False
        head = self.open().read_at(0, HEAD_BYTES)
        for _, mark in known.like(head[:SMALL_BYTES]):
            same = len(head) < HEAD_BYTES or digest(head) == mark.head
            if mark.offset > self.size and same:
                return True
        return False

    def moved_to(self, offset: int, *, inside: bool = False, whole: int = 0) -> Mark:
        """Its mark once it is taken up to an offset."""
        self.mark = mark_at(
            offset,
            self.open().read_at,
            str(self.path),
            inside=inside,
            whole=whole,
            changed_ns=self.changed_ns,
            earlier=self.mark,
        )
        return self.mark

    def copy_document(self, segment: Segment) -> bool:
        """Copy the records of one JSON document; returns whether it was one."""
        text = self.open().read_at(0, LONGEST_ROW_BYTES + 1)
        if len(text) > LONGEST_ROW_BYTES:
            return False
        try:
            document = msgspec.json.decode(text.removeprefix(BOM))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        for record in document if isinstance(document, list) else [document]:
            segment.add(msgspec.json.encode(record) + b"\n")
        return True


def format_of(head: bytes) -> str:
    """The log format of a file's first records; records of several formats are kept apart."""
    found = sniff(_records(head))
    return found.name if found else CANONICAL


def _records(head: bytes) -> Iterator[dict[str, object]]:
    for line in head.split(b"\n", SNIFFED_RECORDS)[:SNIFFED_RECORDS]:
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        if isinstance(record, dict):
            yield record
