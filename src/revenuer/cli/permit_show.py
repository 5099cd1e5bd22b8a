"""`revenuer permit show`: one permit, what was used, and what was written about it."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.permit_options import permit_argument
from revenuer.cli.session import Session, pass_session


@click.command("show")
@permit_argument
@click.option(
    "--unmask", is_flag=True, help="Show whose it is and what was written; that is recorded."
)
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    permit: str,
    unmask: bool,
    as_json: bool,
    **where: Unpack[CasebookInputs],
) -> None:
    """Show PERMIT: its terms, what was used of them, and every step."""
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.permits import plain_permit, plain_written, print_permit

    at = opened(**where)
    from revenuer.app.casebook.permit_views import show_permit

    seen, written = show_permit(at.casebook, permit, actor=at.actor, now=at.now, unmask=unmask)
    if as_json:
        print_json(plain_permit(seen) | {"written": [plain_written(one) for one in written]})
    else:
        print_permit(seen, written, session.stdout())
