"""Permits of the casebook, where decisions are made on the command line."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from revenuer.cli.casebook_options import beside_casebook, configured_casebook
from revenuer.cli.inputs import keys_folder

permits_of_casebook = beside_casebook(
    "Whose permits hold, sqlite:///FILE or postgresql+pg8000://USER@HOST/NAME"
)
"""Gives a command the options that say which casebook's permits hold, for `permitted_here`."""


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
