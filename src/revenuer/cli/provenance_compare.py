"""`revenuer provenance compare`: where to look further."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.provenance_options import named_files
from revenuer.cli.session import Session, pass_session


@click.command("compare")
@click.argument(
    "answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ANSWERS"
)
@click.argument(
    "owner", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="YOURS"
)
@click.option(
    "--control",
    "controls",
    multiple=True,
    callback=named_files,
    metavar="NAME=FILE",
    help="Answers of a model that is not yours to the same prompts; one or more.",
)
@click.option("--alpha", type=float, default=0.01, show_default=True)
@json_option
@pass_session
def command(
    session: Session,
    answers: Path,
    owner: Path,
    controls: dict[str, Path],
    alpha: float,
    as_json: bool,
) -> None:
    """Say whether ANSWERS of a suspect are more like YOURS than like every control's.

    Triage, never a verdict: models that were trained on the same texts agree, whoever taught them.
    Ask for short answers at temperature 0, where your own model is least sure.
    """
    from revenuer.app.provenance.comparing import run_comparison
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.provenance import print_likeness

    found = run_comparison(answers, owner, controls, alpha=alpha)
    if as_json:
        print_json(found)
    else:
        print_likeness(found, session.stdout())
