"""Snapshots of verdicts on disk: put there whole, taken up only when signed by the right key."""

from __future__ import annotations

import fcntl
import mmap
import os
from pathlib import Path

from revenuer.enforcement.verdict_keys import PublicKey
from revenuer.guard.faults import Fault, SnapshotFault
from revenuer.guard.snapshot import Snapshot, read_head, read_snapshot, signed_part

MOST_BYTES = 512 * 1024 * 1024
"""A file of more is not read: 19 million callers fit in it. placeholder"""


def load_snapshot(
    path: Path, trusted: PublicKey, most_bytes: int = MOST_BYTES
) -> Snapshot | SnapshotFault:
    """Read a snapshot file and check its signature.

    The bytes are copied once into memory that nobody can write to any more, and are looked up
    there: whoever overwrites or cuts the file afterwards changes nothing.

    Args:
        path: The file.
        trusted: The only key whose signatures count.
        most_bytes: Length above which it is not read.

    Returns:
        The snapshot, or why it is not used; nothing is raised.
    """
    try:
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size > most_bytes:
                return SnapshotFault(
                    Fault.TOO_LARGE, f"it has {size:,} bytes, more than {most_bytes:,}"
                )
            data = _sealed(file.fileno(), size)
    except FileNotFoundError:
        return SnapshotFault(Fault.MISSING, f"{path} is not there")
    except OSError as problem:
        return SnapshotFault(Fault.UNREADABLE, f"{path} cannot be read: {problem.strerror}")
    head = read_head(data)
    if isinstance(head, SnapshotFault):
        return head
    # Before anything else is looked at: what a stranger wrote is not worth reading.
    if not trusted.verifies(*signed_part(data)):
        other = "" if head.signing_key == trusted.id else ", but with another"
        return SnapshotFault(Fault.FORGED, f"it is not signed with the trusted key{other}")
    return read_snapshot(data)


class SnapshotWatch:
    """Looks whether there is another file, as often as it is asked.

    Args:
        path: The file that `revenuer verdicts publish` replaces.
        trusted: The only key whose signatures count.
        most_bytes: Length above which it is not read.
    """

    def __init__(self, path: Path, trusted: PublicKey, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self._trusted = trusted
        self._most_bytes = most_bytes
        self._seen: tuple[int, ...] | None = None

    def changed(self) -> bool:
        """Whether there is a file that `take` has not read; costs one look at its entry."""
        return self._mark() != self._seen

    def take(self) -> Snapshot | SnapshotFault:
        """Read what is there now; may take a tenth of a second, and may run in a thread."""
        # Marked first: what is replaced while it is read is read again.
        self._seen = self._mark()
        return load_snapshot(self.path, self._trusted, self._most_bytes)

    def _mark(self) -> tuple[int, ...]:
        try:
            found = self.path.stat()
        except OSError as problem:
            return (problem.errno or -1,)
        return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def _sealed(source: int, size: int) -> bytes | memoryview:
    """The first `size` bytes of a file, in memory that cannot change."""
    if not hasattr(os, "memfd_create") or not size:
        return _all_of(source, size)
    place = os.memfd_create("revenuer-verdicts", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        copied = 0
        while copied < size:
            more = os.sendfile(place, source, copied, size - copied)
            if not more:
                break
            copied += more
        if not copied:
            return b""
        fcntl.fcntl(
            place,
            fcntl.F_ADD_SEALS,
            fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL,
        )
        return memoryview(mmap.mmap(place, copied, mmap.MAP_SHARED, mmap.PROT_READ))
    finally:
        os.close(place)


def _all_of(source: int, size: int) -> bytes:
    parts = []
    while size > 0 and (part := os.read(source, min(size, 1 << 20))):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
