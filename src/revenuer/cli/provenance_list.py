"""`revenuer provenance list`: what was committed."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.provenance_options import opened, registry_options
from revenuer.cli.session import Session, pass_session


@click.command("list")
@json_option
@registry_options
@pass_session
def command(session: Session, as_json: bool, folder: Path | None, keys: Path | None) -> None:
    """Print every commitment, the oldest first, the audit log checked."""
    from revenuer.app.provenance.registering import registered
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.provenance import print_commitments

    found = registered(opened(folder, keys))
    if as_json:
        print_json(found)
    else:
        print_commitments(found, session.stdout())
