"""`revenuer share reject`: decide about what a peer sent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.inputs import keys_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_intel_options import by_option, folder_option, open_folder, why_option
from revenuer.cli.share_options import config_file_option


@click.command("reject")
@click.argument("target", metavar="ID")
@folder_option
@by_option
@why_option
@config_file_option
@keys_option
@pass_session
def command(
    session: Session,
    target: str,
    folder: Path,
    by: str,
    why: str,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Reject what waits of ID, or was accepted before: an object, a cluster, or a peer."""
    inbox = open_folder(folder, config, keys)
    from revenuer.app.sharing.inbox import decide

    now = datetime.now(UTC)
    done = decide(inbox, target, accept=False, by=by, why=why, now=now)
    click.echo(f"{len(done)} objects rejected.")
