"""`revenuer permit grant`: agree to what is asked for."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.permit_options import permit_argument, say_permit, text_option, version_option
from revenuer.cli.session import Session, pass_session


@click.command("grant")
@permit_argument
@text_option
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
    """Grant PERMIT, or the other terms that somebody asks for.

    It takes the right to grant, and somebody else than who asked unless permits.four_eyes is off.
    """
    at = opened(**where)
    from revenuer.app.casebook.permits import grant_permit
    from revenuer.app.casebook.sparing import spare_at_once

    made = grant_permit(
        at.casebook,
        permit,
        four_eyes=at.settings.permits.four_eyes,
        text=text,
        actor=at.actor,
        now=at.now,
        expected_version=version,
    )
    say_permit(session, made, at.now)
    for problem in spare_at_once(at.casebook, at.settings.casebook.snapshots, at.now):
        session.say(problem)
