"""`revenuer appeal receive`: enter what whoever appeals adds."""

from __future__ import annotations

from typing import Any, Unpack

import click

from revenuer.cli.appeal_options import (
    OfficeInputs,
    appeal_argument,
    office_of,
    office_options,
    text_options,
    words_of,
)
from revenuer.cli.session import Session, pass_session


@click.command("receive")
@appeal_argument
@text_options("What they write")
@office_options
@pass_session
def command(
    session: Session, appeal: str, text: str, file: Any, **given: Unpack[OfficeInputs]
) -> None:
    """Enter what whoever appeals adds to APPEAL; it must be opened before it is decided."""
    words = words_of(text, file)
    office, at = office_of(given)
    from revenuer.app.casebook.appeals import receive

    made = receive(office, appeal, text=words, actor=at.actor, now=at.now)
    session.say(f"{made.appeal_id} has their words.")
