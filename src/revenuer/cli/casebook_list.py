"""`revenuer casebook list`: cases in short."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session

STATES = ("open", "in-review", "reopened", "actioned", "dismissed", "closed")
VERDICTS = ("convicted", "suspected", "undecided", "cleared")


@click.command("list")
@click.option(
    "--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; repeatable."
)
@click.option("--verdict", "verdicts", multiple=True, type=click.Choice(VERDICTS), help="Likewise.")
@click.option("--assigned", metavar="NAME", help="Only those of NAME.")
@casebook_options
@json_option
@pass_session
def command(
    session: Session,
    states: tuple[str, ...],
    verdicts: tuple[str, ...],
    assigned: str | None,
    as_json: bool,
    **where: Unpack[CasebookInputs],
) -> None:
    """List cases, the newest seen first; `casebook queue` says which to look at first."""
    from revenuer.cli.show.cases import plain_row, print_rows
    from revenuer.cli.show.json_text import print_json

    at = opened(**where)
    from revenuer.app.casebook.reading import list_cases
    from revenuer.casework.cases import State
    from revenuer.records import Verdict

    rows = list_cases(
        at.casebook,
        actor=at.actor,
        states=[State(one) for one in states],
        verdicts=[Verdict(one) for one in verdicts],
        assigned_to=assigned,
    )
    if as_json:
        print_json([plain_row(row) for row in rows])
    else:
        print_rows(rows, session.stdout())
