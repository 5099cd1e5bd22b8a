"""`revenuer serve`: the casebook over HTTP."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_option, casebook_url, need_casebook
from revenuer.cli.inputs import keys_folder, keys_option, settings_from
from revenuer.cli.share_options import config_file_option, share_folder


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="N", help="Sets api.port.")
@click.option("--host", metavar="ADDRESS", help="Sets api.host; this machine alone without it.")
@click.option("--certificate", metavar="FILE", help="Sets api.certificate, to speak TLS.")
@click.option("--certificate-key", metavar="FILE", help="Sets api.certificate_key.")
@click.option("--client-ca", metavar="FILE", help="Sets api.client_ca, for mutual TLS.")
@casebook_option
@config_file_option
@keys_option
def command(
    port: int | None,
    host: str | None,
    certificate: str | None,
    certificate_key: str | None,
    client_ca: str | None,
    url: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Serve the casebook's HTTP API, until SIGTERM or Ctrl-C.

    Prints the URL that its paths begin with once it listens. Only people and services with a
    token are let in: see `revenuer casebook token add`.
    """
    need_casebook()
    said = {
        "api.port": port,
        "api.host": host,
        "api.certificate": certificate,
        "api.certificate_key": certificate_key,
        "api.client_ca": client_ca,
    }
    given: dict[str, object] = {key: value for key, value in said.items() if value is not None}
    settings = settings_from(config).settings
    # An erasure reaches what was shared also where nobody names the folder.
    given["share.folder"] = str(share_folder(settings.share, None))
    arguments = [sys.executable, "-m", "revenuer.api.casebook", "--said", json.dumps(given)]
    arguments += ["--keys", str(keys_folder(keys))]
    if config is not None:
        arguments += ["--config", str(config)]
    environment = {**os.environ, "REVENUER_CASEBOOK_URL": casebook_url(settings, url)}
    sys.stdout.flush()
    # Another program takes this process over: it needs nothing of the command line.
    os.execve(sys.executable, arguments, environment)
