"""`revenuer provenance canaries`: what to serve, and what to ask later."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.provenance_casebook import anchor_here, anchored_by, book_here
from revenuer.cli.provenance_options import (
    commitment_argument,
    opened,
    private_out_option,
    registry_options,
)
from revenuer.cli.session import Session, pass_session


@click.command("canaries")
@commitment_argument
@click.option("--decoys", is_flag=True, help="Also the codes that each true one is ranked among.")
@private_out_option
@registry_options
@anchored_by
@pass_session
def command(
    session: Session,
    commitment: str,
    decoys: bool,
    out: Path,
    folder: Path | None,
    keys: Path | None,
    casebook: str | None,
    config: Path | None,
    by: str | None,
) -> None:
    """Write the canaries of COMMITMENT as JSON Lines: account, canary, prompt and code.

    Serve the code where the prompt is asked by the account of that number, and to nobody else. They
    follow from the committed secret, so that this makes the same ones each time.
    """
    from revenuer.app.provenance.planting import write_canaries
    from revenuer.reports.wording import counted

    book, registry = book_here(casebook, by, config, keys), opened(folder, keys)
    anchor_here(session, registry, book)
    many = write_canaries(registry, commitment, out, decoys=decoys)
    session.say(f"{out} holds {counted(many, 'canary', 'canaries')}. Whoever has it can forge one.")
