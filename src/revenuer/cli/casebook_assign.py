"""`revenuer casebook assign`: whose a case is."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import (
    CasebookInputs,
    case_argument,
    casebook_options,
    opened,
    version_option,
)
from revenuer.cli.session import Session, pass_session


@click.command("assign")
@case_argument
@click.option("--to", metavar="NAME", help="Whose it is; yours without it.")
@click.option("--nobody", is_flag=True, help="Put it back.")
@version_option
@casebook_options
@pass_session
def command(
    session: Session,
    case: str,
    to: str | None,
    nobody: bool,
    version: int | None,
    **where: Unpack[CasebookInputs],
) -> None:
    """Take CASE, give it to somebody, or put it back.

    Who takes a case begins to look at it: it is in review.
    """
    if nobody and to is not None:
        raise click.UsageError("Give --to or --nobody, not both.")
    at = opened(**where)
    from revenuer.app.casebook.working import assign

    whose = "" if nobody else to or at.actor.name
    row = assign(at.casebook, case, to=whose, actor=at.actor, now=at.now, expected_version=version)
    session.say(f"{row.case_id} is {row.state}, and {row.assigned_to or 'nobody'}'s.")
