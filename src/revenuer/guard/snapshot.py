"""A snapshot of verdicts as it lies in memory: checked once, then looked up.

Nothing is copied: the columns are views of the bytes that were given, which an adapter maps
into memory. The bytes must not change while the snapshot lives.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from revenuer.guard.faults import Fault, SnapshotFault
from revenuer.guard.ladder import ACTIONS, Action
from revenuer.guard.layout import (
    CHANCE_STEPS,
    COUNTERMEASURES,
    HEADER,
    HEADER_BYTES,
    MAGIC,
    PAIR,
    SIGNED_BYTES,
    VERSION,
    Cause,
    Head,
    cause_of,
    digest_of,
)

CLOCK_SKEW_S = 300.0
"""How far the publisher's clock may be ahead of the guard's. placeholder"""


class Listed(NamedTuple):
    """What a snapshot says of one caller.

    Attributes:
        action: What the policy of the publisher asks for.
        expires_at: When it ends, seconds since the epoch.
        probability: How sure it is.
        cause: Why.
    """

    action: Action
    expires_at: int
    probability: float
    cause: Cause


class Snapshot:
    """Verdicts by fingerprint; made by `read_snapshot`.

    Attributes:
        head: What the file says of itself.
        made_at: When it was made, seconds since the epoch.
        causes: Why callers are in it, in the order of their numbers.
    """

    __slots__ = (
        "_actions",
        "_chances",
        "_evidence",
        "_expiries",
        "_prefixes",
        "_shift",
        "_starts",
        "_suffixes",
        "causes",
        "head",
        "made_at",
    )

    def __init__(self, head: Head, columns: _Columns, causes: tuple[Cause, ...]) -> None:
        self.head = head
        self.made_at = head.made_at_us / 1e6
        self.causes = causes
        self._prefixes, self._suffixes, self._expiries = columns[:3]
        self._evidence, self._chances, self._actions = columns[3:]
        self._shift, self._starts = _index(self._prefixes, head.verdicts)

    def __len__(self) -> int:
        return self.head.verdicts

    def find(self, fingerprint: bytes) -> int:
        """The number of a caller's verdict, or -1."""
        prefix, suffix = PAIR.unpack(fingerprint)
        prefixes, group = self._prefixes, prefix >> self._shift
        at = bisect_left(prefixes, prefix, self._starts[group], self._starts[group + 1])
        count = self.head.verdicts
        # Two fingerprints with one prefix are as good as impossible, not quite.
        while at < count and prefixes[at] == prefix:
            if self._suffixes[at] == suffix:
                return at
            at += 1
        return -1

    def at(self, number: int) -> Listed:
        """The verdict of a number that `find` gave."""
        return Listed(
            ACTIONS[self._actions[number]],
            self._expiries[number],
            self._chances[number] / CHANCE_STEPS,
            self.causes[self._evidence[number]],
        )

    def get(self, fingerprint: bytes) -> Listed | None:
        """What it says of a caller; None if nothing."""
        number = self.find(fingerprint)
        return None if number < 0 else self.at(number)

    def items(self) -> Iterator[tuple[bytes, Listed]]:
        """Every fingerprint with its verdict."""
        for number in range(self.head.verdicts):
            pair = PAIR.pack(self._prefixes[number], self._suffixes[number])
            yield pair, self.at(number)


_Code = Literal["Q", "I", "H", "B"]
_COLUMNS: tuple[tuple[_Code, int], ...] = (
    ("Q", 8),
    ("Q", 8),
    ("I", 4),
    ("I", 4),
    ("H", 2),
    ("B", 1),
)


class _Columns(NamedTuple):
    prefixes: Any
    suffixes: Any
    expiries: Any
    evidence: Any
    chances: Any
    actions: Any


def _index(prefixes: Any, count: int) -> tuple[int, array[int]]:
    """Where the prefixes with the same first bits begin, and how far to shift for those bits.

    Fingerprints are evenly spread, so that some sixteen of them are left to search.
    """
    bits = max(count.bit_length() - 4, 1)
    shift, start, starts = 64 - bits, 0, array("I", [0])
    for group in range(1, 1 << bits):
        start = bisect_left(prefixes, group << shift, start)
        starts.append(start)
    starts.append(count)
    return shift, starts


