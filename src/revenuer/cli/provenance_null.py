"""`revenuer provenance null`: how often a committed test accuses the innocent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.provenance_options import (
    commitment_argument,
    opened,
    registry_options,
    tokenizer_option,
)
from revenuer.cli.session import Session, pass_session


@click.command("null")
@commitment_argument
@click.argument(
    "answers",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="ANSWERS...",
)
@click.option(
    "--owner-beside",
    metavar="SUFFIX",
    default=".owner",
    show_default=True,
    help="For a paired plan: your unmarked model's probabilities lie beside each file, under its "
    "name with this before the last dot.",
)
@tokenizer_option
@json_option
@registry_options
@pass_session
def command(
    session: Session,
    commitment: str,
    answers: tuple[Path, ...],
    owner_beside: str,
    tokenizer: Path | None,
    as_json: bool,
    folder: Path | None,
    keys: Path | None,
) -> None:
    """Run COMMITMENT on models that are known to be innocent, a file each, and count accusations.

    Students of other teachers are the ones to take. The rate and its exact 95 % interval go into
    the audit log, and into every later report of the same commitment.
    """
    from revenuer.app.provenance.judging import Inputs
    from revenuer.app.provenance.nulls import run_null
    from revenuer.app.provenance.registering import find
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.provenance import print_null

    registry = opened(folder, keys)
    plan = find(registry, commitment)[0].plan
    paired = plan.is_mark and plan.paired
    inputs = [
        Inputs(
            file,
            file.with_name(f"{file.stem}{owner_beside}{file.suffix}") if paired else None,
            tokenizer=tokenizer,
        )
        for file in answers
    ]
    found = run_null(registry, commitment, inputs, now=datetime.now(UTC))
    if as_json:
        print_json(found)
    else:
        print_null(found, session.stdout())
