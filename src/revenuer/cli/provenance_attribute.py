"""`revenuer provenance attribute`: the teacher among candidates, or none of them."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.provenance_options import named_files, tokenizer_option
from revenuer.cli.session import Session, pass_session


@click.command("attribute")
@click.argument(
    "answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ANSWERS"
)
@click.option(
    "--candidate",
    "candidates",
    multiple=True,
    callback=named_files,
    metavar="NAME=FILE",
    help="Answers of a candidate teacher to the same prompts; two or more.",
)
@click.option(
    "--control",
    "controls",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Answers of a model that learned from no candidate; may be repeated, and must be.",
)
@click.option("--alpha", type=float, default=0.05, show_default=True)
@tokenizer_option
@json_option
@pass_session
def command(
    session: Session,
    answers: Path,
    candidates: dict[str, Path],
    controls: tuple[Path, ...],
    alpha: float,
    tokenizer: Path | None,
    as_json: bool,
) -> None:
    """Say which candidate the ANSWERS of a suspect lean to, if more than strangers do.

    Without enough controls nobody is named: every text leans to one of the candidates most. Models
    of a candidate's family lean to it too; have some among the controls.
    """
    from revenuer.app.provenance.comparing import run_attribution
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.provenance import print_attribution

    found = run_attribution(answers, candidates, controls, alpha=alpha, tokenizer=tokenizer)
    if as_json:
        print_json(found)
    else:
        print_attribution(found, session.stdout())
