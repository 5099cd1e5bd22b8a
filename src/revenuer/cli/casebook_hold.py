"""`revenuer casebook hold`: keep something from being erased or aged out."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.records_options import why_option


@click.command("hold")
@click.argument("case", required=False, default="", metavar="[CASE]")
@click.option("--account", default="", metavar="ID", help="Instead of CASE: an account.")
@why_option
@casebook_options
def command(
    case: str,
    account: str,
    why: str,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Hold a case or an account: nothing erases it and nothing ages out until it is released.

    Who asks for erasure is told that it cannot be done now, not that there is a hold, nor why.
    Prints the hold's id.
    """
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.holding import place_hold

    name = place_hold(at.casebook, case=case, account=account, why=why, actor=at.actor, now=at.now)
    click.echo(name)
