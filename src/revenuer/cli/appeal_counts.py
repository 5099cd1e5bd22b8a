"""`revenuer appeal counts`: how appeals went, without anything about anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Unpack

import click

from revenuer.cli.appeal_options import OfficeInputs, office_of, office_options
from revenuer.cli.durations import moment_of
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("counts")
@click.option("--from", "since", callback=moment_of, metavar="TIME", help="The last 90 days.")
@click.option("--until", callback=moment_of, metavar="TIME", help="Until now.")
@json_option
@office_options
@pass_session
def command(
    session: Session,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    **given: Unpack[OfficeInputs],
) -> None:
    """Count how often decisions did not stand, and how long answers took."""
    from revenuer.cli.show.appeals import plain_counts, print_counts
    from revenuer.cli.show.json_text import print_json

    office, at = office_of(given)
    from revenuer.app.casebook.appeal_views import count_appeals

    until = until or at.now
    counts = count_appeals(
        office.casebook,
        since=since or until - timedelta(days=90),
        until=until,
        clock=office.clock,
        actor=at.actor,
    )
    if as_json:
        print_json(plain_counts(counts))
    else:
        print_counts(counts, session.stdout())
