"""Where a scan keeps what it has worked out, so that it can be stopped and go on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import revenuer
from revenuer.errors import ConfigError
from revenuer.sources import OWN, STDIN, Logs, Remembering, files_at


def state_of(
    state: Path,
    places: Sequence[str],
    about: Sequence[object],
    read: Iterable[str | Path | None] = (),
) -> Path:
    """The folder in which one scan keeps what it has worked out.

    The same files, settings and program have the same folder.

    Args:
        state: Folder of all states.
        places: Where the logs are.
        about: What the answers depend on beside them, as JSON takes it.
        read: Files that they depend on by what is in them.

    Raises:
        ConfigError: A place can be read only once, or only by an engine, or holds the state.
    """
    files = []
    for place in places:
        if place == STDIN or place.startswith(OWN):
            raise ConfigError(
                f"a scan of {place} cannot go on where it was",
                "Name files, or leave out --state.",
            )
        if state.resolve().is_relative_to(Path(place).resolve()):
            raise ConfigError(f"--state {state} lies in the logs", "Keep it beside them.")
        for path in files_at(place, state):
            status = path.stat()
            files.append((str(path.resolve()), status.st_size, status.st_mtime_ns))
    contents = [hashlib.sha256(Path(one).read_bytes()).hexdigest() if one else None for one in read]
    told = json.dumps([sorted(files), list(about), contents, _program()], sort_keys=True)
    return state / hashlib.sha256(told.encode()).hexdigest()[:16]


def remember(logs: Logs, folder: Path) -> None:
    """Let opened logs keep what is worked out of them, for nobody else to read.

    Args:
        logs: Opened; their engine and working directory are replaced.
        folder: From `state_of`; made if missing.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    logs.engine = Remembering(logs.engine, folder / "answers")
    logs.workdir, logs.stays = folder, True


def _program() -> str:
    """A digest of the program: another version may ask other questions of the same name."""
    digest = hashlib.sha256(revenuer.__version__.encode())
    for path in sorted(Path(revenuer.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
