"""What deciding on requests counts beside the guard."""

from __future__ import annotations


class Counts:
    """What the gate counts beside the guard.

    Attributes:
        failures: Requests that passed since deciding on them failed.
        late: Decisions that took longer than the policy's deadline, and hold all the same.
        rewritten: Bodies that were changed.
        adopted: Policies that were taken up while running.
        refused_files: Changed files of settings that could not be taken up.
        unkept: Numbers of snapshots that could not be kept for the next run.
    """

    __slots__ = ("adopted", "failures", "late", "refused_files", "rewritten", "unkept")

    def __init__(self) -> None:
        self.failures = self.late = self.rewritten = 0
        self.adopted = self.refused_files = self.unkept = 0
