"""JSON Lines files that only whole, synced rows are acknowledged from."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

logger = logging.getLogger(__name__)

RETRY_S = 1.0
"""How long after a failure the disk is tried again. placeholder"""


class LogFile:
    """Appends rows to `<kind>-<time>-<process>-<number>.jsonl` in a folder.

    One process never appends to another's file, so a row that was torn by a crash is the last
    of its file, where readers quarantine it.

    Args:
        folder: Made if it is not there.
        kind: What the files are called.
        most_bytes: Size from which a new file is begun.
    """

    def __init__(self, folder: str, kind: str, most_bytes: int) -> None:
        self._kind = kind
        self._folder = Path(folder)
        self._most = most_bytes
        self._place = -1
        self._size = 0
        self._count = 0
        self._stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        self._failed_s = -RETRY_S

    def write(self, data: bytes | bytearray) -> bool:
        """Write rows and sync them.

        Args:
            data: Whole lines.

        Returns:
            Whether all are on the disk; if not, none is in the file.
        """
        if time.monotonic() - self._failed_s < RETRY_S:
            return False
        try:
            if self._place < 0 or self._size > self._most:
                self._open_next()
            view = memoryview(data)
            while view:
                view = view[os.write(self._place, view) :]
            os.fdatasync(self._place)
        except OSError as problem:
            self._failed(problem)
            return False
        self._size += len(data)
        return True

    def close(self) -> None:
        """Close the file."""
        if self._place >= 0:
            os.close(self._place)
            self._place = -1

    def _open_next(self) -> None:
        self.close()
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._kind}-{self._stamp}-{os.getpid()}-{self._count}.jsonl"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._place = os.open(self._folder / name, flags, 0o640)
        self._count += 1
        self._size = 0
        # The name must be on the disk too, not only what is in the file.
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _failed(self, problem: OSError) -> None:
        self._failed_s = time.monotonic()
        logger.error("The log cannot be written: %s", problem.strerror)
        if self._place < 0:
            return
        try:
            # What half a write left would tear the next row.
            os.ftruncate(self._place, self._size)
        except OSError:
            self.close()
