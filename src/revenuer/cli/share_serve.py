"""`revenuer share serve`: the TAXII server for partners."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from revenuer.cli.becoming import Listening, become, client_ca_option, listening_options, said_of
from revenuer.cli.inputs import settings_from
from revenuer.cli.share_options import need_share, share_folder, state_options


@click.command("serve")
@listening_options("server")
@client_ca_option("server")
@state_options
def command(
    client_ca: str | None,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
    **where: Unpack[Listening],
) -> None:
    """Serve the collections to partners over TAXII 2.1, until SIGTERM or Ctrl-C.

    Prints the URL of its discovery endpoint once it listens. Only partners with a token or a
    certificate are let in: see `revenuer share token add`.
    """
    need_share()
    folder = share_folder(settings_from(config).settings.share, state)
    said = said_of("server", {**where, "client_ca": client_ca})
    become("revenuer.api", said, "--state", str(folder), config=config, keys=keys)
