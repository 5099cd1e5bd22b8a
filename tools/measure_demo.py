"""How long the demo world takes from the console's button to its cases in the casebook.

`python tools/measure_demo.py [--accounts N --exchanges N]` prints a line a stage, as the page shows
them, with the seconds since the click.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from revenuer.app.background import DONE, RUNNING
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import add_person
from revenuer.app.demo_world import begin_demo, demo_state
from revenuer.app.demonstration import WORLD
from revenuer.casework.roles import Actor, Role

ADA = Actor("ada", Role.ADMIN)


def followed(casebook: Casebook, spec: dict[str, int]) -> bool:
    """Press the button and look until it is over: whether it came to its end."""
    clicked = time.monotonic()
    begin_demo(casebook, actor=ADA, now=datetime.now(UTC), spec=spec)
    shown = None
    while (state := demo_state(casebook)) is not None:
        if state.status != RUNNING:
            print(f"{time.monotonic() - clicked:7.1f} s  {state.status}: {state.said}")
            return state.status == DONE
        if state.stage != shown:
            shown = state.stage
            print(f"{time.monotonic() - clicked:7.1f} s  {shown or 'starting'}", flush=True)
        time.sleep(0.1)
    return False


def main() -> int:
    """Make a casebook, press the button, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=WORLD.accounts)
    parser.add_argument("--exchanges", type=int, default=WORLD.exchanges)
    said = parser.parse_args()
    print(f"Load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        casebook = open_casebook(f"sqlite:///{folder}/casebook.sqlite", folder / "keys")
        add_person(casebook, ADA.name, ADA.role, actor=ADA, now=datetime.now(UTC))
        is_done = followed(casebook, {"accounts": said.accounts, "exchanges": said.exchanges})
        casebook.database.close()
    return 0 if is_done else 1


if __name__ == "__main__":
    raise SystemExit(main())
