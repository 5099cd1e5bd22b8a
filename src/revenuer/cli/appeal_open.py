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
@click.argument("target", metavar="[TARGET]", default="")
@click.option(
    "--account", "accounts", multiple=True, metavar="ID", help="Who appeals; may be repeated."
)
@click.option(
    "--application",
    default="",
    metavar="ID",
    help="In place of TARGET: an application for an account that was not accepted.",
)
@text_options("What they write")
@office_options
@pass_session
def command(
    session: Session,
    target: str,
    accounts: tuple[str, ...],
    application: str,
    text: str,
    file: Any,
    **given: Unpack[OfficeInputs],
) -> None:
    """Enter an appeal against TARGET: a decision, or a permit that was refused or taken back.

    With --application it is against what was answered to that: refused, held or stepped up.

    The receipt is printed, with the times until which they hear from somebody.
    """
    if bool(target) == bool(application):
        raise click.UsageError("Give TARGET or --application, one of the two.")
    words = words_of(text, file)
    office, at = office_of(given)
    from revenuer.app.casebook.appeal_views import receipt_of
    from revenuer.app.casebook.appeals import open_appeal

    made = open_appeal(
        office,
        target,
        accounts=accounts,
        application=application,
        text=words,
        actor=at.actor,
        now=at.now,
    )
    session.say(f"{made.appeal_id} is open; `revenuer appeal assign` gives it to somebody.")
    click.echo(receipt_of(office, made.appeal_id, actor=at.actor), nl=False)
