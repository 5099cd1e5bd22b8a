"""`revenuer casebook show`: one case with all that is known of it."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, case_argument, casebook_options, opened
from revenuer.cli.enforce_options import show_ids_option
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("show")
@case_argument
@show_ids_option
@casebook_options
@json_option
@pass_session
def command(
    session: Session, case: str, show_ids: bool, as_json: bool, **where: Unpack[CasebookInputs]
) -> None:
    """Show CASE: evidence, signs, decisions, what was done with it, and by whom.

    CASE is an id of a case or of a campaign, or how one begins. With --show-ids it is written
    down that you saw them.
    """
    from revenuer.cli.show.case_page import plain_case, print_case
    from revenuer.cli.show.json_text import print_json

    at = opened(**where)
    from revenuer.app.casebook.reading import show_case

    view = show_case(
        at.casebook,
        case,
        actor=at.actor,
        now=at.now,
        snapshots=at.settings.casebook.snapshots,
        show_ids=show_ids,
    )
    for problem in view.problems:
        session.say(f"Decisions that cannot be read: {problem}")
    if as_json:
        print_json(plain_case(view, at.now))
    else:
        print_case(view, at.now, session.stdout())
