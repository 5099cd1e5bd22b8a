"""Why a snapshot of verdicts is not used."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Why a snapshot is not used.

    Attributes:
        MISSING: There is no file.
        UNREADABLE: The file cannot be read.
        TOO_LARGE: The file is larger than the guard takes.
        TRUNCATED: It is shorter than its header says, or has no whole header.
        FOREIGN: It is no snapshot.
        WRONG_VERSION: Another version wrote it.
        TRAILING: It is longer than its header says.
        DAMAGED: What follows the header is not what was signed.
        MALFORMED: A value in it is out of its range.
        FORGED: It is not signed with the key that the guard trusts.
        OTHER_KEY: Its fingerprints were made with another key than the guard's.
        REPLAYED: Its sequence number is lower than one seen before.
        FROM_THE_FUTURE: It was made later than now.
    """

    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    TRUNCATED = "truncated"
    FOREIGN = "foreign"
    WRONG_VERSION = "wrong-version"
    TRAILING = "trailing"
    DAMAGED = "damaged"
    MALFORMED = "malformed"
    FORGED = "forged"
    OTHER_KEY = "other-key"
    REPLAYED = "replayed"
    FROM_THE_FUTURE = "from-the-future"


@dataclass(frozen=True, slots=True)
class SnapshotFault:
    """A snapshot that is not used, and why; the one before stays in force.

    Attributes:
        fault: Which of the known faults.
        text: What was wrong, in one sentence.
    """

    fault: Fault
    text: str
