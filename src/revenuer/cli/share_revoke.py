"""`revenuer share revoke`: take back what was shared, as a new version."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.enforce_options import by_option
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import recorder_at, state_options


@click.command("revoke")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The bundle of new versions, to push where the old one went.",
)
@click.option("--why", required=True, metavar="TEXT", help="The reason, for the audit log.")
@by_option
@json_option
@state_options
@pass_session
def command(
    session: Session,
    file: Path,
    out: Path,
    why: str,
    by: str | None,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Take back what `revenuer share export` wrote to FILE.

    Every object of yours gets a new version that says that it is revoked. Nothing is deleted:
    who deletes an object believes an older version of it when that comes back.
    """
    from revenuer.app.desk import login
    from revenuer.app.sharing.export import revoke
    from revenuer.cli.show.json_text import print_json
    from revenuer.reports.wording import counted

    recorder = recorder_at(session, state, config, keys)
    done = revoke(file, out, recorder, by=by or login(), why=why, now=datetime.now(UTC))
    if as_json:
        print_json(done)
    else:
        click.echo(f"{counted(done.objects, 'object')} revoked in {out}.")
