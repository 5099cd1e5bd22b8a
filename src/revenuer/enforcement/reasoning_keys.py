"""The file of the keys that reasoning blocks are bound with, oldest first.

```
revenuer-reasoning-key-1 1 <64 hexadecimals>
revenuer-reasoning-key-1 2 <64 hexadecimals>
```
All of them are checked with, and the last one binds. To rotate where several hosts share them, put
the new one before the last on each host, then move it to the end, and take the old one out
once blocks that it bound may no longer be replayed.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from revenuer.disk import create, refuse_if_shared
from revenuer.errors import ConfigError
from revenuer.guard.reasoning import LATEST, ReasoningBinder

HEAD = "revenuer-reasoning-key-1"
WHAT = "file of reasoning keys"
KEY_BYTES = 32


def reasoning_binder_at(path: Path) -> ReasoningBinder:
    """What binds with the keys in a file, which is made with one key if it is not there.

    Raises:
        ConfigError: The file has a line that is no key or has a number twice, is open to others,
            or cannot be made.
    """
    if not path.exists():
        try:
            create(path, f"{HEAD} 1 {secrets.token_hex(KEY_BYTES)}\n".encode("ascii"))
        except FileExistsError:
            # Another process was quicker; both go on with its key.
            pass
        except OSError as problem:
            raise ConfigError(
                f"The {WHAT} {path} cannot be written: {problem.strerror}.",
                "Name another with reasoning.keys.",
            ) from problem
    keys = _keys_in(path)
    refuse_if_shared(path, WHAT)
    return ReasoningBinder(keys, current=list(keys)[-1])


def _keys_in(path: Path) -> dict[int, bytes]:
    try:
        lines = path.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path} cannot be read as a {WHAT}.") from problem
    keys: dict[int, bytes] = {}
    for place, line in enumerate(lines, 1):
        parts = line.split()
        if not parts:
            continue
        number, key = _key_of(parts)
        if key is None or number in keys:
            # Without the line itself, which holds a secret.
            wrong = "has a number that was there before" if key is not None else "is no key"
            raise ConfigError(
                f"Line {place} of {path} {wrong}.", f"A line is `{HEAD} NUMBER 64-HEXADECIMALS`."
            )
        keys[number] = key
    if not keys:
        raise ConfigError(f"{path} holds no key.", f"A line is `{HEAD} NUMBER 64-HEXADECIMALS`.")
    return keys


def _key_of(parts: list[str]) -> tuple[int, bytes | None]:
    if len(parts) != 3 or parts[0] != HEAD or not parts[1].isdigit() or len(parts[1]) > 10:
        return 0, None
    number = int(parts[1])
    try:
        key = bytes.fromhex(parts[2])
    except ValueError:
        return number, None
    return number, key if len(key) == KEY_BYTES and number <= LATEST else None
