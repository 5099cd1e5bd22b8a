"""`revenuer casebook retain`: let go what has been kept long enough."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("retain")
@click.option("--plan", "plan_only", is_flag=True, help="Only say what is due.")
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    plan_only: bool,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Let go what the settings under [retention] say has been kept long enough.

    Run it daily. What is held stays; the audit log is kept. A run that is stopped is gone on with
    by the next.
    """
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.retention import plan_retention, retain
    from revenuer.cli.show.json_text import print_json

    settings = at.settings.retention
    if plan_only:
        found = plan_retention(at.casebook, settings, actor=at.actor, now=at.now)
    else:
        found = retain(at.casebook, settings, actor=at.actor, now=at.now)
    if as_json:
        print_json(found)
        return
    for one in found:
        what = f"{one.kind:<13} {one.table:<20} {one.rows:>8} {one.how}"
        click.echo(f"{what}: {one.days} days since {one.since}")
    if not found:
        session.say("Nothing is due.")
