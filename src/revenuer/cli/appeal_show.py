"""`revenuer appeal show`: all that is known of an appeal; that somebody looked is written down."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.appeal_options import OfficeInputs, appeal_argument, office_of, office_options
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("show")
@appeal_argument
@click.option("--show-ids", is_flag=True, help="Name the accounts of whoever appeals by their ids.")
@json_option
@office_options
@pass_session
def command(
    session: Session,
    appeal: str,
    show_ids: bool,
    as_json: bool,
    **given: Unpack[OfficeInputs],
) -> None:
    """Show APPEAL: what they write, what speaks for and against, and who looked.

    Words and evidence are for those with the right to hear appeals. Nobody decides an appeal who
    has not opened it here.
    """
    from revenuer.cli.show.appeals import plain_opened, print_opened
    from revenuer.cli.show.json_text import print_json

    office, at = office_of(given)
    from revenuer.app.casebook.appeal_views import show_appeal

    seen = show_appeal(office, appeal, actor=at.actor, now=at.now)
    if as_json:
        print_json(plain_opened(seen, show_ids=show_ids))
    else:
        print_opened(seen, session.stdout(), show_ids=show_ids)
