"""`revenuer appeal answer`: a person answers, with the reasons that may be shown."""

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


@click.command("answer")
@appeal_argument
@text_options("What they are told beside the reasons")
@preview_option
@version_option
@yes_option
@office_options
@pass_session
def command(
    session: Session,
    appeal: str,
    text: str,
    file: Any,
    preview: bool,
    version: int | None,
    yes: bool,
    **given: Unpack[OfficeInputs],
) -> None:
    """Answer whoever made APPEAL; the letter is shown before it leaves.

    It is printed, and queued for your mailer as a webhook where the policy has some. A letter
    that gives away others or how things are found does not leave.
    """
    words = words_of(text, file)
    office, at = office_of(given)
    from revenuer.app.casebook.appeals import answer_appeal

    act = partial(answer_appeal, office, appeal, words=words, actor=at.actor)
    seen, letter = act(now=at.now, preview=True, expected_version=version)
    click.echo(letter, nl=False)
    if preview:
        return
    confirm(yes, "Send this?")
    made, _ = act(now=datetime.now(UTC), expected_version=seen.version)
    session.say(f"{made.appeal_id} is answered.")
