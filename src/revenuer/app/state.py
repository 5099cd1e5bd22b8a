"""Where a scan keeps what it has worked out, so that it and later ones need not do it again.

`files` has a folder for each log file, which the next scan takes instead of the file. `scans`
has what a scan asked of all of its files together: a scan that was stopped goes on with it. What
finished scans asked is deleted as soon as another one has finished.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import polars as pl

import revenuer
from revenuer.app.policy import without_hidden
from revenuer.detectors import load_detectors
from revenuer.disk import locked
from revenuer.errors import ConfigError
from revenuer.features.accounts import MAY_BE_SAMPLED
from revenuer.features.client_habits import HABITS
from revenuer.features.digests import DIGESTS
from revenuer.settings import Settings
from revenuer.sources import OWN, STDIN, Keeping, Logs, Remembering, files_at

FILES, SCANS, LOCK, FINISHED = "files", "scans", "lock", "finished"


def state_of(
    state: Path,
    places: Sequence[str],
    about: Sequence[object],
    read: Iterable[str | Path | None] = (),
) -> Path:
    """The folder in which one scan keeps what it has worked out of all of its files.

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
            raise _once(place)
        if state.resolve().is_relative_to(Path(place).resolve()):
            raise ConfigError(f"--state {state} lies in the logs", "Keep it beside them.")
        for path in files_at(place, state):
            if path.is_fifo() or path.is_char_device():
                raise _once(place)
            status = path.stat()
            files.append((str(path.resolve()), status.st_size, status.st_mtime_ns))
    contents = [hashlib.sha256(Path(one).read_bytes()).hexdigest() if one else None for one in read]
    told = json.dumps([sorted(files), list(about), contents, program()], sort_keys=True)
    return state / SCANS / hashlib.sha256(told.encode()).hexdigest()[:16]


def _once(place: str) -> ConfigError:
    hint = "Name files, or leave out --state."
    return ConfigError(f"a scan of {place} cannot go on where it was", hint)


@contextmanager
def hold(state: Path) -> Iterator[None]:
    """Keep other scans out of a state for as long as one works in it.

    Raises:
        ConfigError: One does.
    """
    with locked(state / LOCK, wait=False) as mine:
        if not mine:
            hint = "Wait for it, or name another folder."
            raise ConfigError(f"another scan works in --state {state}", hint)
        yield


def remember(logs: Logs, folder: Path) -> None:
    """Let opened logs keep what is worked out of them, for nobody else to read.

    Args:
        logs: Opened; their engine and working directory are replaced.
        folder: From `state_of`; made if missing.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    logs.engine = Remembering(logs.engine, folder / "answers")
    logs.workdir, logs.stays = folder, True


def finish(folder: Path) -> None:
    """Note that a scan is done, and delete what earlier ones asked that are done.

    Args:
        folder: From `state_of`.
    """
    for other in folder.parent.iterdir():
        if other != folder and (other / FINISHED).exists():
            shutil.rmtree(other)
    (folder / FINISHED).touch()


def keeping(
    state: Path, settings: Settings, content_free: bool, *, folder: str = FILES, part_s: int = 0
) -> Keeping:
    """How a scan keeps log files for later ones.

    Args:
        state: Folder of all states.
        settings: Whose texts may be looked at, and how many of each account.
        content_free: Look at no text.
        folder: In the state, for what is kept.
        part_s: Seconds of the parts of time of which samples are drawn; 0 for all time.
    """
    # The answer is the bulk of a log, and asked for by nothing that comes with the program.
    answers = any("exchanges.response" in one.card.needs for one in load_detectors())
    left_out = () if answers else ("response",)

    def narrow(rows: ir.Table) -> ir.Table:
        shown = without_hidden(rows, settings.data_policy, content_free=content_free)
        digests = {digest.column: digest.made(shown) for digest in DIGESTS}
        shown = shown.mutate(**digests)
        keys = {habit.kept: habit.key_to_keep(shown) for habit in HABITS.values()}
        return shown.mutate(**keys).drop(*left_out)

    policy = {name: str(policy) for name, policy in sorted(settings.data_policy.items())}
    per_account = settings.sample.prompts_per_account
    return Keeping(
        folder=state / folder,
        about=json.dumps([policy, content_free, per_account, left_out]),
        program=program(),
        per_account=per_account,
        sampled=MAY_BE_SAMPLED,
        narrow=narrow,
        part_s=part_s,
    )


@cache
def program() -> str:
    """A digest of the program: another version may ask other questions of the same name."""
    versions = (revenuer.__version__, duckdb.__version__, pl.__version__)
    digest = hashlib.sha256("\n".join(versions).encode())
    for path in sorted(Path(revenuer.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
