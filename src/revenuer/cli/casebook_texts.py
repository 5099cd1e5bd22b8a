"""`revenuer casebook texts`: texts of exchanges that evidence cites, masked."""

from __future__ import annotations

from typing import Unpack

import click

from revenuer.cli.casebook_options import case_argument, casebook_options, opened
from revenuer.cli.casebook_text_options import TextInputs, beside_of, logs_option
from revenuer.cli.inputs import engine_from, json_option, log_options
from revenuer.cli.session import Session, pass_session


@click.command("texts")
@case_argument
@logs_option
@log_options
@casebook_options
@json_option
@pass_session
def command(
    session: Session,
    case: str,
    logs: tuple[str, ...],
    as_json: bool,
    **more: Unpack[TextInputs],
) -> None:
    """List the texts that are kept of CASE: how long they are, and nothing of what they say.

    Texts are kept, sealed, of the exchanges that evidence cites, at most casebook.texts_per_case,
    the lowest by MD5; what the policy of an organization's data hides is not. `casebook unmask`
    shows one.
    """
    from revenuer.cli.show.case_texts import plain_text, print_texts
    from revenuer.cli.show.json_text import print_json

    at = opened(more["url"], more["by"], more["config"], more["keys"])
    from revenuer.app.casebook.texts import keep_texts
    from revenuer.app.casebook.unmasking import list_texts

    if logs:
        (kept,) = keep_texts(
            at.casebook,
            [case],
            logs,
            actor=at.actor,
            now=at.now,
            settings=at.settings,
            beside=beside_of(more),
            engine=engine_from(at.settings),
            progress=session.progress(),
        )
        session.say(
            f"Its evidence cites {kept.cited:,} exchanges; {kept.found:,} of them are here, and "
            f"the texts of {kept.kept:,} are kept."
        )
    found = list_texts(at.casebook, case, actor=at.actor)
    if as_json:
        print_json([plain_text(one) for one in found])
    else:
        print_texts(found, session.stdout())
