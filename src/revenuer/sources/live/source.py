"""What a live source is: it is pulled, gives whole records, and says where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

EMPTY = "empty"
TOO_LONG = "too-long"
NOT_AN_OBJECT = "not-an-object"
NOT_ONE_RECORD = "not-one-record"
BROKEN = "broken-compression"
NOT_A_LOG = "not-a-live-format"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a source gave.

    Attributes:
        path: A file that the log readers can read: JSON Lines, or a Parquet file.
        own: Whether it is the operator's own file, which is never deleted.
        size: Bytes.
        positions: By partition, where the source stands behind it; opaque text. Who calls
            lays them over the earlier ones; an empty text takes a partition out.
    """

    path: Path
    own: bool
    size: int
    positions: Mapping[str, str]


class LiveSource(Protocol):
    """Somewhere exchanges come from while they happen.

    One thread pulls, so that back-pressure is not to call. Nothing is given twice behind the
    positions that were stored, and nothing is lost: what was taken and not stored is given
    again by the source that is opened next.

    Attributes:
        name: Stable identity, the key of its positions in the state; no credentials in it.
    """

    name: str

    def take(self, into: Path, *, most_bytes: int, wait_s: float) -> Taken | None:
        """Whole records only, in a file below `into`; None if nothing came within `wait_s`.

        Raises:
            SourceError: The source cannot be read, and trying again would not help.
        """
        ...

    def acknowledge(self) -> None:
        """Everything taken so far is durable with its positions."""
        ...

    @property
    def ended(self) -> bool:
        """Whether all there was at the start has been taken; false without `until_end`."""
        ...

    @property
    def closed(self) -> bool:
        """Whether nothing more will come, though some of it may have to be taken yet."""
        ...

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many records or files were left out, by reason."""
        ...

    def close(self) -> None:
        """Let go of files and connections; what was taken stays."""
        ...
