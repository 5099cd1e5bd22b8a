"""What the processes of the servers have in common: settings in, a URL out, errors as text."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from revenuer.config_file import load_settings
from revenuer.errors import RevenuerError
from revenuer.settings import Settings

Serving = Callable[[argparse.Namespace, Settings, Callable[[str], None]], None]
"""Serves until it is told to stop; calls its last argument with the URL once it listens. The first
has, beside the command line, who said each setting, as `origins`."""


def run(program: str, path: str, serving: Serving, *, needs: tuple[str, ...] = ()) -> int:
    """Read the command line and the settings, and serve.

    Args:
        program: What the user called.
        path: Of the URL that is printed, after host and port.
        serving: What serves.
        needs: Folders that it must be told, beside `--keys`.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--said", type=json.loads, default={})
    for name in (*needs, "keys"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    told = parser.parse_args()
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s", level=logging.WARNING)

    def ready(url: str) -> None:
        click.echo(f"{url}{path}")
        sys.stdout.flush()

    try:
        found = load_settings(
            told.config, environment=os.environ, folder=Path.cwd(), overrides=told.said
        )
        told.origins = found.origins
        serving(told, found.settings, ready)
    except RevenuerError as wrong:
        click.echo(f"Error: {wrong.message}", err=True)
        if wrong.hint:
            click.echo(f"  {wrong.hint}", err=True)
        return 1
    return 0
