"""`revenuer permit request`: enter what a customer declares."""

from __future__ import annotations

from datetime import timedelta
from typing import Unpack

import click

from revenuer.cli.casebook_options import casebook_options
from revenuer.cli.permit_options import (
    PURPOSES,
    TermsAndCasebook,
    altered,
    opened_of,
    say_permit,
    terms_options,
    text_option,
)
from revenuer.cli.session import Session, pass_session

OPEN_ENDED = timedelta(days=365)
"""How long a permit is asked for where nobody says. placeholder"""


@click.command("request")
@click.option("--account", metavar="ID", help="The account that it is for.")
@click.option("--organization", metavar="ID", help="Or the organization, with all its accounts.")
@click.option("--purpose", type=click.Choice(PURPOSES), required=True, help="What it is for.")
@terms_options
@text_option
@casebook_options
@pass_session
def command(
    session: Session,
    account: str | None,
    organization: str | None,
    purpose: str,
    text: str,
    **given: Unpack[TermsAndCasebook],
) -> None:
    """Enter what a customer declares; it holds once somebody with the right grants it."""
    at = opened_of(given)
    from revenuer.app.casebook.permits import ACCOUNT, ORGANIZATION, request_permit
    from revenuer.casework.permits import Purpose, Terms

    if (account is None) == (organization is None):
        raise click.UsageError("Give --account or --organization.")
    made = request_permit(
        at.casebook,
        holder=account or organization or "",
        kind=ORGANIZATION if account is None else ACCOUNT,
        purpose=Purpose(purpose),
        terms=altered(Terms(at.now, at.now + OPEN_ENDED), given, at.now),
        text=text,
        actor=at.actor,
        now=at.now,
    )
    say_permit(session, made, at.now)
