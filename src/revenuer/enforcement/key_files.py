"""Files that hold secrets: made whole and for their owner only, refused where others can read."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from revenuer.errors import ConfigError


def create(path: Path, text: str, mode: int) -> None:
    """Write a file that must be new: whole, or not at all.

    Linked into place, so that whoever finds it finds all of it.

    Raises:
        FileExistsError: There is one.
        OSError: It cannot be written.
    """
    if path.parent.exists() and not path.parent.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    place = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(place, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


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
