"""`revenuer casebook note`: words on a case."""

from __future__ import annotations

import sys
from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, case_argument, casebook_options, opened
from revenuer.cli.session import Session, pass_session


@click.command("note")
@case_argument
@click.argument("text", metavar="TEXT")
@casebook_options
@pass_session
def command(session: Session, case: str, text: str, **where: Unpack[CasebookInputs]) -> None:
    """Write a note on CASE; TEXT is sealed, and - reads it from stdin."""
    at = opened(**where)
    from revenuer.app.casebook.working import write_note

    words = sys.stdin.read() if text == "-" else text
    row = write_note(at.casebook, case, words, actor=at.actor, now=at.now)
    session.say(f"Noted on {row.case_id}.")
