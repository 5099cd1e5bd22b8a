"""`revenuer share pull`: what another operator's collection has that is new."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import peer_from, peer_options, share_state, state_options


@click.command("pull")
@click.argument("url", metavar="URL")
@click.option("--collection", required=True, metavar="ID", help="Or an alias, or a title.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Where the bundles go, and how far it was pulled; what is there stays.",
)
@click.option(
    "--page", type=click.IntRange(1), metavar="N", help="Objects of a page; as the server likes."
)
@peer_options
@json_option
@state_options
@pass_session
def command(
    session: Session,
    url: str,
    collection: str,
    out: Path,
    page: int | None,
    token_file: Path | None,
    user: str,
    ca_file: str,
    certificate: str,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Pull what was added to a collection of the TAXII server URL since the last pull into DIR.

    Nothing of it counts until it is imported.
    """
    from revenuer.cli.show.json_text import print_json

    session.out = out
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.exchange import pull_collection

    peer = peer_from(url, token_file, user, ca_file, certificate)
    done = pull_collection(opened, peer, collection, out, most=page or 0)
    if as_json:
        print_json(done)
        return
    click.echo(f"{done.objects} objects in {len(done.files)} files.")
    for file in done.files:
        click.echo(str(file))
