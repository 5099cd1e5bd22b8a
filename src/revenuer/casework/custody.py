"""The manifest of a report: what it rests on, and what the audit log signed of it.

Three lines: what the report rests on as canonical JSON; the entry of the audit log that has the
digest of that; the entry that has the digests of both lines and of the report's own files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from revenuer.casework.chain import (
    BrokenEntryError,
    Entry,
    Verifies,
    canonical,
    entry_of,
    is_signed,
    line_of,
)

SCHEMA = "revenuer/custody/1"
REPORTED, WRITTEN = "reported", "report-written"
"""Kinds of the two entries."""
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class NamedFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that a report rests on."""

    name: str
    bytes: Annotated[int, Meta(ge=0)]
    sha256: Digest


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a report rests on."""

    schema: Annotated[str, Meta(pattern=f"^{SCHEMA}$")]
    reference: str
    reporter: str
    author: str
    approver: str
    tool: str
    at: str
    files: list[NamedFile]


@dataclass(frozen=True, slots=True)
class Custody:
    """A manifest as it was read.

    Attributes:
        manifest: What the report rests on; None where that cannot be read.
        reported: The entry that signs it; None likewise.
        written: The entry that signs the report's own files; None likewise.
        flaws: What is wrong, a sentence each; empty if all is as it was signed.
    """

    manifest: Manifest | None
    reported: Entry | None
    written: Entry | None
    flaws: tuple[str, ...]

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each file that is named, the report's own ones among them."""
        rests = () if self.manifest is None else self.manifest.files
        own = {} if self.written is None else dict(self.written.body.get("sha256", {}))
        return {one.name: one.sha256 for one in rests} | own


def custody_of(data: bytes, trusted: Verifies) -> Custody:
    """Read a manifest, every byte of it.

    Args:
        data: The file.
        trusted: Checks signatures.
    """
    lines = data.split(b"\n")
    if len(lines) != 4 or lines[3]:
        return Custody(None, None, None, ("the manifest does not have three whole lines",))
    manifest = _manifest(lines[0])
    reported, written = _entry(lines[1]), _entry(lines[2])
    found = list(_alone(manifest, (reported, written), trusted))
    if manifest is not None and reported is not None and written is not None:
        found += _together(lines, manifest, reported, written)
    return Custody(manifest, reported, written, tuple(found))


def _alone(
    manifest: Manifest | None, entries: tuple[Entry | None, Entry | None], trusted: Verifies
) -> Iterator[str]:
    """What is wrong with each line by itself."""
    if manifest is None:
        yield "the first line is no manifest in canonical JSON"
    for place, entry, kind in zip((2, 3), entries, (REPORTED, WRITTEN), strict=True):
        if entry is None:
            yield f"line {place} is no entry of an audit log, or was changed"
        elif not is_signed(entry, trusted):
            yield f"line {place} is not signed with the trusted key"
        elif entry.kind != kind:
            yield f"line {place} is an entry of another kind"


def _together(
    lines: list[bytes], manifest: Manifest, reported: Entry, written: Entry
) -> Iterator[str]:
    """What is wrong between the lines."""
    if reported.body.get("manifest_sha256") != sha256(lines[0]).hexdigest():
        yield "line 2 is not about this manifest"
    if {manifest.reference} != {reported.body.get("cluster"), written.body.get("cluster")}:
        yield "the entries are not about this campaign"
    both = sha256(lines[0] + b"\n" + lines[1] + b"\n").hexdigest()
    digests = written.body.get("sha256")
    if not isinstance(digests, dict) or both not in digests.values():
        yield "line 3 is not about this manifest"
    next_one = written.number == reported.number + 1
    if written.number <= reported.number or (next_one and written.previous != reported.hash):
        yield "line 3 does not follow line 2 in the log"


def _manifest(line: bytes) -> Manifest | None:
    try:
        raw: Any = msgspec.json.decode(line)
        # A key that stands twice, or another spelling, is not what was signed.
        return msgspec.convert(raw, Manifest) if canonical(raw) == line else None
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError):
        return None


def _entry(line: bytes) -> Entry | None:
    try:
        entry = entry_of(line)
    except BrokenEntryError:
        return None
    return entry if line_of(entry) == line + b"\n" else None
