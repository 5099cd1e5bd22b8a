"""`revenuer casebook timeline`: what happened to a case."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, case_argument, casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("timeline")
@case_argument
@casebook_options
@json_option
@pass_session
def command(session: Session, case: str, as_json: bool, **where: Unpack[CasebookInputs]) -> None:
    """Print what happened to CASE, oldest first: seen, grown, merged, decided, noted.

    Scans speak of the time of the log, people act by the clock on the wall; each line says which.
    """
    from revenuer.cli.show.case_history import plain_line, print_timeline
    from revenuer.cli.show.json_text import print_json

    at = opened(**where)
    from revenuer.app.casebook.timeline import timeline

    lines = timeline(at.casebook, case, actor=at.actor, snapshots=at.settings.casebook.snapshots)
    if as_json:
        print_json([plain_line(line) for line in lines])
    else:
        print_timeline(lines, session.stdout())
