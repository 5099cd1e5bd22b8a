"""`revenuer provenance list`: what was committed."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.provenance_casebook import anchors_here, checked_by
from revenuer.cli.provenance_options import opened, registry_options
from revenuer.cli.session import Session, pass_session


@click.command("list")
@json_option
@registry_options
@checked_by
@pass_session
def command(
    session: Session,
    as_json: bool,
    folder: Path | None,
    keys: Path | None,
    casebook: str | None,
    config: Path | None,
) -> None:
    """Print every commitment, the oldest first, the audit log checked.

    Where there is a casebook, the log must also have whatever was written down of it there.
    """
    from revenuer.app.provenance.registering import registered
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.provenance import print_commitments

    registry = opened(folder, keys)
    known = anchors_here(registry, casebook, config, keys)
    found = registered(registry, [one.log for one in known or ()])
    if as_json:
        print_json(found)
    else:
        print_commitments(found, session.stdout(), known)
