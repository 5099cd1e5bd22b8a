"""`python -m revenuer.app.demo_process`: makes the demo world for a casebook; see `demo_world`."""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from revenuer.app.background import DONE, FAILED, NICENESS, RUNNING, URL, Telling, alone
from revenuer.app.casebook.add import Added, add
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import actor_here
from revenuer.app.casebook.working import write_note
from revenuer.app.demo_world import WORDS, folder_of
from revenuer.app.demonstration import WORLD, demo
from revenuer.casework.roles import Actor
from revenuer.errors import RevenuerError
from revenuer.reports.wording import counted
from revenuer.worlds import WorldSpec


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
    with alone(folder) as is_mine:
        if not is_mine:
            return 1
        spec = replace(WORLD, accounts=said.accounts, exchanges=said.exchanges)
        return _make(casebook, folder, actor_here(casebook, said.by, ""), spec)


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
