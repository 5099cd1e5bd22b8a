"""What a run has spent so far, over every time that it was started."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from revenuer.disk import put

EVERY_S = 5.0
"""Processor seconds between two notes: what a kill may leave unaccounted."""


class Spending:
    """Processor seconds by stage, kept in a file.

    Args:
        path: Made if missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cpu_s: dict[str, float] = json.loads(path.read_bytes()) if path.exists() else {}
        self._stage = ""
        self._since = 0.0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what the block takes."""
        self._stage, self._since = name, time.process_time()
        try:
            yield
        finally:
            self._note()
            self._stage = ""

    def tick(self) -> None:
        """Note what the stage has taken so far, now and then."""
        if self._stage and time.process_time() - self._since > EVERY_S:
            self._note()

    def _note(self) -> None:
        now = time.process_time()
        self.cpu_s[self._stage] = round(self.cpu_s.get(self._stage, 0.0) + now - self._since, 2)
        self._since = now
        put(self.path, json.dumps(self.cpu_s, indent=1).encode())
