"""`revenuer permit revoke`: take a permit back."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.permit_options import permit_argument, say_permit, version_option, why_option
from revenuer.cli.session import Session, pass_session


@click.command("revoke")
@permit_argument
@why_option
@click.option(
    "--void",
    is_flag=True,
    help="As if it had never been: what was used under it is weighed without it, too.",
)
@version_option
@casebook_options
@pass_session
def command(
    session: Session,
    permit: str,
    text: str,
    void: bool,
    version: int | None,
    **where: Unpack[CasebookInputs],
) -> None:
    """Take PERMIT back, from now on. Its holder can appeal."""
    at = opened(**where)
    from revenuer.app.casebook.permits import revoke_permit
    from revenuer.app.casebook.sparing import spare_at_once

    made = revoke_permit(
        at.casebook,
        permit,
        text=text,
        void=void,
        actor=at.actor,
        now=at.now,
        expected_version=version,
    )
    say_permit(session, made, at.now)
    for problem in spare_at_once(at.casebook, at.settings.casebook.snapshots, at.now):
        session.say(problem)
