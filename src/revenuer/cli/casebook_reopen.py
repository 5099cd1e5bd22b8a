"""`revenuer casebook reopen`: a case is to be looked at again."""

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


@click.command("reopen")
@case_argument
@why_option
@version_option
@casebook_options
@pass_session
def command(
    session: Session, case: str, why: str, version: int | None, **where: Unpack[CasebookInputs]
) -> None:
    """Let CASE be looked at again; what it was dismissed for no longer holds."""
    at = opened(**where)
    from revenuer.app.casebook.working import reopen

    row = reopen(at.casebook, case, why=why, actor=at.actor, now=at.now, expected_version=version)
    session.say(f"{row.case_id} is {row.state}.")
