"""`revenuer share token`: who is let in."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.durations import hours_of
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import share_state, state_options

DEFAULT_SCOPES = ("taxii:read", "taxii:write", "matching")


@click.group("token")
def command() -> None:
    """Say who is let in, for how long and for what."""


@command.command("add")
@click.argument("partner", metavar="PARTNER")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=DEFAULT_SCOPES,
    show_default=True,
    metavar="SCOPE",
    help="What it is for: taxii:read, taxii:write, taxii:delete, matching; may be repeated.",
)
@click.option(
    "--for", "hours", callback=hours_of, default="90d", show_default=True, metavar="LENGTH",
    help="How long it lasts, such as 72h.",
)  # fmt: skip
@click.option(
    "--bound-to",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The token is of use only together with this client certificate (PEM).",
)
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="No token: this client certificate (PEM) alone lets the partner in.",
)
@click.option(
    "--identity",
    default="",
    metavar="IDENTITY",
    help="The STIX identity that the partner, and no other, speaks for.",
)
@json_option
@state_options
@pass_session
def add_command(
    session: Session,
    partner: str,
    scopes: tuple[str, ...],
    hours: float,
    bound_to: Path | None,
    certificate: Path | None,
    identity: str,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Make a token for PARTNER and print it; it is not shown again."""
    from revenuer.cli.show.json_text import print_json

    opened = share_state(state, config, keys)
    from revenuer.app.access import shown_us
    from revenuer.app.sharing.partners import add_token

    if bound_to is not None and certificate is not None:
        raise click.UsageError("Give --bound-to or --certificate, not both.")
    row, token = add_token(
        opened,
        partner,
        scopes=scopes,
        hours=hours,
        certificate=bound_to or certificate,
        certificate_alone=certificate is not None,
        identity=identity,
    )
    until = shown_us(row.expires_us)
    if as_json:
        print_json({"id": row.id, "partner": row.partner, "token": token, "expires": until})
        return
    session.say(f"Token {row.id} of {row.partner}, until {until}.")
    if token:
        click.echo(token)


@command.command("list")
@json_option
@state_options
@pass_session
def list_command(
    session: Session, as_json: bool, state: Path | None, config: Path | None, keys: Path | None
) -> None:
    """Print the tokens that were made; the secrets are not kept."""
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.partners import plain_token, print_tokens

    opened = share_state(state, config, keys)
    from revenuer.app.sharing.partners import list_tokens

    rows = [plain_token(row) for row in list_tokens(opened)]
    if as_json:
        print_json(rows)
    else:
        print_tokens(rows, session.stdout())


@command.command("revoke")
@click.argument("token", metavar="ID")
@state_options
@pass_session
def revoke_command(
    session: Session, token: str, state: Path | None, config: Path | None, keys: Path | None
) -> None:
    """Take the token ID back, from its next use on."""
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.partners import revoke_token

    row = revoke_token(opened, token)
    session.say(f"Token {row.id} of {row.partner} lets nobody in any more.")
