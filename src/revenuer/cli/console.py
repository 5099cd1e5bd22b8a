"""`revenuer console`: the casebook as pages."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from revenuer.cli.becoming import Listening, become_on_casebook, listening_options, said_of
from revenuer.cli.casebook_options import casebook_option
from revenuer.cli.inputs import keys_option
from revenuer.cli.share_options import config_file_option


@click.command("console")
@listening_options("console")
@casebook_option
@config_file_option
@keys_option
def command(
    url: str | None, config: Path | None, keys: Path | None, **where: Unpack[Listening]
) -> None:
    """Serve the pages where people look and decide, until SIGTERM or Ctrl-C.

    Prints the URL once it listens. On a casebook without people the URL holds a code with which
    the first admin makes their account.
    """
    said = said_of("console", where)
    become_on_casebook("revenuer.console", said, url=url, config=config, keys=keys)
