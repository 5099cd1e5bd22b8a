"""The demo world in a casebook that is empty: made in a process of its own, shown while it goes on.

What is known of it lies in a folder beside the keys; see `background`.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from revenuer.app.background import RUNNING, STOPPED, is_running, start, told_in
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.working import dismiss
from revenuer.casework.cases import Ground, State
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError
from revenuer.instants import micros
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.cases import CaseRow

FOLDER = "demo"
MODULE = "revenuer.app.demo_process"
WORDS = "Simulated: this case is from the demo world. Nobody in it exists."
"""What is noted with every case of it."""


@dataclass(frozen=True, slots=True)
class DemoState:
    """How far the demo world is.

    Attributes:
        status: `running`, `done`, `failed` or `stopped`.
        by: Who asked for it.
        begun_us: When, microseconds since the epoch.
        stage: What is being done.
        stages: What is done, with the seconds it took.
        done: Steps of the stage.
        total: All of them; 0 where that is not known.
        said: What came of it, or what went wrong.
    """

    status: str
    by: str = ""
    begun_us: int = 0
    stage: str = ""
    stages: tuple[tuple[str, float], ...] = ()
    done: int = 0
    total: int = 0
    said: str = ""


def folder_of(casebook: Casebook) -> Path:
    """Where the demo world of a casebook lies."""
    return casebook.keys / FOLDER


def demo_state(casebook: Casebook) -> DemoState | None:
    """How far it is; None where nobody ever asked for one."""
    folder = folder_of(casebook)
    told = told_in(folder)
    if told is None:
        return None
    stages = tuple((str(name), float(s)) for name, s in told.pop("stages", ()))
    told.pop("pid", None)
    state = DemoState(**{**told, "stages": stages})
    if state.status == RUNNING and not is_running(folder):
        return DemoState(STOPPED, state.by, state.begun_us, state.stage, stages)
    return state


def begin_demo(
    casebook: Casebook, *, actor: Actor, now: datetime, spec: Mapping[str, int] | None = None
) -> None:
    """Make the demo world, scan it, add what was found; this returns at once.

    Args:
        casebook: To which it is added; it must have no case.
        actor: Who asks.
        now: When.
        spec: How large it is, by `accounts` and `exchanges`; that of `revenuer demo` without.

    Raises:
        ConflictError: The casebook has cases, or it is being made already.
    """
    actor.needs(Right.WORK)
    with casebook.reading() as connection:
        if cases.ever_opened(connection):
            raise ConflictError(
                "This casebook has cases: simulated ones are not put beside them.",
                "Try the demo world in a casebook of its own: revenuer console --casebook "
                "sqlite:///FILE.",
            )
    arguments = ["--keys", str(casebook.keys), "--by", actor.name]
    for name, number in (spec or {}).items():
        arguments += [f"--{name}", str(number)]
    state = {"by": actor.name, "begun_us": micros(now)}
    if not start(folder_of(casebook), MODULE, arguments, url=casebook.database.url, state=state):
        raise ConflictError("The demo world is being made already.", "Wait for it, or stop it.")


def stop_demo(casebook: Casebook, *, actor: Actor) -> None:
    """Stop making it; nothing of it is in the casebook then.

    Raises:
        ConflictError: It is not being made.
    """
    actor.needs(Right.WORK)
    folder = folder_of(casebook)
    told = told_in(folder) or {}
    if told.get("status") != RUNNING or not told.get("pid") or not is_running(folder):
        raise ConflictError("The demo world is not being made.", "Look at the page again.")
    os.kill(int(told["pid"]), signal.SIGTERM)


def demo_cases(casebook: Casebook, *, actor: Actor) -> list[CaseRow]:
    """Cases that only the demo world's scan has seen."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        names = sightings.cases_only_of(connection, str((folder_of(casebook) / "scan").resolve()))
        return [row for row in cases.living(connection) if row.case_id in names]


def put_demo_away(casebook: Casebook, *, actor: Actor, now: datetime) -> int:
    """Dismiss all of its cases that are open; how many there were.

    A casebook forgets nothing that somebody could have decided on: they stay to be found among
    the dismissed, each with a note that it is simulated.
    """
    actor.needs(Right.WORK)
    waiting = [
        row
        for row in demo_cases(casebook, actor=actor)
        if row.state in (State.OPEN, State.IN_REVIEW)
    ]
    for row in waiting:
        dismiss(casebook, row.case_id, ground=Ground.ELSEWHERE, why=WORDS, actor=actor, now=now)
    return len(waiting)
