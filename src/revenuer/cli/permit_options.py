"""Options that the commands on permits have in common, and what they print of one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from revenuer.cli.casebook_options import CasebookInputs, Opened, opened
from revenuer.cli.durations import hours_of, moment_of

if TYPE_CHECKING:
    from revenuer.casework.permits import Permit, Terms
    from revenuer.cli.session import Session

F = TypeVar("F", bound=Callable[..., Any])

PURPOSES = ("distillation", "evaluation", "synthetic-data", "red-team")

permit_argument = click.argument("permit", metavar="PERMIT")
version_option = click.option(
    "--version",
    "version",
    type=int,
    metavar="N",
    help="Only if the permit is still at this version, as `permit show` printed it.",
)
text_option = click.option(
    "--text", default="", metavar="TEXT", help="What is said about it; it is sealed."
)
why_option = click.option(
    "--why", "text", required=True, metavar="TEXT", help="The reason; it is sealed."
)

_TERMS = (
    click.option("--from", "begins", callback=moment_of, metavar="TIME", help="From when; now."),
    click.option("--until", callback=moment_of, metavar="TIME", help="Until when."),
    click.option(
        "--for", "hours", callback=hours_of, metavar="LENGTH", help="Or how long, such as 30d."
    ),
    click.option("--max-exchanges", type=int, metavar="N", help="Exchanges in all that time."),
    click.option(
        "--max-tokens", type=int, metavar="N", help="Tokens in all that time, answers included."
    ),
    click.option(
        "--model", "models", multiple=True, metavar="NAME", help="Only this one; may be repeated."
    ),
)


class TermInputs(TypedDict):
    """What `terms_options` give a command."""

    begins: datetime | None
    until: datetime | None
    hours: float | None
    max_exchanges: int | None
    max_tokens: int | None
    models: tuple[str, ...]


class TermsAndCasebook(TermInputs, CasebookInputs):
    """What `terms_options` and `casebook_options` give a command together."""


def terms_options(command: F) -> F:
    """Give a command the options of `TermInputs`."""
    for option in reversed(_TERMS):
        command = option(command)
    return command


def altered(terms: Terms, given: TermsAndCasebook, now: datetime) -> Terms:
    """Terms with what somebody asks for in place of what they have.

    Raises:
        click.UsageError: It says twice until when.
    """
    from dataclasses import replace
    from datetime import timedelta

    if given["until"] is not None and given["hours"] is not None:
        raise click.UsageError("Give --until or --for, not both.")
    begins = given["begins"] or terms.valid_from
    until = given["until"] or terms.valid_until
    if given["hours"] is not None:
        until = max(begins, now) + timedelta(hours=given["hours"])
    return replace(
        terms,
        valid_from=begins,
        valid_until=until,
        max_exchanges=given["max_exchanges"] or terms.max_exchanges,
        max_tokens=given["max_tokens"] or terms.max_tokens,
        models=given["models"] or terms.models,
    )


def opened_of(given: TermsAndCasebook) -> Opened:
    """Open the casebook that a command was told of."""
    return opened(given["url"], given["by"], given["config"], given["keys"])


def say_permit(session: Session, permit: Permit, now: datetime) -> None:
    """Say where a permit stands after a step; its id alone goes to stdout."""
    from revenuer.cli.show.permits import terms_line

    click.echo(permit.id)
    asked = "" if permit.asked is None else f"; asked for: {terms_line(permit.asked)}"
    session.say(f"{permit.said(now)}: {permit.purpose.value}, {terms_line(permit.terms)}{asked}")
