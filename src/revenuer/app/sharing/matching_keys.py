"""The file of group keys, one a line, which members hand to each other outside of this program."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from revenuer.disk import PRIVATE_FOLDER, create, locked, put, refuse_if_shared
from revenuer.errors import ConfigError
from revenuer.matching.keyring import KEY_BYTES, GroupKey, KeyRing, quarter_of

HEAD = "revenuer-group-key-1"
RING = "matching-group.keys"
HINT = "Make one with `revenuer share match keygen GROUP --out FILE`."


def make_group_key(path: Path, group: str, at: datetime) -> GroupKey:
    """Make the group's key for the quarter around a moment, in a file of its own.

    Raises:
        ConfigError: The file is there already, or the name is none.
    """
    if not group.replace("-", "").isalnum() or not group.isascii() or len(group) > 64:
        raise ConfigError(f"{group!r} is no name of a group.", "Letters, digits and dashes.")
    name, begins, ends = quarter_of(at)
    key = GroupKey(f"{group}-{name}", secrets.token_bytes(KEY_BYTES), begins, ends)
    try:
        create(path, _line(key))
    except FileExistsError:
        raise ConfigError(f"{path} is there already; a key is never overwritten.") from None
    except OSError as problem:
        raise ConfigError(f"{path} cannot be written: {problem.strerror}") from problem
    return key


def read_group_keys(path: Path) -> list[GroupKey]:
    """The keys in a file.

    Raises:
        ConfigError: It cannot be read, holds something else, or others can read it.
    """
    try:
        refuse_if_shared(path, "group key")
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} cannot be read as group keys.", HINT) from problem
    keys = [_key(line) for line in lines]
    found = [key for key in keys if key is not None]
    if not found or len(found) != len(keys):
        raise ConfigError(f"{path} holds something else than group keys.", HINT)
    return found


def ring_at(folder: Path) -> KeyRing:
    """The keys that were taken in so far; none where nothing was."""
    path = folder / RING
    return KeyRing(read_group_keys(path) if path.exists() else [])


def take_group_keys(folder: Path, path: Path) -> Sequence[GroupKey]:
    """Add the keys of a file to those of a folder; what is there already stays.

    Returns:
        What was added.

    Raises:
        ConfigError: A key of the same name is another one.
    """
    coming = read_group_keys(path)
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    with locked(folder):
        known = {key.id: key for key in ring_at(folder).keys}
        for key in coming:
            if known.setdefault(key.id, key) != key:
                raise ConfigError(
                    f"Another group key is called {key.id} already.",
                    "Nothing was changed. Compare the checks that `revenuer share match keys` "
                    "shows with the other members'.",
                )
        before = {key.id for key in ring_at(folder).keys}
        put(folder / RING, b"".join(_line(key) for key in known.values()))
    return [key for key in coming if key.id not in before]


def _line(key: GroupKey) -> bytes:
    times = f"{key.begins.isoformat()} {key.ends.isoformat()}"
    return f"{HEAD} {key.id} {times} {key.secret.hex()}\n".encode("ascii")


def _key(line: str) -> GroupKey | None:
    parts = line.split()
    if len(parts) != 5 or parts[0] != HEAD:
        return None
    try:
        begins, ends = (datetime.fromisoformat(part).astimezone(UTC) for part in parts[2:4])
        return GroupKey(parts[1], bytes.fromhex(parts[4]), begins, ends)
    except ValueError:
        return None