def read_snapshot(data: bytes | memoryview) -> Snapshot | SnapshotFault:
    """Read the bytes of a snapshot file, without its signature.

    Every length, index and value is checked, and the digest; whoever calls has to verify the
    signature of `signed_part` before the guard is offered the snapshot.

    Args:
        data: The file; must not change as long as the snapshot is used.
    """
    view = memoryview(data)
    head = read_head(view)
    if isinstance(head, SnapshotFault):
        return head
    body = view[HEADER_BYTES:]
    if len(body) < head.body_bytes:
        return SnapshotFault(
            Fault.TRUNCATED, f"{len(body):,} bytes follow the header, not {head.body_bytes:,}"
        )
    if len(body) > head.body_bytes:
        more = len(body) - head.body_bytes
        return SnapshotFault(Fault.TRAILING, f"{more:,} bytes too many follow the header")
    if digest_of(body) != head.digest:
        return SnapshotFault(Fault.DAMAGED, "its contents are not those that were signed")
    columns, rest = _columns(body, head.verdicts)
    causes = _causes(rest, head)
    if isinstance(causes, SnapshotFault):
        return causes
    if head.verdicts and max(columns.actions) >= len(ACTIONS):
        return SnapshotFault(Fault.MALFORMED, "an action is none of the ladder's")
    if head.verdicts and max(columns.evidence) >= len(causes):
        return SnapshotFault(Fault.MALFORMED, "a verdict names evidence that is not there")
    return Snapshot(head, columns, causes)


def read_head(data: bytes | memoryview) -> Head | SnapshotFault:
    """Read the header of a snapshot file."""
    if len(data) < HEADER_BYTES:
        if bytes(data[: len(MAGIC)]) != MAGIC[: len(data)]:
            return SnapshotFault(Fault.FOREIGN, "it is no snapshot of verdicts")
        return SnapshotFault(Fault.TRUNCATED, f"it has {len(data)} bytes, which is no header")
    head = Head._make(HEADER.unpack_from(data))
    if head.magic != MAGIC:
        return SnapshotFault(Fault.FOREIGN, "it is no snapshot of verdicts")
    if (
        head.version != VERSION
        or head.header_bytes != HEADER_BYTES
        or head.flags & ~COUNTERMEASURES
    ):
        return SnapshotFault(
            Fault.WRONG_VERSION,
            f"it has version {head.version}, flags {head.flags:#x}; this guard reads {VERSION}",
        )
    return head


def taken(
    snapshot: Snapshot, fingerprint_key: bytes, least_sequence: int, now: float
) -> Snapshot | SnapshotFault:
    """A snapshot that may come into force, or why it may not.

    Args:
        snapshot: Sound in itself.
        fingerprint_key: Name of the guard's fingerprint key.
        least_sequence: The highest number seen so far.
        now: When it was found.
    """
    head = snapshot.head
    if head.fingerprint_key != fingerprint_key:
        return SnapshotFault(
            Fault.OTHER_KEY, "its fingerprints were made with another key than this guard's"
        )
    if head.sequence < least_sequence:
        return SnapshotFault(
            Fault.REPLAYED, f"number {head.sequence} comes after number {least_sequence}"
        )
    if snapshot.made_at > now + CLOCK_SKEW_S:
        ahead = snapshot.made_at - now
        return SnapshotFault(
            Fault.FROM_THE_FUTURE, f"it was made {ahead:,.0f} seconds from now; a clock is wrong"
        )
    return snapshot


def signed_part(data: bytes | memoryview) -> tuple[bytes, bytes]:
    """The bytes that are signed, and their signature; for the verifier of Ed25519."""
    return bytes(data[:SIGNED_BYTES]), bytes(data[SIGNED_BYTES:HEADER_BYTES])


def _columns(body: memoryview, count: int) -> tuple[_Columns, memoryview]:
    found, start = [], 0
    for code, size in _COLUMNS:
        end = start + count * size
        found.append(_numbers(body[start:end], code))
        start = end
    return _Columns(*found), body[start:]


def _numbers(part: memoryview, code: _Code) -> Any:
    if sys.byteorder == "little" or code == "B":
        return part.cast("B").cast(code)
    # The file is little-endian; on other machines each column is turned once.
    column = array(code, part.tobytes())
    column.byteswap()
    return column


def _causes(rest: memoryview, head: Head) -> tuple[Cause, ...] | SnapshotFault:
    sizes = head.cause
    at, found = head.causes * sizes.size, []
    for number in range(head.causes):
        parts = []
        for size in sizes.unpack_from(rest, number * sizes.size):
            parts.append(bytes(rest[at : at + size]))
            at += size
        try:
            found.append(cause_of([part.decode() for part in parts]))
        except UnicodeDecodeError:
            return SnapshotFault(Fault.MALFORMED, "a text is no UTF-8")
        except ValueError:
            return SnapshotFault(Fault.MALFORMED, "what a cause gives cannot be read")
    if at != len(rest):
        return SnapshotFault(Fault.MALFORMED, "the texts are longer or shorter than their table")
    return tuple(found)
