"""Holds, erasures and what retention takes, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from revenuer.app.casebook.places import NOT_REACHED
from revenuer.casework.erasure import Outcome
from revenuer.errors import SourceError
from revenuer.reports.wording import counted, visible

if TYPE_CHECKING:
    from rich.console import Console

    from revenuer.app.casebook.erasure import Erasure
    from revenuer.app.casebook.erasure_plan import ErasurePlan
    from revenuer.app.casebook.holding import Held


def print_holds(found: Sequence[Held], console: Console) -> None:
    """Print holds, those in force first as they came."""
    if not found:
        console.print("Nothing is held.")
    for one in found:
        lifted = ""
        if one.released_at is not None:
            lifted = f"; lifted {one.released_at:%Y-%m-%d} by {one.released_by}: {one.released_why}"
        text = f"{one.hold}  {one.kind} {one.target}\n"
        text += f"  {one.placed_at:%Y-%m-%d} by {one.placed_by}: {one.why}{lifted}"
        _line(console, text)


def print_plan(plan: ErasurePlan, console: Console) -> None:
    """Print what an erasure would do."""
    _line(console, f"account {plan.subject}")
    if plan.held:
        _line(console, "  it is held: nothing would be erased")
    for decision in plan.decisions:
        _line(console, f"  in force: {decision}; it stays unless --let-go ends it for the account")
    _places(plan.places, console)
    for table in plan.tables:
        ground = f": {table.ground}" if table.ground else ""
        rows = counted(table.rows, "row")
        _line(console, f"  casebook  {table.table}: {rows}, {table.erased}{ground}")
    for text in NOT_REACHED:
        _line(console, f"  not reached from here: {text}")


def print_erasures(found: Iterable[Erasure], console: Console) -> None:
    """Print erasures and what each place answered."""
    for one in found:
        held = ", held: nothing is erased for now" if one.held else ""
        _line(console, f"{one.id}  {one.subject}  {one.state}{held}")
        _places([each for each in one.places if each.answer != "nothing there"], console)
        silent = sum(each.answer == "nothing there" for each in one.places)
        if silent:
            _line(console, f"  nothing there: {counted(silent, 'place')}")


def refuse_left(found: Iterable[Erasure]) -> None:
    """Fail where something is left to do.

    Raises:
        SourceError: Something is.
    """
    left = [each for one in found for each in one.to_do]
    if left or any(one.held for one in found):
        raise SourceError(
            f"The erasure is not done: {counted(len(left), 'place')} could not.",
            "See to what is said above, then run `revenuer casebook erase --go-on`.",
        )


def _places(places: Iterable[Outcome], console: Console) -> None:
    for one in places:
        said = f": {one.said}" if one.said else ""
        _line(console, f"  {one.kind:<9} {one.answer}  {one.where}{said}")
        if one.to_do:
            _line(console, f"            {one.to_do}")


def _line(console: Console, text: str) -> None:
    console.print(Text("\n".join(map(visible, text.split("\n")))), soft_wrap=True)
