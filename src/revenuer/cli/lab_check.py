"""`revenuer lab check`: what would break a distillation, before it starts."""

from __future__ import annotations

import os
from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("check")
@click.argument("config", type=click.Path(path_type=Path, dir_okay=False))
@json_option
@pass_session
def command(session: Session, /, config: Path, as_json: bool) -> None:
    """Check CONFIG: prompts, licence and consent, places, shared vocabulary, memory."""
    from revenuer.app.lab.checking import check
    from revenuer.cli.show.json_text import print_json
    from revenuer.lab.config_reading import read_config

    checked = check(read_config(config), os.environ)
    told = {
        "learned": len(checked.learned),
        "held_out": len(checked.held_out),
        "probes": len(checked.probes),
        "shared_vocabulary": checked.shared or None,
        "notes": checked.notes,
    }
    if as_json:
        print_json(told)
        return
    shared = f", {checked.shared:,} shared tokens" if checked.shared else ""
    click.echo(
        f"{config} can be used: {told['learned']:,} prompts to learn from, {told['held_out']:,} "
        f"held out, {told['probes']:,} of the safeguard check{shared}."
    )
    for note in checked.notes:
        session.say(note)
