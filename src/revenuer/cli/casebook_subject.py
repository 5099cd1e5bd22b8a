"""`revenuer casebook subject`: hand out what is held about an account."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.records_options import around_of, snapshots_option, state_option
from revenuer.cli.session import Session, pass_session


@click.command("subject")
@click.argument("account_id", metavar="ACCOUNT_ID")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The JSON file; the page for a person lies beside it, ending in .html.",
)
@snapshots_option
@state_option
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    account_id: str,
    out: Path,
    snapshots: tuple[Path, ...],
    share: Path | None,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Write all that is held about the account ACCOUNT_ID, less what is about other people.

    Make sure who asks before you hand it out. That it was handed out is in the audit log.
    """
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.subject_access import hand_out
    from revenuer.cli.show.json_text import print_json

    around = around_of(at, keys, snapshots, share)
    done = hand_out(at.casebook, around, account_id, out, actor=at.actor, now=at.now)
    if as_json:
        print_json(done)
    else:
        for name, count in done.parts.items():
            click.echo(f"{name:<20} {count}")
        click.echo(f"{done.file}  {done.page}  SHA-256 {done.sha256}")
    for problem in done.unreadable:
        session.say(f"Could not be read: {problem}.")
