"""`revenuer permit extend`: ask for other terms of a permit."""

from __future__ import annotations

from functools import partial
from typing import Unpack

import click

from revenuer.cli.casebook_options import casebook_options
from revenuer.cli.permit_options import (
    TermsAndCasebook,
    altered,
    opened_of,
    permit_argument,
    say_permit,
    terms_options,
    text_option,
    version_option,
)
from revenuer.cli.session import Session, pass_session


@click.command("extend")
@permit_argument
@terms_options
@text_option
@version_option
@casebook_options
@pass_session
def command(
    session: Session,
    permit: str,
    text: str,
    version: int | None,
    **given: Unpack[TermsAndCasebook],
) -> None:
    """Ask for other terms of PERMIT; what is not given stays. They hold once they are granted."""
    at = opened_of(given)
    from revenuer.app.casebook.permits import extend_permit

    made = extend_permit(
        at.casebook,
        permit,
        altered=partial(altered, given=given, now=at.now),
        text=text,
        actor=at.actor,
        now=at.now,
        expected_version=version,
    )
    say_permit(session, made, at.now)
