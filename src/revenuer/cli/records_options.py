"""What the commands about holds, erasure and retention share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from revenuer.cli.casebook_options import Opened
from revenuer.cli.inputs import keys_folder
from revenuer.cli.share_options import share_folder

if TYPE_CHECKING:
    from revenuer.app.casebook.places import Around

why_option = click.option(
    "--why", required=True, metavar="TEXT", help="The reason; kept sealed, not in the audit log."
)
snapshots_option = click.option(
    "--snapshot",
    "snapshots",
    type=click.Path(dir_okay=False, path_type=Path),
    multiple=True,
    envvar="REVENUER_SNAPSHOT",
    metavar="FILE",
    help="A snapshot of guards, beside those of casebook.snapshots; may be repeated.",
)
state_option = click.option(
    "--share-state",
    "share",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Sets share.folder for this run.",
)


def around_of(
    at: Opened, keys: Path | None, snapshots: tuple[Path, ...], share: Path | None
) -> Around:
    """What lies around a casebook, as options and settings name it."""
    from revenuer.app.casebook.places import Around

    named = (*map(Path, at.settings.casebook.snapshots), *snapshots)
    distinct = dict.fromkeys(one.resolve() for one in named)
    return Around(keys_folder(keys), tuple(distinct), share_folder(at.settings.share, share))
