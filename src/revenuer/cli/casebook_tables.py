"""Tables of the casebook for commands that read files: there as long as the command runs.

They name accounts in the clear, for their owner alone, and are gone when the command is done.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click

from revenuer.cli.casebook_options import Opened, opened


def permits_file(ctx: click.Context) -> Path:
    """The casebook's permits as `scan --permits` reads them."""
    at = _opened()
    from revenuer.app.casebook.permit_check import permits_table, write_permits

    path = _folder(ctx) / "permits.parquet"
    write_permits(permits_table(at.casebook, actor=at.actor, now=at.now), path)
    return path


def innocents_file(ctx: click.Context) -> Path:
    """Whom the casebook knows to be innocent, as `scan --known-innocent` reads it."""
    at = _opened()
    from revenuer.app.casebook.innocents import write_innocents

    path = _folder(ctx) / "known-innocent.txt"
    write_innocents(at.casebook, path, actor=at.actor, now=at.now)
    return path


def _opened() -> Opened:
    """The casebook that the environment and the settings name."""
    keys = os.environ.get("REVENUER_KEYS")
    config = os.environ.get("REVENUER_CONFIG")
    url = os.environ.get("REVENUER_CASEBOOK_URL")
    return opened(url, None, Path(config) if config else None, Path(keys) if keys else None)


def _folder(ctx: click.Context) -> Path:
    return Path(ctx.with_resource(tempfile.TemporaryDirectory(prefix="revenuer-")))
