"""`revenuer appeal assign`: give an appeal to somebody who had no part."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.appeal_options import (
    OfficeInputs,
    appeal_argument,
    office_of,
    office_options,
    version_option,
)
from revenuer.cli.session import Session, pass_session


@click.command("assign")
@appeal_argument
@click.option("--to", required=True, metavar="NAME", help="Who hears it.")
@version_option
@office_options
@pass_session
def command(
    session: Session, appeal: str, to: str, version: int | None, **given: Unpack[OfficeInputs]
) -> None:
    """Give APPEAL to a person with the right to hear it.

    Not to who proposed or approved the decision, nor to who let it stand in an earlier appeal.
    """
    office, at = office_of(given)
    from revenuer.app.casebook.appeals import assign_appeal

    made = assign_appeal(
        office, appeal, to=to, actor=at.actor, now=at.now, expected_version=version
    )
    session.say(f"{made.appeal_id} is with {made.assigned_to}.")
