"""`revenuer share serve`: the TAXII server for partners."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from revenuer.cli.inputs import keys_folder, settings_from
from revenuer.cli.share_options import need_share, share_folder, state_options


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="N", help="Sets server.port.")
@click.option("--host", metavar="ADDRESS", help="Sets server.host; this machine alone without it.")
@click.option("--certificate", metavar="FILE", help="Sets server.certificate, to speak TLS.")
@click.option("--certificate-key", metavar="FILE", help="Sets server.certificate_key.")
@click.option("--client-ca", metavar="FILE", help="Sets server.client_ca, for mutual TLS.")
@state_options
def command(
    port: int | None,
    host: str | None,
    certificate: str | None,
    certificate_key: str | None,
    client_ca: str | None,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Serve the collections to partners over TAXII 2.1, until SIGTERM or Ctrl-C.

    Prints the URL of its discovery endpoint once it listens. Only partners with a token or a
    certificate are let in: see `revenuer share token add`.
    """
    need_share()
    said = {
        "server.port": port,
        "server.host": host,
        "server.certificate": certificate,
        "server.certificate_key": certificate_key,
        "server.client_ca": client_ca,
    }
    given = {key: value for key, value in said.items() if value is not None}
    settings = settings_from(config).settings.share
    arguments = [sys.executable, "-m", "revenuer.api", "--said", json.dumps(given)]
    arguments += ["--state", str(share_folder(settings, state)), "--keys", str(keys_folder(keys))]
    if config is not None:
        arguments += ["--config", str(config)]
    sys.stdout.flush()
    # Another program takes this process over: it needs nothing of the command line.
    os.execv(sys.executable, arguments)
