"""The snapshot of verdicts, looked for once a second and put in force without a pause."""

from __future__ import annotations

import asyncio
import logging
import time

from revenuer.enforcement.snapshot_file import SnapshotWatch
from revenuer.guard import Guard, Snapshot, SnapshotFault

logger = logging.getLogger(__name__)

LOOK_S = 1.0
"""With what a swap takes, a verdict is in force within two seconds of its publication."""


class VerdictFeed:
    """Offers to a guard what a snapshot file holds, whenever it is another.

    Args:
        watch: Looks at the file.
        guard: What it is offered to.
    """

    def __init__(self, watch: SnapshotWatch, guard: Guard) -> None:
        self._watch = watch
        self._guard = guard

    def look(self) -> None:
        """Take up the file now, if it is another than the one before."""
        if self._watch.changed():
            self._offer(self._watch.take())

    async def run(self) -> None:
        """Look every `LOOK_S`; reading and checking happen beside the event loop."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._watch.changed():
                self._offer(await asyncio.to_thread(self._watch.take))

    def _offer(self, found: Snapshot | SnapshotFault) -> None:
        refused = self._guard.offer(found, time.time())
        if refused is not None:
            logger.error("The snapshot of verdicts is not used: %s.", refused.text)
