"""`revenuer share rules`: exported campaigns as Sigma rules."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session

LABELS = ("clear", "green", "amber", "amber+strict")


@click.command("rules")
@click.option(
    "--from",
    "bundles",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    required=True,
    metavar="FILE",
    help="A bundle that `share export` wrote; may be repeated.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Where the rules go, a file each.",
)
@click.option(
    "--up-to",
    type=click.Choice(LABELS),
    default="amber",
    show_default=True,
    help="The strictest TLP label that those who read the rules may see.",
)
@json_option
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
