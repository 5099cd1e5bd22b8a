"""`revenuer share report`: a campaign for an authority, as HTML and PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.enforce_options import by_option
from revenuer.cli.inputs import json_option, scan_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import name_option, own_name, recorder_at, state_options
from revenuer.cli.show.json_text import print_json


@click.command("report")
@click.argument("campaign", metavar="CAMPAIGN")
@scan_option("scan", "The --out folder of a scan or of watch.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The page; its manifest, and the PDF, lie beside it.",
)
@click.option("--pdf", is_flag=True, help="Write a PDF too.")
@name_option
@click.option("--contact", default="", metavar="TEXT", help="Whom the authority may ask.")
@click.option("--legal-basis", metavar="TEXT", help="Why you may report it.")
@click.option("--suspected", is_flag=True, help="Report it though it is only suspected.")
@click.option("--author", default="", metavar="NAME", help="Who wrote an attribution.")
@click.option("--approver", default="", metavar="NAME", help="Who else approves an attribution.")
@by_option
@json_option
@state_options
@pass_session
def command(
    session: Session,
    campaign: str,
    scan: Path,
    out: Path,
    pdf: bool,
    name: str | None,
    contact: str,
    legal_basis: str | None,
    suspected: bool,
    author: str,
    approver: str,
    by: str | None,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Write what an authority may read about CAMPAIGN, for you to send.

    Facts stand apart from what is inferred, and rival explanations beside it. No account,
    address or person is named. The manifest holds the digests of the files that it rests on; its
    own digest is in the audit log, signed.
    """
    from revenuer.app.desk import login
    from revenuer.app.sharing.authority import Asked, write_report
    from revenuer.sharing.terms import Terms
    from revenuer.sharing.tlp import Tlp

    recorder = recorder_at(session, state, config, keys)
    terms = Terms(tlp=Tlp.AMBER_STRICT)
    if legal_basis:
        terms = replace(terms, legal_basis=legal_basis)
    asked = Asked(
        campaign, scan, own_name(name, config), terms, contact, suspected, author, approver
    )
    done = write_report(asked, out, recorder, by=by or login(), now=datetime.now(UTC), pdf=pdf)
    files = [str(path) for path in (done.html, done.pdf, done.manifest) if path]
    if as_json:
        print_json({"files": files})
    else:
        click.echo("\n".join(files))
