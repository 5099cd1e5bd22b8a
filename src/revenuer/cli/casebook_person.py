"""`revenuer casebook person`: who works with the casebook, and as what."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session

ROLES = ("viewer", "analyst", "approver", "admin")
role_option = click.option(
    "--role", type=click.Choice(ROLES), required=True, help="What they are, from least to most."
)


@click.group("person")
def command() -> None:
    """Say who works with the casebook, and as what."""


@command.command("add")
@click.argument("name", metavar="NAME")
@role_option
@click.option("--service", is_flag=True, help="A program, which neither approves nor decides.")
@casebook_options
@pass_session
def add_command(
    session: Session,
    name: str,
    role: str,
    service: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Register NAME; the first must be an admin, and from then on only those registered work."""
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.people import PERSON, SERVICE, add_person
    from revenuer.casework.roles import Role

    kind = SERVICE if service else PERSON
    made = add_person(at.casebook, name, Role(role), actor=at.actor, now=at.now, kind=kind)
    session.say(f"{made.name} is {made.role}.")


@command.command("role")
@click.argument("name", metavar="NAME")
@role_option
@casebook_options
@pass_session
def role_command(
    session: Session,
    name: str,
    role: str,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Give NAME another role, from their next step on."""
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.people import change_person
    from revenuer.casework.roles import Role

    made = change_person(at.casebook, name, actor=at.actor, now=at.now, role=Role(role))
    session.say(f"{made.name} is {made.role}.")


@command.command("disable")
@click.argument("name", metavar="NAME")
@click.option("--enable", is_flag=True, help="Let them in again instead.")
@casebook_options
@pass_session
def disable_command(
    session: Session,
    name: str,
    enable: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Let NAME in no more; what they did stays."""
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.people import change_person

    made = change_person(at.casebook, name, actor=at.actor, now=at.now, disabled=not enable)
    session.say(f"{made.name} works with the casebook {'again' if enable else 'no more'}.")


@command.command("invite")
@click.argument("name", metavar="NAME")
@casebook_options
@pass_session
def invite_command(session: Session, name: str, **where: Unpack[CasebookInputs]) -> None:
    """Print a link with which NAME, who is registered, chooses how to sign in to the console.

    It works once, for as long as console.invitation_hours says. Whoever has it becomes NAME.
    """
    at = opened(**where)
    from revenuer.app.signing_in.invitations import invite

    _, path = invite(at.casebook, name, actor=at.actor, now=at.now, settings=at.settings.console)
    click.echo(at.settings.console.public_url.rstrip("/") + path)


@command.command("reset")
@click.argument("name", metavar="NAME")
@casebook_options
@pass_session
def reset_command(session: Session, name: str, **where: Unpack[CasebookInputs]) -> None:
    """Take away all that NAME signs in with, end their sessions, and print a new link."""
    at = opened(**where)
    from revenuer.app.signing_in.invitations import reset

    _, path = reset(at.casebook, name, actor=at.actor, now=at.now, settings=at.settings.console)
    session.say(f"Nothing signs {name} in any more but this link:")
    click.echo(at.settings.console.public_url.rstrip("/") + path)


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
    """Print who works with the casebook."""
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.people import plain_person, print_people

    at = opened(url, by, config, keys)
    from revenuer.app.casebook.people import list_people

    rows = [plain_person(one) for one in list_people(at.casebook, actor=at.actor)]
    if as_json:
        print_json(rows)
    else:
        print_people(rows, session.stdout())
