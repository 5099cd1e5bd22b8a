"""`revenuer lab distil`: a teacher's answers in, students and a data card out."""

from __future__ import annotations

import os
from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("distil")
@click.argument("config", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Folder of the run; one that was begun with this CONFIG goes on.",
)
@json_option
@pass_session
def command(session: Session, /, config: Path, out: Path, as_json: bool) -> None:
    """Distil the teacher that CONFIG names into students, in DIR.

    Everything that can be checked is checked first. Killed at any moment, the same command goes
    on where it was. DIR gets the answers, the students, results.json, plots and the data card.
    """
    from revenuer.app.lab.distilling import distil
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.lab import print_results
    from revenuer.lab.config_reading import read_config

    read = read_config(config)
    session.out = out
    results = distil(read, out, os.environ, session.progress())
    if as_json:
        print_json(results)
    else:
        print_results(results, session.stdout())
