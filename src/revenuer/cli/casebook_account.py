"""`revenuer casebook account`: all that the casebook has on one account."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("account")
@click.argument("account", metavar="ACCOUNT_ID")
@casebook_options
@json_option
@pass_session
def command(session: Session, account: str, as_json: bool, **where: Unpack[CasebookInputs]) -> None:
    """Print the cases, decisions, permits and appeals of ACCOUNT_ID.

    ACCOUNT_ID may be a fingerprint as other commands print them. That you asked is written down.
    """
    from revenuer.cli.show.case_account import plain_account, print_account
    from revenuer.cli.show.json_text import print_json

    at = opened(**where)
    from revenuer.app.casebook.accounts import show_account

    view = show_account(
        at.casebook,
        account,
        actor=at.actor,
        now=at.now,
        snapshots=at.settings.casebook.snapshots,
    )
    for problem in view.problems:
        session.say(f"Decisions that cannot be read: {problem}")
    if as_json:
        print_json(plain_account(view, at.now))
    else:
        print_account(view, session.stdout())
