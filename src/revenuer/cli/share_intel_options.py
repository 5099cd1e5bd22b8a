"""What the commands about peers' intelligence have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from revenuer.cli.inputs import keys_folder, settings_from
from revenuer.cli.share_options import need_share

if TYPE_CHECKING:
    from revenuer.app.sharing.inbox import Inbox

folder_option = click.option(
    "--intel",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="The folder of intelligence; scan and watch take it as --intel.",
)
by_option = click.option("--by", required=True, metavar="NAME", help="Who decides.")
why_option = click.option("--why", required=True, metavar="TEXT", help="Why, for the audit log.")


def open_folder(folder: Path, config: Path | None, keys: Path | None) -> Inbox:
    """Open a folder of intelligence, with the database that settings name."""
    need_share()
    from revenuer.app.sharing.inbox import open_inbox

    database = settings_from(config).settings.share.database
    return open_inbox(folder, keys_folder(keys), database)
