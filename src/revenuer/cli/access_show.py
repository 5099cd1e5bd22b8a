"""`revenuer access show`: how an application stands, or who waits for a person."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.access_options import bare_desk
from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("show")
@click.argument("application", required=False, metavar="[APPLICATION]")
@click.option("--for-applicant", is_flag=True, help="Only what may be shown to the applicant.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=100, show_default=True,
    help="Of the queue, so many.",
)  # fmt: skip
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    application: str | None,
    for_applicant: bool,
    limit: int,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Show how APPLICATION stands; without it, the queue of those that wait for a person."""
    from revenuer.app.admission.showing import held, show, statement
    from revenuer.cli.show.access import print_application, print_held, print_statement
    from revenuer.cli.show.json_text import print_json

    at = opened(url, by, config, keys)
    desk = bare_desk(at)
    if application is None:
        waiting = held(desk, actor=at.actor, limit=limit)
        if as_json:
            print_json(waiting)
        else:
            print_held(waiting, session.stdout())
        return
    if for_applicant:
        told = statement(desk, application, actor=at.actor)
        printed = print_statement
    else:
        told = show(desk, application, actor=at.actor, now=at.now)
        printed = print_application
    if as_json:
        print_json(told)
    else:
        printed(told, session.stdout())
