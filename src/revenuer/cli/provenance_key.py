"""`revenuer provenance key`: the key for the server that marks answers."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.provenance_options import (
    commitment_argument,
    opened,
    private_out_option,
    registry_options,
)
from revenuer.cli.session import Session, pass_session


@click.command("key")
@commitment_argument
@click.option("--account", default="", metavar="ID", help="Whose; without it the one key of all.")
@click.option(
    "--master",
    is_flag=True,
    help="The secret that all keys follow from, 32 bytes as they are, for a server that marks for "
    "all accounts.",
)
@private_out_option
@registry_options
@pass_session
def command(
    session: Session,
    commitment: str,
    account: str,
    master: bool,
    out: Path,
    folder: Path | None,
    keys: Path | None,
) -> None:
    """Write the key, in hexadecimal, that answers are marked with under COMMITMENT."""
    from revenuer.app.provenance.planting import write_key, write_master

    if master and account:
        raise click.UsageError("Name an account or --master, not both.")
    if master:
        write_master(opened(folder, keys), commitment, out)
    else:
        write_key(opened(folder, keys), commitment, out, account=account)
    session.say(f"{out} is written. Whoever has it can forge the mark.")
