"""`revenuer explain`: why a campaign or an account was judged as it was."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option, scan_option
from revenuer.cli.session import Session, pass_session


@click.command("explain")
@click.argument("target", metavar="ACCOUNT|CAMPAIGN")
@scan_option("out_dir", "The scan it was judged in.")
@json_option
@pass_session
def command(session: Session, target: str, out_dir: Path, as_json: bool) -> None:
    """Explain the verdict on an account or a campaign, convicted or not.

    Which axis fell short and what data would settle it; a waterfall that adds up to the verdict;
    the verdict without each piece of evidence; how many innocents share each token; and random
    exchanges beside the telling ones.
    """
    from revenuer.app.explain import explain
    from revenuer.cli.show.explanation import print_explanation
    from revenuer.cli.show.json_text import print_json

    found = explain(target, out_dir=out_dir)
    if as_json:
        print_json(found)
    else:
        print_explanation(found, session.stdout())
