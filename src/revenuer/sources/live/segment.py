"""The file that one take writes: whole lines, up to a size."""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import BinaryIO

from revenuer.sources.live.source import NOT_AN_OBJECT


class Segment:
    """JSON Lines being written into a folder; no file is made before the first line.

    Args:
        into: The folder.
        most_bytes: How large it may grow.
        skipped: Where lines are counted that cannot stand first.
    """

    def __init__(self, into: Path, most_bytes: int, skipped: Counter[str]) -> None:
        self.into = into
        self.most_bytes = most_bytes
        self.size = 0
        self._skipped = skipped
        self._file: BinaryIO | None = None
        self._path = into

    @property
    def room(self) -> int:
        """Bytes that still fit."""
        return self.most_bytes - self.size

    def add(self, lines: bytes) -> None:
        """Write whole lines, each with its newline."""
        if self._file is None:
            lines = self._from_a_record_on(lines)
            if not lines:
                return
            handle, name = tempfile.mkstemp(prefix="taken-", suffix=".jsonl", dir=self.into)
            self._file, self._path = os.fdopen(handle, "wb"), Path(name)
        self._file.write(lines)
        self.size += len(lines)

    def close(self) -> Path | None:
        """The finished file; None if nothing was written."""
        if self._file is None:
            return None
        self._file.close()
        return self._path

    def discard(self) -> None:
        """Take the file back."""
        if self.close() is not None:
            self._path.unlink(missing_ok=True)

    def _from_a_record_on(self, lines: bytes) -> bytes:
        """Lines without those at their start that would make readers take all for something else.

        A file that starts with `[` or with a lone `{` is read as one document, so a broken
        line there would spoil the rest. Anywhere else readers quarantine it.
        """
        start = 0
        while start < len(lines):
            end = lines.find(b"\n", start) + 1 or len(lines)
            text = lines[start:end].strip()
            if text[:1] == b"{" and len(text) > 1:
                return lines[start:]
            self._skipped[NOT_AN_OBJECT] += bool(text)
            start = end
        return b""
