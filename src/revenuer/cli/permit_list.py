"""`revenuer permit list`: permits, and which of them are outgrown."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("list")
@click.option("--all", "everything", is_flag=True, help="Those that are over or refused, too.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write those that were granted as `scan --permits` reads them: .parquet or .jsonl.",
)
@click.option("--show-ids", is_flag=True, help="Name holders by their ids; that is recorded.")
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    everything: bool,
    out: Path | None,
    show_ids: bool,
    as_json: bool,
    **where: Unpack[CasebookInputs],
) -> None:
    """List permits, the outgrown first.

    `revenuer scan --permits casebook` takes those of the casebook as they are.
    """
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.permits import plain_permit, print_permits

    at = opened(**where)
    from revenuer.app.casebook.permit_check import permits_table, write_permits
    from revenuer.app.casebook.permit_views import list_permits
    from revenuer.reports.wording import counted

    if out is not None:
        table = permits_table(at.casebook, actor=at.actor, now=at.now)
        write_permits(table, out)
        session.say(f"{out} has {counted(table.height, 'permit')}.")
        return
    rows = list_permits(at.casebook, actor=at.actor, now=at.now, show_ids=show_ids)
    if not everything:
        rows = [
            one for one in rows if one.growth or one.said in ("active", "upcoming", "requested")
        ]
    if as_json:
        print_json([plain_permit(one) for one in rows])
    else:
        print_permits(rows, session.stdout())
