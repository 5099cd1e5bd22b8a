"""Work in a process of its own, which faces start, look at, and are not held up by.

What is known of it lies in a folder: `state.json` says how far it is, and the lock is held as long
as the process lives, whoever asks.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from revenuer.app.progress import Advance
from revenuer.disk import PRIVATE_FOLDER, locked, put

STATE, LOCK, BEGINNING = "state.json", "lock", "beginning.lock"
BEGINS_S = 120.0
"""A process that has not begun its work by then never will. placeholder"""
WRITTEN_S = 0.3
"""How often the state is written at most. placeholder"""
TRIES, PAUSE_S = 30, 0.1
"""Whoever asks whether it is running holds the lock for a moment."""
NICENESS = 10
"""The face that started it goes before."""
RUNNING, DONE, FAILED, STOPPED = "running", "done", "failed", "stopped"
URL = "REVENUER_CASEBOOK_URL"


@dataclass(slots=True)
class Telling:
    """Progress as a file that a face reads.

    Attributes:
        folder: Where it lies.
        told: What it says.
    """

    folder: Path
    told: dict[str, Any]
    _written: float = 0.0
    _stages: list[tuple[str, float]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        """Tell of a stage while it lasts."""
        done, begun = 0, time.monotonic()

        def advance(by: int) -> None:
            nonlocal done
            done += by
            if time.monotonic() - self._written >= WRITTEN_S:
                self.write(stage=name, done=done, total=total or 0)

        self.write(stage=name, done=0, total=total or 0)
        yield advance
        self._stages.append((name, round(time.monotonic() - begun, 1)))
        self.write(stage="", done=0, total=0)

    def write(self, **more: Any) -> None:
        """Tell something more."""
        self.told |= {**more, "stages": self._stages}
        self._written = time.monotonic()
        write_state(self.folder, self.told)


def start(
    folder: Path, module: str, arguments: Sequence[str], *, url: str, state: Mapping[str, Any]
) -> bool:
    """Start a module as a process; this returns at once. False where one is running.

    Args:
        folder: Where it tells how far it is.
        module: What is run with `python -m`.
        arguments: Of it.
        url: Of the casebook, which it finds in its environment.
        state: What is known of it before it has begun.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    with locked(folder / BEGINNING):
        if is_running(folder):
            return False
        first = {"status": RUNNING, **state}
        write_state(folder, first)
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**os.environ, URL: url},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # It goes on if the face does not.
            start_new_session=True,
        )
        write_state(folder, {**first, "pid": process.pid})
    Thread(target=process.wait, name=module, daemon=True).start()
    return True


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Be the one process that works in a folder; whether one is."""
    for _ in range(TRIES):
        with locked(folder / LOCK, wait=False) as is_mine:
            if is_mine:
                yield True
                return
        time.sleep(PAUSE_S)
    yield False


def write_state(folder: Path, told: Mapping[str, Any]) -> None:
    """Write down how far it is, for whoever looks."""
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    put(folder / STATE, json.dumps(told).encode())


def told_in(folder: Path) -> dict[str, Any] | None:
    """What is told of it; None where nothing is."""
    try:
        told = json.loads((folder / STATE).read_bytes())
    except (OSError, ValueError):
        return None
    return dict(told) if isinstance(told, dict) else None


def is_running(folder: Path) -> bool:
    """Whether the process is there."""
    if not folder.is_dir():
        return False
    with locked(folder / LOCK, wait=False) as is_free:
        return not is_free or _is_beginning(folder)


def _is_beginning(folder: Path) -> bool:
    """Whether the process is there, and has not taken the lock yet."""
    told = told_in(folder) or {}
    if told.get("status") != RUNNING or told.get("stage") is not None or not told.get("pid"):
        return False
    if time.time() - (folder / STATE).stat().st_mtime > BEGINS_S:
        return False
    try:
        os.kill(int(told["pid"]), 0)
    except ProcessLookupError:
        return False
    return True
