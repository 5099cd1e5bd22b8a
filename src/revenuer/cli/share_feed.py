"""`revenuer share feed`: exported campaigns as a static feed for MISP."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import exported_options


@click.command("feed")
@exported_options("Where the feed goes; any web server can serve it.", "get the feed")
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
