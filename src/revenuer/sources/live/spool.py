"""What comes through a pipe, kept on disk until it is stored: it cannot be given again."""

from __future__ import annotations

import os
import select
import stat
import threading
import time
from contextlib import suppress
from pathlib import Path

PIECE_BYTES = 32 << 20
"""How long a file of the spool grows before the next is begun: placeholder."""
MOST_WAITING_BYTES = 1 << 30
"""What may lie in the spool before the writer is made to wait: placeholder."""
CHUNK_BYTES = 1 << 20
SYNC_S = 1.0
"""How often the spool is forced to the disk at most."""
STOP_MS = 100
"""How long the thread waits for input before it looks whether to stop: placeholder."""
WAIT_S = 0.05
"""Between two looks at what the writer sent: placeholder."""


class Spool:
    """Numbered files that a thread fills from a pipe.

    From a pipe the kernel moves the bytes itself, so that none of them are ever in our
    memory alone, where a kill would lose them.

    Args:
        folder: Where the files are.
        source: The descriptor that is read.
        first: The number of the first file this run writes.
    """

    def __init__(self, folder: Path, source: int, first: int) -> None:
        self.folder = folder
        self.number = first
        self.taken = first, 0
        self.finished = False
        self.problem: OSError | None = None
        self._source = source
        self._is_pipe = stat.S_ISFIFO(os.fstat(source).st_mode) and hasattr(os, "splice")
        self._target = self._open()
        self._size = 0
        self._synced = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def path(self, number: int) -> Path:
        """A file of the spool."""
        return self.folder / f"stdin-{number:010d}.jsonl"

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
        handle = os.open(self.path(self.number), flags, 0o600)
        os.lseek(handle, 0, os.SEEK_END)
        return handle

    def _run(self) -> None:
        ready = select.poll()
        ready.register(self._source, select.POLLIN)
        try:
            while not self._stop.is_set():
                if self.waiting() >= MOST_WAITING_BYTES:
                    time.sleep(WAIT_S)
                elif ready.poll(STOP_MS) and not self._move():
                    break
        except OSError as problem:
            self.problem = problem
        finally:
            os.close(self._target)
            self.finished = True

    def waiting(self) -> int:
        """Bytes in the spool that were not taken."""
        number, offset = self.taken
        sizes = 0
        for each in range(number, self.number + 1):
            with suppress(FileNotFoundError):
                sizes += self.path(each).stat().st_size
        return sizes - offset

    def _move(self) -> bool:
        """Move a chunk; returns whether there may be more."""
        if self._is_pipe and self._size < 2 * PIECE_BYTES:
            moved = os.splice(self._source, self._target, CHUNK_BYTES)
        else:
            moved = self._copy(os.read(self._source, CHUNK_BYTES))
        self._size += moved
        self._sync(last=moved == 0)
        # A line that is longer than that is passed over all the same, in as many files.
        endless = self._size >= 4 * PIECE_BYTES
        if endless or (self._size >= PIECE_BYTES and self._ends_a_line()):
            self._begin_next()
        return moved > 0

    def _copy(self, block: bytes) -> int:
        """Write a chunk; where a file is long enough, its last line ends it."""
        first = block.find(b"\n") + 1
        if self._size >= PIECE_BYTES and first:
            self._write(block[:first])
            self._begin_next()
            block = block[first:]
            self._write(block)
            return len(block)
        self._write(block)
        return len(block)

    def _write(self, block: bytes) -> None:
        while block:
            block = block[os.write(self._target, block) :]

    def _ends_a_line(self) -> bool:
        with self.path(self.number).open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _begin_next(self) -> None:
        os.fsync(self._target)
        os.close(self._target)
        self.number += 1
        self._target, self._size = self._open(), 0

    def _sync(self, *, last: bool) -> None:
        if last or time.monotonic() - self._synced >= SYNC_S:
            os.fsync(self._target)
            self._synced = time.monotonic()

    def stop(self) -> None:
        """Read no more: what comes from now on stays in the pipe."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
