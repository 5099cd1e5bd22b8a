"""`python -m revenuer.app.demo_process`: makes the demo world for a casebook; see `demo_world`."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from revenuer.app.casebook.add import Added, add
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import actor_here
from revenuer.app.casebook.working import write_note
from revenuer.app.demo_world import DONE, FAILED, LOCK, RUNNING, URL, WORDS, folder_of, write_state
from revenuer.app.demonstration import WORLD, demo
from revenuer.app.progress import Advance
from revenuer.casework.roles import Actor
from revenuer.disk import locked
from revenuer.errors import RevenuerError
from revenuer.reports.wording import counted
from revenuer.worlds import WorldSpec

WRITTEN_S = 0.3
"""How often the state is written at most. placeholder"""
TRIES, PAUSE_S = 30, 0.1
"""Whoever asks whether it is running holds the lock for a moment."""
NICENESS = 10
"""The console goes before."""


@dataclass(slots=True)
class Telling:
    """Progress as a file that the console reads.

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


def main() -> int:
    """Make it, unless another does; the exit code."""
    parser = argparse.ArgumentParser(prog=__package__)
    parser.add_argument("--keys", type=Path, required=True)
    parser.add_argument("--by", required=True)
    parser.add_argument("--accounts", type=int, default=WORLD.accounts)
    parser.add_argument("--exchanges", type=int, default=WORLD.exchanges)
    said = parser.parse_args()
    os.nice(NICENESS)
    casebook = open_casebook(os.environ[URL], said.keys)
    folder = folder_of(casebook)
    for _ in range(TRIES):
        with locked(folder / LOCK, wait=False) as is_mine:
            if is_mine:
                spec = replace(WORLD, accounts=said.accounts, exchanges=said.exchanges)
                return _make(casebook, folder, actor_here(casebook, said.by, ""), spec)
        time.sleep(PAUSE_S)
    return 1


def _make(casebook: Casebook, folder: Path, actor: Actor, spec: WorldSpec) -> int:
    begun = int(time.time() * 1e6)
    first = {"status": RUNNING, "by": actor.name, "begun_us": begun, "pid": os.getpid()}
    telling = Telling(folder, first)
    try:
        demo(folder, spec=spec, progress=telling)
        with telling.stage("adding to the casebook", None):
            (added,) = add(casebook, [folder / "scan"], actor=actor, now=datetime.now(UTC))
            _note(casebook, added, actor)
    except Exception as failure:
        words = failure.message if isinstance(failure, RevenuerError) else type(failure).__name__
        telling.write(status=FAILED, stage="", said=words)
        raise
    opened = counted(len(added.opened), "case")
    telling.write(status=DONE, stage="", said=f"{opened} opened, all of them simulated.")
    return 0


def _note(casebook: Casebook, added: Added, actor: Actor) -> None:
    for case in added.opened:
        write_note(casebook, case, WORDS, actor=actor, now=datetime.now(UTC))


if __name__ == "__main__":
    raise SystemExit(main())
