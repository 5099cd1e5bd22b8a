"""`revenuer appeal decide`: a person who has looked decides."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any, Unpack

import click

from revenuer.cli.appeal_options import (
    OfficeInputs,
    appeal_argument,
    confirm,
    office_of,
    office_options,
    preview_option,
    text_options,
    version_option,
    words_of,
)
from revenuer.cli.enforce_options import yes_option
from revenuer.cli.session import Session, pass_session

OUTCOMES = ("upheld", "partly", "overturned")


@click.command("decide")
@appeal_argument
@click.argument("outcome", type=click.Choice(OUTCOMES))
@click.option("--why", required=True, metavar="TEXT", help="The reason, for the casebook; sealed.")
@text_options("The reason as they read it; a decision that stands needs one")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ID",
    help="Only for this account of those who appeal; may be repeated.",
)
@click.option("--whole-decision", is_flag=True, help="Take the decision back for everybody.")
@preview_option
@version_option
@yes_option
@office_options
@pass_session
def command(
    session: Session,
    appeal: str,
    outcome: str,
    why: str,
    text: str,
    file: Any,
    accounts: tuple[str, ...],
    whole_decision: bool,
    preview: bool,
    version: int | None,
    yes: bool,
    **given: Unpack[OfficeInputs],
) -> None:
    """Decide APPEAL: the decision stands (upheld), is wrong (overturned), or partly so.

    What is overturned is undone at once, and its accounts are known innocents of later scans and
    decisions. The letter is shown before anything is done.
    """
    words = words_of(text, file)
    office, at = office_of(given)
    from revenuer.app.casebook.appeal_outcomes import Ruling, decide_appeal
    from revenuer.casework.appeals import Outcome
    from revenuer.cli.show.appeals import print_decided

    ruling = Ruling(Outcome(outcome), why, words, whole_decision, accounts)
    act = partial(decide_appeal, office, appeal, ruling, actor=at.actor)
    shown = act(now=at.now, preview=True, expected_version=version)
    click.echo(shown.letter, nl=False)
    if preview:
        return
    confirm(yes, "Decide this?")
    done = act(now=datetime.now(UTC), expected_version=shown.appeal.version)
    print_decided(done, session.stdout())
