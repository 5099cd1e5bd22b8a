"""`revenuer casebook diff`: what is new about a case."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, case_argument, casebook_options, opened
from revenuer.cli.durations import moment_of
from revenuer.cli.enforce_options import show_ids_option
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("diff")
@case_argument
@click.option(
    "--since",
    callback=moment_of,
    metavar="TIME",
    help="A time of the log; without it, the sighting before the newest.",
)
@show_ids_option
@casebook_options
@json_option
@pass_session
def command(
    session: Session,
    case: str,
    since: datetime | None,
    show_ids: bool,
    as_json: bool,
    **where: Unpack[CasebookInputs],
) -> None:
    """Show what is new about CASE: who joined and left, verdict, evidence, what was done."""
    from revenuer.cli.show.case_history import plain_change, print_change
    from revenuer.cli.show.json_text import print_json

    at = opened(**where)
    from revenuer.app.casebook.comparing import compare

    found = compare(at.casebook, case, since=since, actor=at.actor, now=at.now, show_ids=show_ids)
    if as_json:
        print_json(plain_change(found))
    else:
        print_change(found, session.stdout())
