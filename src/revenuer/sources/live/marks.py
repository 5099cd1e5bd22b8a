"""Where a file was left, and by which of its bytes it is known again under any name.

An inode alone does not tell: it is used again after a deletion, it stays when a file is cut
to nothing and grows anew, and a copy or a compressed copy has another one. So a mark holds
hashes of the file's first bytes and of the last ones before the offset, both of what is in
it once decompressed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from xxhash import xxh3_64_hexdigest

SMALL_BYTES = 512
"""Looked at first, to find whether any mark can match: placeholder."""
HEAD_BYTES = 64 * 1024
"""Of which equality is taken as proof of a copy: placeholder."""
TAIL_BYTES = 512
"""Before the offset; tells a file that was cut and grew anew: placeholder."""
VERSION = "1"

ReadAt = Callable[[int, int], bytes]
"""Bytes of a file at an offset, at most so many; fewer at its end."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was taken.

    Attributes:
        offset: Bytes of its content that are behind us.
        inside: Whether that is inside a line that is too long and passed over.
        whole: The file's own size if all of it was taken at once, else 0.
        small: Hash of its first bytes, at most `SMALL_BYTES` and none behind the offset.
        head: The same of at most `HEAD_BYTES`.
        tail: Hash of the last `TAIL_BYTES` before the offset.
        changed_ns: When it had last changed, by the file system.
        path: Where it was.
    """

    offset: int
    inside: bool
    whole: int
    small: str
    head: str
    tail: str
    changed_ns: int
    path: str

    @property
    def small_bytes(self) -> int:
        """How many bytes `small` is about."""
        return min(self.offset, SMALL_BYTES)

    def text(self) -> str:
        """The mark as a position."""
        parts = (VERSION, self.offset, int(self.inside), self.whole, self.changed_ns)
        # A name may hold bytes that are no text.
        path = quote(os.fsencode(self.path))
        return " ".join([*map(str, parts), self.small, self.head, self.tail, path])

    def starts(self, read_at: ReadAt) -> bool:
        """Whether a file begins with what this mark has taken, as far as hashes say."""
        head = read_at(0, min(self.offset, HEAD_BYTES))
        return digest(head) == self.head and self.ends(read_at)

    def ends(self, read_at: ReadAt) -> bool:
        """Whether the bytes before the offset are those that were taken."""
        start = max(0, self.offset - TAIL_BYTES)
        return digest(read_at(start, self.offset - start)) == self.tail


def mark_at(
    offset: int,
    read_at: ReadAt,
    path: str,
    *,
    inside: bool,
    whole: int,
    changed_ns: int,
    earlier: Mark | None,
) -> Mark:
    """The mark of a file that was taken up to an offset.

    Args:
        offset: Behind what was taken.
        read_at: Reads its content.
        path: Where it is.
        inside: Whether the offset is inside a line that is passed over.
        whole: Its own size if all was taken at once, else 0.
        changed_ns: When it had changed.
        earlier: Its last mark, whose hashes of the start are used again where they still hold.
    """
    if earlier is not None and earlier.offset >= HEAD_BYTES:
        small, head = earlier.small, earlier.head
    else:
        start = read_at(0, min(offset, HEAD_BYTES))
        small, head = digest(start[:SMALL_BYTES]), digest(start)
    before = max(0, offset - TAIL_BYTES)
    tail = digest(read_at(before, offset - before))
    return Mark(offset, inside, whole, small, head, tail, changed_ns, path)


def mark_of(text: str) -> Mark | None:
    """The mark in a position; None if it is of another version."""
    parts = text.split(" ", 8)
    if len(parts) < 9 or parts[0] != VERSION:
        return None
    offset, inside, whole, changed_ns = (int(part) for part in parts[1:5])
    small, head, tail, path = parts[5:]
    path = os.fsdecode(unquote_to_bytes(path))
    return Mark(offset, bool(inside), whole, small, head, tail, changed_ns, path)


def digest(content: bytes) -> str:
    """Hash of some bytes."""
    return xxh3_64_hexdigest(content)


class KnownStarts:
    """Marks by how their files start, so that a copy is known again."""

    def __init__(self, marks: Mapping[str, Mark]) -> None:
        self._marks: dict[str, Mark] = {}
        self._keys: dict[int, dict[str, dict[str, None]]] = {}
        for key, mark in marks.items():
            self.put(key, mark)

    def put(self, key: str, mark: Mark) -> None:
        """Remember a file's newest mark."""
        self.drop(key)
        if mark.offset:
            self._marks[key] = mark
            starts = self._keys.setdefault(mark.small_bytes, {})
            starts.setdefault(mark.small, {})[key] = None

    def drop(self, key: str) -> None:
        """Forget a file."""
        if (old := self._marks.pop(key, None)) is not None:
            starts = self._keys[old.small_bytes]
            del starts[old.small][key]
            if not starts[old.small]:
                del starts[old.small]
            if not starts:
                del self._keys[old.small_bytes]

    def like(self, start: bytes) -> Iterator[tuple[str, Mark]]:
        """Files that may start as this one does, with their marks; the furthest first."""
        found = [
            (key, self._marks[key])
            for length, starts in self._keys.items()
            if length <= len(start)
            for key in starts.get(digest(start[:length]), ())
        ]
        yield from sorted(found, key=lambda each: -each[1].offset)
