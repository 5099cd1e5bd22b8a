"""`revenuer lab show`: the table of a finished distillation."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("show")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@json_option
@pass_session
def command(session: Session, /, folder: Path, as_json: bool) -> None:
    """Show what the distillation in DIR came to."""
    from revenuer.app.lab.run_folder import read_results
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.lab import print_results

    results = read_results(folder)
    if as_json:
        print_json(results)
    else:
        print_results(results, session.stdout())
