"""`revenuer access recheck`: what became known since, and whose time has come."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.access_options import (
    accounts_option,
    desk_of,
    owners_option,
    policy_option,
    scans_option,
)
from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("recheck")
@accounts_option
@scans_option
@click.option(
    "--usage",
    "usage_table",
    metavar="FILE",
    help="Table of account_id, exchanges_per_day, networks and hours_per_day.",
)
@owners_option
@policy_option
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    accounts: str | None,
    scans: tuple[Path, ...],
    usage_table: str | None,
    owners_table: str | None,
    policy_file: Path | None,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Take in accounts and convictions, judge again who was accepted, and name programmes due.

    Nobody is locked out by this: an answer that became harder is shown, and joins the queue.
    """
    from revenuer.app.admission.rechecking import recheck
    from revenuer.cli.show.access import print_rechecked
    from revenuer.cli.show.json_text import print_json

    at = opened(url, by, config, keys)
    done = recheck(
        desk_of(at, session, policy_file, owners=owners_table),
        actor=at.actor,
        now=at.now,
        accounts=accounts,
        scans=scans,
        usage_table=usage_table,
        progress=session.progress(),
    )
    if as_json:
        print_json(done)
    else:
        print_rechecked(done, session.stdout())
