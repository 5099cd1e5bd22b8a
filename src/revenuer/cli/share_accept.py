"""`revenuer share accept`: decide about what a peer sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.inputs import keys_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_intel_options import by_option, folder_option, open_folder, why_option
from revenuer.cli.share_options import config_file_option


@click.command("accept")
@click.argument("target", metavar="ID")
@folder_option
@by_option
@why_option
@click.option("--despite", is_flag=True, help="Accept values too that a warning list has.")
@config_file_option
@keys_option
@pass_session
def command(
    session: Session,
    target: str,
    folder: Path,
    by: str,
    why: str,
    despite: bool,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Accept what waits of ID: an object, a cluster, or a peer by its identity.

    From now on `scan --intel` hears it.
    """
    inbox = open_folder(folder, config, keys)
    from revenuer.app.sharing.inbox import decide

    now = datetime.now(UTC)
    done = decide(inbox, target, accept=True, by=by, why=why, now=now, despite=despite)
    click.echo(f"{len(done)} objects accepted.")
