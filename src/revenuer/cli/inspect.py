"""`revenuer inspect`: how a log would be read, before anything is read in earnest."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.inputs import LogInputs, exchanges_argument, json_option, log_options
from revenuer.cli.session import Session, pass_session


@click.command("inspect")
@exchanges_argument
@log_options
@json_option
@pass_session
def command(
    session: Session, exchanges: tuple[str, ...], as_json: bool, **logs: Unpack[LogInputs]
) -> None:
    """Show what EXCHANGES offer: format, mapping, missing columns, detectors that can run.

    Try a mapping with --map account_id=key_hash, or a whole --column-map, until nothing that you
    have is missing.
    """
    from revenuer.app.inspection import inspect
    from revenuer.cli.show.inspection import print_inspected
    from revenuer.cli.show.json_text import print_json

    found = inspect(exchanges, progress=session.progress(), **logs)
    if as_json:
        print_json(found)
    else:
        print_inspected(found, session.stdout())
