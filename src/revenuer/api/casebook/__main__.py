"""`python -m revenuer.api.casebook`: what `revenuer serve` becomes."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path

import click

from revenuer.api.casebook.server import application
from revenuer.api.server import serve
from revenuer.app.casebook.opening import open_casebook
from revenuer.config_file import load_settings
from revenuer.errors import RevenuerError

URL = "REVENUER_CASEBOOK_URL"
"""Where the casebook is; not an argument, since a URL may hold a password that others would see."""


def main() -> int:
    """Read the settings, open the casebook, serve."""
    parser = argparse.ArgumentParser(prog="revenuer serve")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--said", type=json.loads, default={})
    parser.add_argument("--keys", type=Path, required=True)
    told = parser.parse_args()
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    try:
        settings = load_settings(
            told.config, environment=os.environ, folder=Path.cwd(), overrides=told.said
        ).settings
        casebook = open_casebook(os.environ[URL], told.keys)
        serve(application(casebook, settings, told.keys), settings.api, _ready)
    except RevenuerError as wrong:
        click.echo(f"Error: {wrong.message}", err=True)
        if wrong.hint:
            click.echo(f"  {wrong.hint}", err=True)
        return 1
    return 0


def _ready(url: str) -> None:
    click.echo(f"{url}/v1/")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
