"""`revenuer provenance test`: what was committed, on what a suspect answered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.provenance_casebook import anchors_here, checked_by
from revenuer.cli.provenance_options import (
    commitment_argument,
    file_option,
    ids_of,
    opened,
    registry_options,
    tokenizer_option,
)
from revenuer.cli.session import Session, pass_session


@click.command("test")
@commitment_argument
@click.argument(
    "answers", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="ANSWERS"
)
@click.option("--suspect", default="the suspect", show_default=True, metavar="NAME")
@file_option("--owner", "Probabilities of your own unmarked model at each token of ANSWERS.")
@file_option("--open-model", "The suspect's own probabilities there, where you have its weights.")
@tokenizer_option
@click.option("--control", is_flag=True, help="It is known to be innocent; accuse nobody.")
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="NUMBER:HASH",
    help="An entry of the log that others were told of, and that must be there; may be repeated.",
)
@file_option("--name-among", "Account ids, one a line; those whose keys pass are printed.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write provenance.json and provenance.html there.",
)
@json_option
@registry_options
@checked_by
@pass_session
def command(
    session: Session,
    commitment: str,
    answers: Path,
    suspect: str,
    owner: Path | None,
    open_model: Path | None,
    tokenizer: Path | None,
    control: bool,
    witnesses: tuple[str, ...],
    name_among: Path | None,
    out: Path | None,
    as_json: bool,
    folder: Path | None,
    keys: Path | None,
    casebook: str | None,
    config: Path | None,
) -> None:
    """Test ANSWERS of a suspect as COMMITMENT has it, and say what was found.

    ANSWERS is JSON Lines or Parquet, a row an answer. Each test of other files is a look, is
    counted in the audit log before anything is worked out, and has to pass a stricter threshold.
    """
    from revenuer.app.provenance.judging import Inputs
    from revenuer.app.provenance.testing import run_test
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.provenance import print_report

    registry = opened(folder, keys)
    found = run_test(
        registry,
        commitment,
        Inputs(answers, owner, open_model, tokenizer),
        suspect=suspect,
        now=datetime.now(UTC),
        control=control,
        out=out,
        witnesses=witnesses,
        candidates=ids_of(name_among),
        anchors=anchors_here(registry, casebook, config, keys) or (),
    )
    if as_json:
        print_json(found.report)
    else:
        print_report(found.report, session.stdout())
    for account in found.named:
        session.say(f"passes: {account}")
    for file in found.files:
        session.say(f"{file} is written.")
