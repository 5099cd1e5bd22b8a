"""`revenuer serve`: the casebook over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from revenuer.cli.becoming import (
    Listening,
    become_on_casebook,
    client_ca_option,
    listening_options,
    said_of,
)
from revenuer.cli.casebook_options import casebook_option
from revenuer.cli.inputs import keys_option
from revenuer.cli.share_options import config_file_option


@click.command("serve")
@listening_options("api")
@client_ca_option("api")
@casebook_option
@config_file_option
@keys_option
def command(
    client_ca: str | None,
    url: str | None,
    config: Path | None,
    keys: Path | None,
    **where: Unpack[Listening],
) -> None:
    """Serve the casebook's HTTP API, until SIGTERM or Ctrl-C.

    Prints the URL that its paths begin with once it listens. Only people and services with a
    token are let in: see `revenuer casebook token add`.
    """
    said = said_of("api", {**where, "client_ca": client_ca})
    become_on_casebook("revenuer.api.casebook", said, url=url, config=config, keys=keys)
