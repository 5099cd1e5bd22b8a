"""The demo world: made for a casebook that is empty, by one click; put away by another."""

from __future__ import annotations

from revenuer.app.background import RUNNING
from revenuer.app.demo_world import (
    begin_demo,
    demo_cases,
    demo_state,
    folder_of,
    put_demo_away,
    stop_demo,
)
from revenuer.casework.cases import State
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.reports.wording import counted

HERE = "/demo"


def show(visit: Visit) -> Told:
    """How far it is, and what can be done about it."""
    # What makes it is large, and loaded where somebody asks for it.
    from revenuer.app.demonstration import WORLD

    state = demo_state(visit.casebook)
    rows = demo_cases(visit.casebook, actor=visit.actor)
    values = {
        "state": state,
        "running": state is not None and state.status == RUNNING,
        "cases": rows,
        "waiting": [row for row in rows if row.state in (State.OPEN, State.IN_REVIEW)],
        "folder": folder_of(visit.casebook),
        "world": WORLD,
    }
    return View("overview/demo.html", "The demo world", values)


def begin(visit: Visit) -> Told:
    """Make it."""
    begin_demo(visit.casebook, actor=visit.actor, now=visit.now)
    return Goto(HERE)


def stop(visit: Visit) -> Told:
    """Stop making it."""
    stop_demo(visit.casebook, actor=visit.actor)
    return Goto(HERE, said="Stopped. Nothing of it is in the casebook.")


def put_away(visit: Visit) -> Told:
    """Dismiss what it opened."""
    number = put_demo_away(visit.casebook, actor=visit.actor, now=visit.now)
    return Goto("/", said=f"{counted(number, 'simulated case')} dismissed.")


PAGES = (
    Page(HERE, Right.READ, show, "The simulated world that shows what there is.", "Overview"),
    Action("/demo/begin", Right.WORK, begin, "Makes the demo world for an empty casebook."),
    Action("/demo/stop", Right.WORK, stop, "Stops making it."),
    Action("/demo/put-away", Right.WORK, put_away, "Dismisses the cases of the demo world."),
)
