"""`revenuer casebook erasures`: what was asked to be erased, and how far that has got."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("erasures")
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Print erasures, oldest first, and what is left to do of each."""
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.erasure import list_erasures
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.records import print_erasures

    found = list_erasures(at.casebook, actor=at.actor)
    if as_json:
        print_json(found)
    else:
        print_erasures(found, session.stdout())
