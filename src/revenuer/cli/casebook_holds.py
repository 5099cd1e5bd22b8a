"""`revenuer casebook holds`: what is held."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("holds")
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
    """Print what is held and was, and why; for admins alone."""
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.holding import list_holds
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.records import print_holds

    found = list_holds(at.casebook, actor=at.actor)
    if as_json:
        print_json(found)
    else:
        print_holds(found, session.stdout())
