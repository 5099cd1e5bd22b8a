"""`revenuer permit refuse`: say no to what is asked for."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.permit_options import permit_argument, say_permit, version_option, why_option
from revenuer.cli.session import Session, pass_session


@click.command("refuse")
@permit_argument
@why_option
@version_option
@casebook_options
@pass_session
def command(
    session: Session,
    permit: str,
    text: str,
    version: int | None,
    **where: Unpack[CasebookInputs],
) -> None:
    """Refuse PERMIT; one of which an extension is refused goes on as it was."""
    at = opened(**where)
    from revenuer.app.casebook.permits import refuse_permit

    made = refuse_permit(
        at.casebook, permit, text=text, actor=at.actor, now=at.now, expected_version=version
    )
    say_permit(session, made, at.now)
