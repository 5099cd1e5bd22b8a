"""`revenuer access decide`: what a person says of an application."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.access_options import bare_desk
from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.session import Session, pass_session


@click.command("decide")
@click.argument("application", metavar="APPLICATION")
@click.argument("decision", type=click.Choice(("accept", "refuse")), metavar="DECISION")
@click.option("--note", default="", metavar="TEXT", help="Why; kept sealed.")
@casebook_options
@pass_session
def command(
    session: Session,
    application: str,
    decision: str,
    note: str,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Accept or refuse APPLICATION in the place of the program; DECISION is accept or refuse."""
    from revenuer.app.admission.answering import decide

    at = opened(url, by, config, keys)
    decide(
        bare_desk(at),
        application,
        accept=decision == "accept",
        note=note,
        actor=at.actor,
        now=at.now,
    )
    session.say(f"{application}: {decision}, by {at.actor.name}.")
