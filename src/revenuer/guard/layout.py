"""How a snapshot of verdicts lies in its file, and how one is written.

```
header     256 bytes: what is below, then the signature of what is before it
prefixes   count x u64, ascending: the first half of each fingerprint
suffixes   count x u64: the second half
expiries   count x u32: seconds since the epoch
evidence   count x u32: number of the evidence entry
chances    count x u16: probability in steps of 1/65535
actions    count x u8
causes     entries x 2 x u32: bytes of the evidence id, bytes of the note; with the flag
           COUNTERMEASURES x 3: bytes of what is given beside the action, too
strings    UTF-8, one after the other
```

Everything is little-endian. Columns instead of rows, so that one `bisect` over the prefixes
finds a caller and one `max` checks a column. No raw id is in the file.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple

from revenuer.guard.fingerprint import SIZE
from revenuer.guard.ladder import Action

MAGIC = b"RVNUVRD\x00"
VERSION = 1
HEADER = struct.Struct("<8sHHIQQIIQ8s8s32s")
SIGNED_BYTES = 192
SIGNATURE_BYTES = 64
HEADER_BYTES = SIGNED_BYTES + SIGNATURE_BYTES
PAIR = struct.Struct("<QQ")
ENTRY_BYTES = SIZE + 4 + 4 + 2 + 1
CAUSE = struct.Struct("<II")
LONG_CAUSE = struct.Struct("<III")
COUNTERMEASURES = 1
"""The flag of a file some of whose causes name countermeasures. A file without any is written as
before there were any, for guards that know none; they refuse one with."""
LATEST = 2**32 - 1
CHANCE_STEPS = 65535


class Head(NamedTuple):
    """The header, without its padding.

    Attributes:
        magic: What the file is.
        version: Of this layout.
        header_bytes: Length of the header with its signature.
        flags: `COUNTERMEASURES` or none; a file with any other is refused.
        sequence: Grows with each publication; a lower one than seen is a replay.
        made_at_us: When it was made, microseconds since the epoch.
        verdicts: Fingerprints.
        causes: Evidence entries.
        strings: Bytes of the string table.
        fingerprint_key: Name of the key that the fingerprints were made with.
        signing_key: Name of the key that signed it.
        digest: BLAKE2b-256 of everything after the header.
    """

    magic: bytes
    version: int
    header_bytes: int
    flags: int
    sequence: int
    made_at_us: int
    verdicts: int
    causes: int
    strings: int
    fingerprint_key: bytes
    signing_key: bytes
    digest: bytes

    @property
    def body_bytes(self) -> int:
        """How long the rest of the file must be."""
        return self.verdicts * ENTRY_BYTES + self.causes * self.cause.size + self.strings

    @property
    def cause(self) -> struct.Struct:
        """How the lengths of a cause's texts are written."""
        return LONG_CAUSE if self.flags & COUNTERMEASURES else CAUSE


class Given(NamedTuple):
    """A countermeasure that an account gets beside the action.

    Attributes:
        id: Its name.
        until: When it ends, seconds since the epoch; it may end before the action does.
    """

    id: str
    until: int


class Cause(NamedTuple):
    """Why callers are in the snapshot: one entry for a campaign.

    Attributes:
        evidence_id: What an appeal refers to, such as the campaign's id.
        note: A few words for logs; no account's id and no text.
        given: Countermeasures, by their ids.
    """

    evidence_id: str
    note: str = ""
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """One caller's verdict, as it is published.

    Attributes:
        action: What the policy asks for.
        cause: Why.
        expires_at: When it ends, seconds since the epoch.
        probability: How sure it is, 0 to 1.
    """

    action: Action
    cause: Cause
    expires_at: float
    probability: float


@dataclass(frozen=True, slots=True)
class Issue:
    """What a publication says of itself.

    Attributes:
        sequence: Higher than that of the one before.
        made_at: When, seconds since the epoch.
        fingerprint_key: Name of the key of the fingerprints, 8 bytes.
        signing_key: Name of the key that signs, 8 bytes.
        sign: Makes the 64-byte Ed25519 signature of some bytes.
    """

    sequence: int
    made_at: float
    fingerprint_key: bytes
    signing_key: bytes
    sign: Callable[[bytes], bytes]


def write_snapshot(listings: Mapping[bytes, Listing], issue: Issue) -> bytes:
    """Write verdicts as the bytes of a snapshot file.

    Args:
        listings: By fingerprint.
        issue: What it says of itself.

    Returns:
        The file; equal verdicts give equal bytes after the header.
    """
    # By both halves as numbers, so that the prefixes ascend.
    keys = sorted(listings, key=PAIR.unpack)
    causes = sorted({listings[key].cause for key in keys})
    place = {cause: number for number, cause in enumerate(causes)}
    halves = [PAIR.unpack(key) for key in keys]
    rows = [listings[key] for key in keys]
    flags = COUNTERMEASURES if any(cause.given for cause in causes) else 0
    texts = [_texts(cause, flags) for cause in causes]
    body = b"".join(
        (
            _column("Q", (prefix for prefix, _ in halves)),
            _column("Q", (suffix for _, suffix in halves)),
            _column("I", (_seconds(row.expires_at) for row in rows)),
            _column("I", (place[row.cause] for row in rows)),
            _column("H", (_steps(row.probability) for row in rows)),
            bytes(row.action for row in rows),
            _sizes(texts),
            *(part for each in texts for part in each),
        )
    )
    strings = sum(len(part) for each in texts for part in each)
    head = Head(
        magic=MAGIC,
        version=VERSION,
        header_bytes=HEADER_BYTES,
        flags=flags,
        sequence=issue.sequence,
        made_at_us=round(issue.made_at * 1e6),
        verdicts=len(rows),
        causes=len(causes),
        strings=strings,
        fingerprint_key=issue.fingerprint_key,
        signing_key=issue.signing_key,
        digest=digest_of(body),
    )
    signed = HEADER.pack(*head).ljust(SIGNED_BYTES, b"\0")
    return signed + issue.sign(signed) + body


def digest_of(body: bytes | memoryview) -> bytes:
    """What the header says of everything after it."""
    return blake2b(body, digest_size=32, person=b"revenuer verdict").digest()


def _column(code: Literal["Q", "I", "H"], numbers: Iterable[int]) -> bytes:
    column = array(code, numbers)
    if sys.byteorder != "little":
        column.byteswap()
    return column.tobytes()


def _seconds(at: float) -> int:
    # Compared before it is cut: an endless verdict has no whole number.
    return int(min(max(at, 0.0), LATEST))


def _steps(probability: float) -> int:
    return min(max(round(probability * CHANCE_STEPS), 0), CHANCE_STEPS)


def _texts(cause: Cause, flags: int) -> list[bytes]:
    texts = [cause.evidence_id.encode(), cause.note.encode()]
    if flags & COUNTERMEASURES:
        texts.append(" ".join(f"{one.id}@{one.until}" for one in cause.given).encode())
    return texts


def cause_of(texts: list[str]) -> Cause:
    """A cause out of its texts, as a file has them.

    Raises:
        ValueError: What it names as given cannot be read.
    """
    given = []
    for word in texts[2].split() if len(texts) > 2 else ():
        id_, _, until = word.rpartition("@")
        given.append(Given(id_, int(until)))
    return Cause(texts[0], texts[1], tuple(given))


def _sizes(texts: Iterable[list[bytes]]) -> bytes:
    return b"".join(
        (CAUSE if len(each) == 2 else LONG_CAUSE).pack(*(len(part) for part in each))
        for each in texts
    )
