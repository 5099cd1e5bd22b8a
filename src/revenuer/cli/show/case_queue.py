"""The queue of cases, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

from revenuer.cli.show.cases import say_line, short
from revenuer.reports.wording import amount

if TYPE_CHECKING:
    from revenuer.app.casebook.reviews import Queue


def plain_queue(found: Queue) -> dict[str, Any]:
    """The queue as JSON has it."""
    return {
        "schema": "revenuer/queue/1",
        "per_day": found.per_day,
        "done_today": found.done_today,
        "places": [
            {
                "place": one.place,
                "case": one.case.case,
                "today": one.today,
                "state": one.case.state,
                "verdict": one.case.verdict,
                "assigned_to": one.case.assigned_to or None,
                "output_tokens_a_day_averted": one.harm_a_day,
                "doublings": one.doublings,
                "reasons": list(one.reasons),
            }
            for one in found.places
        ],
    }


def print_queue(found: Queue, console: Console) -> None:
    """Print the queue, today's reviews first."""
    done = f", {found.done_today} done today" if found.done_today else ""
    say_line(console, f"{found.per_day} reviews a day{done}.")
    if not found.places:
        say_line(console, "No case waits for a person.")
    told = True
    for one in found.places:
        if told and not one.today:
            say_line(console, "-- another day --")
            told = False
        say_line(
            console,
            f"{one.place:>4}  {short(one.case.case)}  {one.case.state:<9}  "
            f"{amount(one.harm_a_day)} tokens a day to be saved",
        )
        say_line(console, f"      {'; '.join(one.reasons)}")
