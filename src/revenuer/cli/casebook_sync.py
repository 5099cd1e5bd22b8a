"""`revenuer casebook sync`: take over what was decided with `enforce`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Unpack

import click

from revenuer.cli.casebook_options import (
    CasebookInputs,
    casebook_options,
    opened,
    say_followed,
)
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("sync")
@casebook_options
@json_option
@pass_session
def command(session: Session, as_json: bool, **where: Unpack[CasebookInputs]) -> None:
    """Take over decisions about the snapshots of the setting casebook.snapshots, and convictions.

    Cases that something was done about are actioned; those of which all was taken back come back.
    How far each decision log had got is written down, so that it is noticed if one is put back.
    Admission learns whom the findings that were added convict, or convict no more.
    """
    from revenuer.cli.show.cases import print_synced
    from revenuer.cli.show.json_text import print_json

    at = opened(**where)
    from revenuer.app.casebook.following import bare_desk, catch_up

    snapshots = at.settings.casebook.snapshots
    if not snapshots:
        session.say("No decisions are read: the setting casebook.snapshots names no snapshot.")
    done = catch_up(bare_desk(at.casebook), snapshots, actor=at.actor, now=at.now)
    if as_json:
        also = {"convicted": done.convicted, "acquitted": done.acquitted}
        print_json(asdict(done.synced) | also)
    else:
        print_synced(done.synced, session.stdout())
    say_followed(done, session)
