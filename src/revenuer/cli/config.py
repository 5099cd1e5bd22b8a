"""`revenuer config`: the settings in force, and who said so."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import config_option, json_option, settings_from
from revenuer.cli.session import Session, pass_session


@click.group("config")
def command() -> None:
    """Show the settings in force."""


@command.command("show")
@config_option
@json_option
@pass_session
def show(session: Session, config: Path | None, as_json: bool) -> None:
    """Print every setting as TOML, each with where it comes from.

    The output is a complete revenuer.toml.
    """
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.settings import as_toml

    effective = settings_from(config)
    if as_json:
        print_json({each.key: each for each in effective.origins})
    else:
        click.echo(as_toml(effective), nl=False)
