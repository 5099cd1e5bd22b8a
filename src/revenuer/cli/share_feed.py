"""`revenuer share feed`: exported campaigns as a static feed for MISP."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session

LABELS = ("clear", "green", "amber", "amber+strict")


@click.command("feed")
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
    help="Where the feed goes; any web server can serve it.",
)
@click.option(
    "--up-to",
    type=click.Choice(LABELS),
    default="amber",
    show_default=True,
    help="The strictest TLP label that those who get the feed may see.",
)
@json_option
@pass_session
def command(
    session: Session, bundles: tuple[Path, ...], out: Path, up_to: str, as_json: bool
) -> None:
    """Write exported campaigns as a feed that MISP reads: manifest, hashes and an event each.

    It holds what the bundles hold and nothing else; values are marked as no reason to block.
    """
    from revenuer.app.sharing.misp_feed import write_feed
    from revenuer.cli.show.json_text import print_json
    from revenuer.sharing.tlp import Tlp

    session.out = out
    done = write_feed(bundles, out, up_to=Tlp(up_to))
    if as_json:
        print_json(done)
        return
    click.echo(f"{done.events} events with {done.values} values; {done.left_out} left out.")
    click.echo(str(out / "manifest.json"))
