"""`python -m revenuer.api`: what `revenuer share serve` becomes."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path

import click

from revenuer.api.server import application, serve
from revenuer.app.sharing.state import open_state
from revenuer.config_file import load_settings
from revenuer.errors import RevenuerError


def main() -> int:
    """Read the settings, open the folder, serve."""
    parser = argparse.ArgumentParser(prog="revenuer share serve")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--said", type=json.loads, default={})
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--keys", type=Path, required=True)
    told = parser.parse_args()
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)
    try:
        settings = load_settings(
            told.config, environment=os.environ, folder=Path.cwd(), overrides=told.said
        ).settings
        state = open_state(told.state, told.keys, settings.share.database)
        serve(application(state, settings), settings.server, _ready)
    except RevenuerError as wrong:
        click.echo(f"Error: {wrong.message}", err=True)
        if wrong.hint:
            click.echo(f"  {wrong.hint}", err=True)
        return 1
    return 0


def _ready(url: str) -> None:
    click.echo(f"{url}/taxii2/")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
