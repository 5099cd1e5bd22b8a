"""The snapshot of verdicts, put in force without a pause whenever there is another."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from revenuer.enforcement.seen_sequence import SeenError, SeenSequence
from revenuer.enforcement.snapshot_file import SnapshotWatch
from revenuer.guard import Snapshot, SnapshotFault

if TYPE_CHECKING:
    from revenuer.gateway.gate import Gate

logger = logging.getLogger(__name__)


class VerdictSource:
    """Offers to a guard what a snapshot file holds; see `following.Source`.

    Args:
        watch: Looks at the file.
        gate: Whose guard it is offered to.
        seen: Keeps the highest number for the next run.
    """

    def __init__(self, watch: SnapshotWatch, gate: Gate, seen: SeenSequence) -> None:
        self._watch = watch
        self._gate = gate
        self._seen = seen
        self._sequence: int | None = None

    def changed(self) -> bool:
        """Whether there is a file that was not read."""
        return self._watch.changed()

    def read(self) -> Snapshot | SnapshotFault:
        """What is there; checked, and not in force yet."""
        return self._watch.take()

    def use(self, found: Snapshot | SnapshotFault) -> None:
        """Put it in force, or say why not."""
        refused = self._gate.guard.offer(found, time.time())
        if refused is not None:
            logger.error("The snapshot of verdicts is not used: %s.", refused.text)
        elif isinstance(found, Snapshot):
            self._sequence = found.head.sequence

    def settle(self) -> None:
        """Keep the number of what came into force."""
        sequence, self._sequence = self._sequence, None
        if sequence is None:
            return
        try:
            self._seen.keep(sequence)
        except SeenError as problem:
            self._gate.counts.unkept += 1
            logger.error("A restart may be given older verdicts: %s.", problem)
