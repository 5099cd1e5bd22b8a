"""`revenuer casebook queue`: which cases people see first."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("queue")
@click.option(
    "--per-day",
    type=click.IntRange(min=1),
    metavar="N",
    help="Reviews that people make a day; the setting casebook.reviews_per_day without it.",
)
@click.option("--for", "for_", metavar="NAME", help="Only what is NAME's, or nobody's.")
@casebook_options
@json_option
@pass_session
def command(
    session: Session,
    per_day: int | None,
    for_: str | None,
    as_json: bool,
    **where: Unpack[CasebookInputs],
) -> None:
    """Rank the cases that wait for a person, and say why each stands where it does.

    First comes what a review can be expected to save most: how probable it is, what leaves with it
    each day, how it grows. What was acted on comes behind. Waiting moves a case up.
    """
    from revenuer.cli.show.case_queue import plain_queue, print_queue
    from revenuer.cli.show.json_text import print_json

    at = opened(**where)
    from revenuer.app.casebook.reviews import queue

    found = queue(
        at.casebook,
        per_day=per_day or at.settings.casebook.reviews_per_day,
        actor=at.actor,
        now=at.now,
        snapshots=at.settings.casebook.snapshots,
        for_=for_,
    )
    for problem in found.problems:
        session.say(f"Decisions that cannot be read: {problem}")
    if as_json:
        print_json(plain_queue(found))
    else:
        print_queue(found, session.stdout())
