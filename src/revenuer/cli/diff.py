"""`revenuer diff`: what changed between two scans."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session

_SCAN = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("diff")
@click.argument("old", type=_SCAN)
@click.argument("new", type=_SCAN)
@json_option
@pass_session
def command(session: Session, old: Path, new: Path, as_json: bool) -> None:
    """Show what changed from the scan in OLD to the scan in NEW.

    Campaigns that came, went, grew, merged or got another verdict.
    """
    from revenuer.app.diff import diff
    from revenuer.cli.show.diff import print_diff
    from revenuer.cli.show.json_text import print_json

    found = diff(old, new)
    if as_json:
        print_json(found)
    else:
        print_diff(found, session.stdout())
