"""`revenuer casebook close`: a case is over."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import (
    CasebookInputs,
    case_argument,
    casebook_options,
    opened,
    version_option,
    why_option,
)
from revenuer.cli.session import Session, pass_session


@click.command("close")
@case_argument
@why_option
@version_option
@casebook_options
@pass_session
def command(
    session: Session, case: str, why: str, version: int | None, **where: Unpack[CasebookInputs]
) -> None:
    """Say that CASE is over; it comes back by itself if its campaign is seen to go on."""
    at = opened(**where)
    from revenuer.app.casebook.working import close

    row = close(at.casebook, case, why=why, actor=at.actor, now=at.now, expected_version=version)
    session.say(f"{row.case_id} is {row.state}.")
