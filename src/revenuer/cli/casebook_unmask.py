"""`revenuer casebook unmask`: one text in the clear, with a reason."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import (
    CasebookInputs,
    case_argument,
    casebook_options,
    opened,
    why_option,
)
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("unmask")
@case_argument
@click.argument("exchange", metavar="EXCHANGE")
@why_option
@casebook_options
@json_option
@pass_session
def command(
    session: Session,
    case: str,
    exchange: str,
    why: str,
    as_json: bool,
    **where: Unpack[CasebookInputs],
) -> None:
    """Print what was written in EXCHANGE, an id as `casebook texts CASE` lists them.

    Who reads it, and why, is in the audit log before it is shown.
    """
    from revenuer.cli.show.case_texts import plain_exchange, print_exchange
    from revenuer.cli.show.json_text import print_json

    at = opened(**where)
    from revenuer.app.casebook.unmasking import unmask

    found = unmask(at.casebook, case, exchange, why=why, actor=at.actor, now=at.now)
    if as_json:
        print_json(plain_exchange(found))
    else:
        print_exchange(found, session.stdout())
