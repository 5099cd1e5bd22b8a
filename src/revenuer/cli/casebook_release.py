"""`revenuer casebook release`: lift a hold."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.records_options import why_option
from revenuer.cli.session import Session, pass_session


@click.command("release")
@click.argument("hold", metavar="HOLD")
@why_option
@casebook_options
@pass_session
def command(
    session: Session,
    hold: str,
    why: str,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Lift the hold HOLD; other holds on the same thing stay."""
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.holding import release_hold

    done = release_hold(at.casebook, hold, why=why, actor=at.actor, now=at.now)
    session.say(f"{done.hold_id} is lifted.")
