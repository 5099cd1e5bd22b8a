"""`revenuer share import`: take in what a peer sent, for a person to look at."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.inputs import json_option, keys_folder, keys_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_intel_options import folder_option, open_folder
from revenuer.cli.share_options import config_file_option


@click.command("import")
@click.argument("place", type=click.Path(exists=True, path_type=Path), metavar="FILE|DIR")
@folder_option
@click.option(
    "--ours",
    "identities",
    multiple=True,
    metavar="IDENTITY",
    help="A STIX identity that is ours besides that of our key: what it made is no second "
    "witness. May be repeated.",
)
@click.option(
    "--exported",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A bundle that we shared: what refers to it rests on us. May be repeated.",
)
@click.option("--no-warning-lists", is_flag=True, help="Do not look values up in warning lists.")
@json_option
@config_file_option
@keys_option
@pass_session
def command(
    session: Session,
    place: Path,
    folder: Path,
    identities: tuple[str, ...],
    exported: tuple[Path, ...],
    no_warning_lists: bool,
    as_json: bool,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Take in a STIX bundle, or all that `share pull` left in a folder.

    Nothing of it counts before somebody accepts it. What is ours, forged, unmarked, or no single
    value that can be looked for is refused, and said.
    """
    from revenuer.cli.show.intelligence import print_imported
    from revenuer.cli.show.json_text import print_json

    inbox = open_folder(folder, config, keys)
    from revenuer.app.sharing.inbox import import_files
    from revenuer.app.sharing.inbox_view import our_own
    from revenuer.app.sharing.record import SHARING_KEY
    from revenuer.app.sharing.warnings import warning_lists
    from revenuer.enforcement.verdict_keys import fingerprint_key_at

    warns = (lambda kind, value: ()) if no_warning_lists else warning_lists()
    now = datetime.now(UTC)
    secret, _ = fingerprint_key_at(keys_folder(keys) / SHARING_KEY)
    ours = our_own(identities, secret, exported)
    done = import_files(inbox, place, ours=ours, warns=warns, now=now)
    if as_json:
        print_json(done)
        return
    print_imported(done, folder)
