"""`revenuer access outcome`: how a check of an application came out."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.access_options import desk_of, policy_option
from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session

CHECKS = ("email", "phone", "card", "institution", "organization", "document")
RESULTS = ("passed", "failed", "abandoned")


@click.command("outcome")
@click.argument("application", metavar="APPLICATION")
@click.argument("check", type=click.Choice(CHECKS), metavar="CHECK")
@click.argument("result", type=click.Choice(RESULTS), metavar="RESULT")
@click.option(
    "--reference",
    default="",
    metavar="TEXT",
    help="The vendor's own name of the decision; never a document.",
)
@policy_option
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    application: str,
    check: str,
    result: str,
    reference: str,
    policy_file: Path | None,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Take in the RESULT of a CHECK of APPLICATION, and judge it anew.

    CHECK is email, phone, card, institution, organization or document; RESULT is passed, failed or
    abandoned.
    """
    from revenuer.access.applications import Check, Outcome, Result
    from revenuer.app.admission.answering import record_outcome
    from revenuer.app.admission.batch import shown
    from revenuer.cli.show.access import print_application
    from revenuer.cli.show.json_text import print_json
    from revenuer.instants import micros

    at = opened(url, by, config, keys)
    said = Outcome(application, Check(check), Result(result), micros(at.now), reference)
    desk = desk_of(at, session, policy_file)
    told = shown(record_outcome(desk, said, actor=at.actor, now=at.now))
    if as_json:
        print_json(told)
    else:
        print_application(told, session.stdout())
