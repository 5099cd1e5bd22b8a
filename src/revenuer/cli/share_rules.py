"""`revenuer share rules`: exported campaigns as Sigma rules."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import exported_options


@click.command("rules")
@exported_options("Where the rules go, a file each.", "read the rules")
@pass_session
def command(
    session: Session, bundles: tuple[Path, ...], out: Path, up_to: str, as_json: bool
) -> None:
    """Write exported campaigns as Sigma rules for your own log store.

    Fields are the contract's columns. Matches are leads for a person; their level says so.
    """
    from revenuer.app.sharing.sigma_rules import write_rules
    from revenuer.cli.show.json_text import print_json
    from revenuer.sharing.tlp import Tlp

    session.out = out
    done = write_rules(bundles, out, up_to=Tlp(up_to))
    if as_json:
        print_json(done)
        return
    click.echo(f"{done.rules} rules with {done.values} values; {done.left_out} left out.")
    for file in done.files:
        click.echo(str(file))
