"""`revenuer demo`: the whole of it on a small simulated world."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    metavar="DIR",
    help="Where the world and the scan of it go.",
)
@json_option
@pass_session
def command(session: Session, out: Path, as_json: bool) -> None:
    """Simulate a small world, scan it and write the report.

    The world has campaigns and the innocent traffic that looks most like them; who is guilty is in
    DIR/world/truth, which the scan does not read.
    """
    from revenuer.app.demonstration import demo
    from revenuer.cli.scan import show
    from revenuer.cli.show.truth import print_truth

    session.out = out
    found = demo(out, progress=session.progress())
    show(found.outcome, out / "scan", session, as_json=as_json)
    if not as_json:
        print_truth(found.truth, session.stdout())
