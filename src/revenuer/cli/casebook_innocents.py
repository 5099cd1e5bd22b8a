"""`revenuer casebook innocents`: whom people found innocent, for scans."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.session import Session, pass_session


@click.command("innocents")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="An id a line, as `scan --known-innocent FILE` and `watch --known-innocent FILE` read it.",
)
@casebook_options
@pass_session
def command(session: Session, out: Path, **where: Unpack[CasebookInputs]) -> None:
    """Write the accounts of cases that were dismissed as innocent, and only of those.

    They are those that the dismissals were made for, not who joined later.
    """
    at = opened(**where)
    from revenuer.app.casebook.innocents import write_innocents
    from revenuer.reports.wording import counted

    count = write_innocents(at.casebook, out, actor=at.actor, now=at.now)
    session.say(f"{out} has {counted(count, 'account')}.")
