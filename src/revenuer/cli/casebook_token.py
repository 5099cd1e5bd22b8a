"""`revenuer casebook token`: what lets people and services in over HTTP."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.durations import hours_of
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session

SCOPES = (
    "read", "assess", "work", "propose", "unmask", "audit",
    "approve", "grant", "hear", "hold", "erase", "manage",
)  # fmt: skip


@click.group("token")
def command() -> None:
    """Say what lets people and services in over HTTP, for how long and for what."""


@command.command("add")
@click.argument("name", metavar="NAME")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    help="A right that it is for; may be repeated.  [default: all that the role has]",
)
@click.option(
    "--for", "hours", callback=hours_of, default="90d", show_default=True, metavar="LENGTH",
    help="How long it lasts, such as 72h; a year at most.",
)  # fmt: skip
@json_option
@casebook_options
@pass_session
def add_command(
    session: Session,
    name: str,
    scopes: tuple[str, ...],
    hours: float,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Make a token for the person or service NAME and print it; it is not shown again.

    What it may is looked up at every request: who is given a lesser role, or is disabled, may
    less at once.
    """
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.people import plain_token

    at = opened(url, by, config, keys)
    from revenuer.app.casebook.tokens import make_token
    from revenuer.casework.roles import Right

    rights = [Right(one) for one in scopes]
    row, token = make_token(
        at.casebook, name, actor=at.actor, now=at.now, hours=hours, scopes=rights
    )
    if as_json:
        print_json({**plain_token(row), "token": token})
        return
    session.say(f"Token {row.id} of {row.person}. It is not shown again.")
    click.echo(token)


@command.command("list")
@json_option
@casebook_options
@pass_session
def list_command(
    session: Session,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Print the tokens that were made: all for an admin, else your own."""
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.people import plain_token, print_tokens

    at = opened(url, by, config, keys)
    from revenuer.app.casebook.tokens import list_tokens

    rows = [plain_token(one) for one in list_tokens(at.casebook, actor=at.actor)]
    if as_json:
        print_json(rows)
    else:
        print_tokens(rows, session.stdout())


@command.command("revoke")
@click.argument("token", metavar="ID")
@casebook_options
@pass_session
def revoke_command(
    session: Session,
    token: str,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Take the token ID back, from its next use on."""
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.tokens import revoke_token

    row = revoke_token(at.casebook, token, actor=at.actor, now=at.now)
    session.say(f"Token {row.id} of {row.person} lets nobody in any more.")
