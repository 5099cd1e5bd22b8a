"""`revenuer appeal open`: enter an appeal."""

from __future__ import annotations

from typing import Any, Unpack

import click

from revenuer.cli.appeal_options import (
    OfficeInputs,
    office_of,
    office_options,
    text_options,
    words_of,
)
from revenuer.cli.session import Session, pass_session


@click.command("open")
@click.argument("target", metavar="TARGET")
@click.option(
    "--account", "accounts", multiple=True, metavar="ID", help="Who appeals; may be repeated."
)
@text_options("What they write")
@office_options
@pass_session
def command(
    session: Session,
    target: str,
    accounts: tuple[str, ...],
    text: str,
    file: Any,
    **given: Unpack[OfficeInputs],
) -> None:
    """Enter an appeal against TARGET: a decision, or a permit that was refused or taken back.

    The receipt is printed, with the times until which they hear from somebody.
    """
    words = words_of(text, file)
    office, at = office_of(given)
    from revenuer.app.casebook.appeal_views import receipt_of
    from revenuer.app.casebook.appeals import open_appeal

    made = open_appeal(office, target, accounts=accounts, text=words, actor=at.actor, now=at.now)
    session.say(f"{made.appeal_id} is open; `revenuer appeal assign` gives it to somebody.")
    click.echo(receipt_of(office, made.appeal_id, actor=at.actor), nl=False)
