"""`revenuer convert`: any readable log as the contract's Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from revenuer.cli.inputs import LogInputs, exchanges_argument, json_option, log_options, out_option
from revenuer.cli.session import Session, pass_session


@click.command("convert")
@exchanges_argument
@log_options
@out_option
@json_option
@pass_session
def command(
    session: Session,
    exchanges: tuple[str, ...],
    out: Path,
    as_json: bool,
    **logs: Unpack[LogInputs],
) -> None:
    """Write EXCHANGES, and the tables beside them, as canonical Parquet in DIR.

    Rows that cannot be read go to DIR/quarantine.jsonl with their line number and the reason.
    """
    from revenuer.app.conversion import convert
    from revenuer.cli.show.intake import say_intake
    from revenuer.cli.show.json_text import print_json

    session.out = out
    intake = convert(exchanges, out=out, progress=session.progress(), **logs)
    say_intake(intake, session)
    if as_json:
        print_json(intake)
    else:
        click.echo(str(out))
