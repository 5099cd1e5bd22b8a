"""Permits of the casebook, where decisions are made on the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from revenuer.cli.casebook_options import configured_casebook
from revenuer.cli.inputs import keys_folder
from revenuer.cli.share_options import config_file_option

F = TypeVar("F", bound=Callable[..., Any])

_casebook = click.option(
    "--casebook",
    "casebook",
    envvar="REVENUER_CASEBOOK_URL",
    metavar="URL",
    help="Whose permits hold, sqlite:///FILE or postgresql+pg8000://USER@HOST/NAME; without it the "
    "one that the settings name, or the user's own if there is one.",
)


def permits_of_casebook(command: F) -> F:
    """Give a command the options that say which casebook's permits hold.

    It is called with `casebook` and `config`, which `permitted_here` takes.
    """
    return _casebook(config_file_option(command))


def permitted_here(
    url: str | None, config: Path | None, keys: Path | None, now: datetime
) -> frozenset[str]:
    """For whom a casebook has a permit that holds, as dockets write them; empty without one.

    Raises:
        ConfigError: The casebook cannot be opened.
    """
    where = configured_casebook(url, config, keys)
    if where is None:
        return frozenset()
    from revenuer.app.casebook.approving import permitted
    from revenuer.app.casebook.opening import open_casebook

    casebook = open_casebook(where, keys_folder(keys), now=now)
    try:
        return permitted(casebook, now)
    finally:
        casebook.database.close()
