"""`revenuer share push`: objects to another operator's collection."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.exits import Exit
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import (
    peer_from,
    peer_options,
    share_state,
    state_options,
    up_to_option,
)


@click.command("push")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)
@click.option("--to", "url", required=True, metavar="URL", help="Its TAXII server.")
@click.option("--collection", required=True, metavar="ID", help="Or an alias, or a title.")
@up_to_option("may leave", "amber+strict")
@peer_options
@json_option
@state_options
@pass_session
def command(
    session: Session,
    file: Path,
    url: str,
    collection: str,
    up_to: str,
    token_file: Path | None,
    user: str,
    ca_file: str,
    certificate: str,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Push the objects of the STIX bundle FILE to a collection of another operator.

    What is there already is not added twice: a push that broke off can be run again.
    """
    from revenuer.cli.show.json_text import print_json

    opened = share_state(state, config, keys)
    from revenuer.app.sharing.exchange import push_file
    from revenuer.sharing.tlp import Tlp

    peer = peer_from(url, token_file, user, ca_file, certificate)
    done = push_file(opened, file, peer, collection, up_to=Tlp(up_to))
    if as_json:
        print_json(done)
    else:
        click.echo(f"{done.taken} of {done.sent} objects are there.")
        for id_, reason in done.refused[:20]:
            click.echo(f"  {id_}: {reason}", err=True)
    if done.refused:
        raise click.exceptions.Exit(Exit.ERROR)
