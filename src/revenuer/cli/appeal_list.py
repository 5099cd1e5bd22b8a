"""`revenuer appeal list`: appeals, the latest on top."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.appeal_options import OfficeInputs, office_of, office_options
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@json_option
@office_options
@pass_session
def command(
    session: Session, everything: bool, as_json: bool, **given: Unpack[OfficeInputs]
) -> None:
    """List appeals: those that are late first, by how late they are."""
    from revenuer.cli.show.appeals import plain_waiting, print_waiting
    from revenuer.cli.show.json_text import print_json

    office, at = office_of(given)
    from revenuer.app.casebook.appeal_views import list_appeals

    rows = list_appeals(office, actor=at.actor, now=at.now)
    if not everything:
        rows = [one for one in rows if one.due.what]
    if as_json:
        print_json([plain_waiting(one) for one in rows])
    else:
        print_waiting(rows, session.stdout())
