"""`revenuer casebook sync`: take over what was decided with `enforce`."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("sync")
@casebook_options
@json_option
@pass_session
def command(session: Session, as_json: bool, **where: Unpack[CasebookInputs]) -> None:
    """Read the decisions about the snapshots of the setting casebook.snapshots.

    Cases that something was done about are actioned; those of which all was taken back come back.
    How far each decision log had got is written down, so that it is noticed if one is put back.
    """
    from revenuer.cli.show.cases import print_synced
    from revenuer.cli.show.json_text import print_json
    from revenuer.errors import ConfigError

    at = opened(**where)
    from revenuer.app.casebook.decisions import sync

    if not at.settings.casebook.snapshots:
        raise ConfigError("No snapshot is named.", "Name some in the setting casebook.snapshots.")
    done = sync(at.casebook, at.settings.casebook.snapshots, actor=at.actor, now=at.now)
    if as_json:
        print_json(done)
    else:
        print_synced(done, session.stdout())
    for problem in done.problems:
        session.say(f"Decisions that cannot be read: {problem}")
