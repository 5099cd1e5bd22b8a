"""The exit codes that programs rely on."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended; docs/exit-codes.md says the same.

    Attributes:
        DONE: It did what was asked.
        ERROR: It could not; stderr says why and what to do.
        USAGE: The command line is wrong.
        NOTHING_TO_READ: No exchange was found where the operator pointed.
        BASELINE_FAILS: `baseline check` found that nothing may be convicted.
        UNDECIDED: `enforce` did nothing yet: an approval is missing, or nobody said yes.
        CONVICTED: Scanned with `--exit-code`, and a campaign is convicted.
        INTERRUPTED: A person pressed Ctrl-C.
        PIPE_CLOSED: The program that read the output went away.
    """

    DONE = 0
    ERROR = 1
    USAGE = 2
    NOTHING_TO_READ = 3
    BASELINE_FAILS = 4
    UNDECIDED = 5
    CONVICTED = 10
    INTERRUPTED = 130
    PIPE_CLOSED = 141
