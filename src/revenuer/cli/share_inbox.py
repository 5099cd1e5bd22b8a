"""`revenuer share inbox`: what peers sent, and what was decided about it."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option, keys_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_intel_options import folder_option, open_folder
from revenuer.cli.share_options import config_file_option


@click.command("inbox")
@folder_option
@click.option("--all", "every", is_flag=True, help="What was decided too, not only what waits.")
@json_option
@config_file_option
@keys_option
@pass_session
def command(
    session: Session,
    folder: Path,
    every: bool,
    as_json: bool,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Show what waits for a decision, by peer and cluster.

    Whom it meets in our logs is not shown: a list is to be judged by its source, before one knows
    whom it would accuse.
    """
    from revenuer.cli.show.intelligence import print_inbox
    from revenuer.cli.show.json_text import print_json

    inbox = open_folder(folder, config, keys)
    from revenuer.app.sharing.inbox_view import summed_up

    rows = summed_up(inbox, every=every)
    if as_json:
        print_json(rows)
        return
    print_inbox(rows, session.stdout())
