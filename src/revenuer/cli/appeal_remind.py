"""`revenuer appeal remind`: tell of appeals that are late."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.appeal_options import OfficeInputs, office_of, office_options
from revenuer.cli.session import Session, pass_session


@click.command("remind")
@office_options
@pass_session
def command(session: Session, **given: Unpack[OfficeInputs]) -> None:
    """Tell of appeals that are late, once each: in the audit log and by webhook.

    Run it from cron; running it twice does no harm.
    """
    office, at = office_of(given)
    from revenuer.app.casebook.appeals import remind

    told = remind(office, actor=at.actor, now=at.now)
    for one in told:
        whose = f", with {one.assigned_to}" if one.assigned_to else ", nobody has it"
        click.echo(f"{one.appeal_id} is late{whose}.")
    if not told:
        session.say("No appeal is late that was not told of.")
