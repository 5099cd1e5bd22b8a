"""The audit log as a file of JSON Lines: only ever added to, by one process at a time.

| file | holds |
|---|---|
| `audit.jsonl` | an entry a line |
| `audit.jsonl.checkpoint` | how far it had got, so that a log cut short is noticed |
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from revenuer.casework.chain import (
    BrokenEntryError,
    Entry,
    Flaw,
    Sign,
    Verifies,
    entry_of,
    flaws,
    is_signed,
    line_of,
    sealed,
    unlinked,
)
from revenuer.casework.checkpoints import (
    Checkpoint,
    checkpoint_of,
    checkpoint_text,
    read_checkpoint,
)
from revenuer.disk import PRIVATE, PRIVATE_FOLDER, put, sync_folder
from revenuer.errors import AuditError

TORN = "torn"
"""Kind of the entry that says that half a line was cut off."""
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class AuditFile:
    """An audit log at a path.

    Attributes:
        path: The file; made with its first entry.
        trusted: Checks signatures.
    """

    path: Path
    trusted: Verifies

    @property
    def checkpoint_path(self) -> Path:
        """Where its checkpoint lies."""
        return self.path.with_name(f"{self.path.name}.checkpoint")

    def append(
        self, steps: Sequence[tuple[str, Mapping[str, Any]]], *, at: datetime, sign: Sign
    ) -> list[Entry]:
        """Add entries; when this returns they are on the disk.

        Half a line that a crash left at the end is cut off, and an entry says so.

        Args:
            steps: Kind and body of each.
            at: When they happened.
            sign: Makes signatures.

        Raises:
            AuditError: The end of the log is not what was written there.
            OSError: They cannot be written; none of them is there.
        """
        with self._locked() as place:
            last, end, torn = self._end(place)
            if last is None and self.checkpoint() is None:
                # Before the first entry: from now on a checkpoint that is missing was removed.
                put(self.checkpoint_path, checkpoint_text(checkpoint_of(None, sign)))
            if torn:
                gone = {"bytes": len(torn), "sha256": sha256(torn).hexdigest()}
                steps = [(TORN, gone), *steps]
            made: list[Entry] = []
            for kind, body in steps:
                after = made[-1] if made else last
                made.append(sealed(kind, body, at=at, after=after, sign=sign))
            if made:
                _write(place, end, b"".join(line_of(entry) for entry in made))
                put(self.checkpoint_path, checkpoint_text(checkpoint_of(made[-1], sign)))
            return made

    def entries(self) -> list[Entry]:
        """All entries, every hash and the newest signature checked.

        The newest signature covers all that is before it, so that checking one is enough.

        Raises:
            AuditError: The log was changed.
        """
        found: list[Entry] = []
        for place, line in enumerate(self.lines(), start=1):
            if not line.endswith(b"\n"):
                # A crash left half a line; whoever writes next cuts it off.
                break
            try:
                entry = entry_of(line)
            except BrokenEntryError as problem:
                raise self._broken(f"line {place} {problem}") from problem
            if (gap := unlinked(entry, found[-1] if found else None)) is not None:
                raise self._broken(f"line {place} {gap}")
            found.append(entry)
        self._reaches(found[-1] if found else None)
        return found

    def flaws(self, known: Mapping[int, str] | None = None) -> list[Flaw]:
        """All that is wrong with it; every signature is checked.

        Args:
            known: Hashes by number of entry that witnesses were told.
        """
        point = self.checkpoint()
        wanted = dict(known or {})
        found: list[Flaw] = []
        if point is not None:
            if wanted.setdefault(point.number, point.hash) != point.hash:
                found.append(Flaw(0, f"its checkpoint is not what a witness of {point.number} saw"))
        elif self.checkpoint_path.exists() or any(self.lines()):
            found.append(Flaw(0, f"{self.checkpoint_path.name} is missing, or is not genuine"))
        return found + list(flaws(self.lines(), self.trusted, wanted))

    def checkpoint(self) -> Checkpoint | None:
        """How far it had got; None where that is not there or not genuine."""
        try:
            return read_checkpoint(self.checkpoint_path.read_bytes(), self.trusted)
        except FileNotFoundError:
            return None

    def lines(self) -> Iterator[bytes]:
        """Each line with its newline; none where there is no file."""
        try:
            with self.path.open("rb") as file:
                yield from file
        except FileNotFoundError:
            return

    @contextmanager
    def _locked(self) -> Iterator[int]:
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        place = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            if new:
                sync_folder(self.path.parent)
            yield place
        finally:
            os.close(place)

    def _end(self, place: int) -> tuple[Entry | None, int, bytes]:
        """The newest entry, where the next begins, and what is left of half a line."""
        size = os.fstat(place).st_size
        tail, start = b"", size
        # Back to the newline before the last whole line.
        while start and tail.count(b"\n") < 2:
            step = min(_PIECE, start)
            start -= step
            tail = os.pread(place, step, start) + tail
        whole, newline, torn = tail.rpartition(b"\n")
        last = None
        if newline:
            line = whole.rpartition(b"\n")[2]
            try:
                last = entry_of(line)
            except BrokenEntryError as problem:
                raise self._broken(f"its last whole line {problem}") from problem
        self._reaches(last)
        return last, size - len(torn), torn

    def _reaches(self, last: Entry | None) -> None:
        """Look whether the newest entry is genuine, and no older than the checkpoint."""
        if last is not None and not is_signed(last, self.trusted):
            raise self._broken(f"entry {last.number} is not signed with the trusted key")
        point = self.checkpoint()
        if point is None:
            if last is not None or self.checkpoint_path.exists():
                raise self._broken(f"{self.checkpoint_path.name} is missing, or is not genuine")
            return
        if (0 if last is None else last.number) < point.number:
            raise self._broken(f"entry {point.number}, which was there before, is missing")
        if last is not None and last.number == point.number and last.hash != point.hash:
            raise self._broken(f"entry {last.number} is not the one that was there before")

    def _broken(self, text: str) -> AuditError:
        return AuditError(
            f"The audit log {self.path} was changed: {text}.",
            "`revenuer audit verify` names everything that is wrong. Nothing is added to it; put "
            "the log back as it was.",
        )


def _write(place: int, end: int, data: bytes) -> None:
    """Write at the end, all of it or nothing, and onto the disk."""
    before = os.fstat(place).st_size
    try:
        os.ftruncate(place, end)
        written = 0
        while written < len(data):
            written += os.pwrite(place, data[written:], end + written)
        os.fsync(place)
    except OSError:
        os.ftruncate(place, min(end, before))
        raise
