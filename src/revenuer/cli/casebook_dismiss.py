"""`revenuer casebook dismiss`: nothing is to be done about a case."""

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

GROUNDS = ("innocent", "permitted", "harmless", "elsewhere")


@click.command("dismiss")
@case_argument
@click.option(
    "--as",
    "ground",
    type=click.Choice(GROUNDS),
    required=True,
    help="No campaign at all, agreed on, too small to act on, or dealt with in another way.",
)
@why_option
@version_option
@casebook_options
@pass_session
def command(
    session: Session,
    case: str,
    ground: str,
    why: str,
    version: int | None,
    **where: Unpack[CasebookInputs],
) -> None:
    """Say that nothing is to be done about CASE, for the accounts that it has now.

    That lasts. The case comes back by itself only once its campaign has outgrown it: many new
    accounts, or a graver verdict with evidence of a new kind. With --as innocent its accounts are
    in `casebook innocents`.
    """
    at = opened(**where)
    from revenuer.app.casebook.working import dismiss
    from revenuer.casework.cases import Ground

    row = dismiss(
        at.casebook,
        case,
        ground=Ground(ground),
        why=why,
        actor=at.actor,
        now=at.now,
        expected_version=version,
    )
    session.say(f"{row.case_id} is {row.state}.")
