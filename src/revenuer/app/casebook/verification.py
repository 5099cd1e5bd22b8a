"""The audit log verified in a process of its own; how far that is, and what came of it last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from revenuer.app.audit import Audited
from revenuer.app.background import DONE, FAILED, RUNNING, is_running, start, told_in
from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError
from revenuer.instants import micros

FOLDER = "audit-verification"
"""In the folder of the keys."""
MODULE = "revenuer.app.casebook.verify_process"


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of looking at the log.

    Attributes:
        by: Who asked for it.
        at_us: When it ended, microseconds since the epoch.
        seconds: How long it took.
        own: The casebook's own log.
        anchored: The logs of dockets that it anchors.
    """

    by: str
    at_us: int
    seconds: float
    own: Audited
    anchored: tuple[Audited, ...]

    @property
    def whole(self) -> bool:
        """Whether all is as it was written."""
        return not self.own.flaws and not any(one.flaws for one in self.anchored)


@dataclass(frozen=True, slots=True)
class Verification:
    """How far a verification is, and what came of the last that ended.

    Attributes:
        running: Whether one goes on.
        by: Who asked for that, or for the one that did not end.
        begun_us: When, microseconds since the epoch.
        stage: What is looked at.
        done: How much of it.
        total: Of how much; 0 where that is not known.
        problem: Why the newest did not end; empty if it did, or goes on.
        last: What came of the last that ended; None where none did.
    """

    running: bool
    by: str
    begun_us: int
    stage: str
    done: int
    total: int
    problem: str
    last: Verified | None


def folder_of(casebook: Casebook) -> Path:
    """Where it is told how far a verification is."""
    return casebook.keys / FOLDER


def begin_verification(casebook: Casebook, *, actor: Actor, now: datetime) -> None:
    """Look at every byte of the log, every hash and every signature; this returns at once.

    Raises:
        ConflictError: Somebody's verification goes on.
    """
    actor.needs(Right.AUDIT)
    folder = folder_of(casebook)
    last = (told_in(folder) or {}).get("last")
    state = {"by": actor.name, "begun_us": micros(now), "last": last}
    arguments = ["--keys", str(casebook.keys)]
    if not start(folder, MODULE, arguments, url=casebook.database.url, state=state):
        raise ConflictError("The log is being verified already.", "Its page shows how far it is.")


def verification(casebook: Casebook, *, actor: Actor) -> Verification | None:
    """How far it is, and what came of the last; None where nobody ever asked for one."""
    actor.needs(Right.AUDIT)
    folder = folder_of(casebook)
    # In this order: one that ends between the two is not taken for one that broke off.
    running = is_running(folder)
    told = told_in(folder)
    if told is None:
        return None
    problem = ""
    if not running and told["status"] == RUNNING:
        problem = "It broke off before it ended."
    elif told["status"] == FAILED:
        problem = str(told.get("said", ""))
    last = told.get("last")
    return Verification(
        running=running and told["status"] != DONE,
        by=str(told["by"]),
        begun_us=int(told["begun_us"]),
        stage=str(told.get("stage", "")),
        done=int(told.get("done", 0)),
        total=int(told.get("total", 0)),
        problem=problem,
        last=None if last is None else _verified(last),
    )


def _verified(kept: Mapping[str, Any]) -> Verified:
    return msgspec.convert(kept, Verified, dec_hook=lambda kind, said: kind(said))


def plain(one: Verified) -> Mapping[str, Any]:
    """What came of it, as it is kept."""
    kept: Mapping[str, Any] = msgspec.to_builtins(one, enc_hook=str)
    return kept
