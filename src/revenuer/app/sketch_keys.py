"""The files that hold the keys of sketches."""

from __future__ import annotations

import secrets
from pathlib import Path

from revenuer.disk import create, refuse_if_shared
from revenuer.errors import ConfigError
from revenuer.features.keyed import KEY_BYTES, SketchKey, name_of

KEY_HEAD = "revenuer-sketch-key-1"


def make_key(path: Path, key_id: str | None = None) -> SketchKey:
    """Make a new key and write it to a file that only its owner can read.

    Raises:
        ConfigError: The file is there already, or cannot be written.
    """
    secret = secrets.token_bytes(KEY_BYTES)
    key = SketchKey(key_id or name_of(secret), secret)
    write_key(path, key)
    return key


def write_key(path: Path, key: SketchKey) -> None:
    """Write a key to a new file that only its owner can read.

    Raises:
        ConfigError: The file is there already, or cannot be written.
    """
    try:
        # New, so that no key that sketches were made with is ever lost.
        create(path, f"{KEY_HEAD} {key.id} {key.secret.hex()}\n".encode("ascii"))
    except FileExistsError:
        raise ConfigError(
            f"{path} is there already; a key is never overwritten.",
            "Sketches compare only under one key: name another file, and keep the old one for "
            "as long as its sketches are read.",
        ) from None
    except OSError as problem:
        raise ConfigError(f"{path} cannot be written: {problem.strerror}") from problem


def read_key(path: Path, key_id: str | None = None) -> SketchKey:
    """Read a key from its file.

    Args:
        path: A file that `make_key` wrote.
        key_id: A name to use instead of the file's.

    Raises:
        ConfigError: It is no such file, or others than its owner can read it.
    """
    hint = "Make one with `revenuer sketch --new-key FILE`."
    try:
        parts = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} cannot be read as a sketch key.", hint) from problem
    if len(parts) != 3 or parts[0] != KEY_HEAD or len(parts[2]) != 2 * KEY_BYTES:
        raise ConfigError(f"{path} is no sketch key.", hint)
    refuse_if_shared(path, "sketch key")
    try:
        return SketchKey(key_id or parts[1], bytes.fromhex(parts[2]))
    except ValueError as problem:
        raise ConfigError(f"{path} is no sketch key.", hint) from problem
