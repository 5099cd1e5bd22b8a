"""Files that are whole or not there, secrets that only their owner reads, and locks."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_native_id

from revenuer.errors import ConfigError

PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
OPEN = 0o666
"""For whom the umask lets."""


def put(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file beside its place and move it there: readers see the old or the new, whole.

    Args:
        path: Its folder must be there.
        data: All of it.
        mode: Who may read it, less the umask.

    Raises:
        OSError: It cannot be written; what was there is still there.
    """
    draft = _draft(path)
    try:
        _write(draft, data, mode)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    # The move itself has to reach the disk too.
    sync_folder(path.parent)


def create(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """Write a file that must be new: whole, or not at all.

    Linked into place, so that whoever finds it finds all of it. Its folder is made if missing.

    Raises:
        FileExistsError: There is one.
        OSError: It cannot be written.
    """
    if path.parent.exists() and not path.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent))
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    draft = _draft(path)
    try:
        _write(draft, data, mode)
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk."""
    place = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)


def refuse_if_shared(path: Path, what: str) -> None:
    """Refuse a secret that others can read.

    Raises:
        ConfigError: They can.
    """
    if path.stat().st_mode & 0o077:
        raise ConfigError(
            f"The {what} {path} can be read by others than its owner.",
            f"Run `chmod 600 {path}`; if others may have read it, make a new key.",
        )


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Be the only one who works on something; the lock ends with the process, however that ends.

    Args:
        path: A file that is made if missing, with its folder, or a folder that is there.
        wait: Whether to wait for another who works on it.

    Yields:
        False where another does and `wait` is not set.
    """
    if path.is_dir():
        place = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    else:
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        place = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(place)


def is_locked(path: Path) -> bool | None:
    """Whether somebody holds the lock of a file, without trying to; None where nobody can say.

    Args:
        path: As given to `locked`.
    """
    if not path.exists():
        return False
    try:
        found = path.stat()
        lines = Path("/proc/locks").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
    return any("FLOCK" in line and place in line.split() for line in lines)


def _draft(path: Path) -> Path:
    # Two threads of a server may write the same file at once.
    return path.with_name(f".{path.name}.{os.getpid()}.{get_native_id()}")


def _write(path: Path, data: bytes, mode: int) -> None:
    place = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(place, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
