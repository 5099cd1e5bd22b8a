"""`revenuer appeal withdraw`: whoever appealed took it back."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.appeal_options import OfficeInputs, appeal_argument, office_of, office_options
from revenuer.cli.session import Session, pass_session


@click.command("withdraw")
@appeal_argument
@click.option("--why", required=True, metavar="TEXT", help="What they said; it is sealed.")
@office_options
@pass_session
def command(session: Session, appeal: str, why: str, **given: Unpack[OfficeInputs]) -> None:
    """Write down that whoever made APPEAL took it back themselves."""
    office, at = office_of(given)
    from revenuer.app.casebook.appeals import withdraw_appeal

    made = withdraw_appeal(office, appeal, why=why, actor=at.actor, now=at.now)
    session.say(f"{made.appeal_id} is withdrawn.")
