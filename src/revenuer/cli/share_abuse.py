"""`revenuer share abuse`: a report for the network or the reseller that a campaign came from."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.enforce_options import by_option, yes_option
from revenuer.cli.inputs import json_option, scan_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import (
    confirm_leaving,
    name_option,
    own_name,
    recorder_at,
    state_options,
)


@click.command("abuse")
@click.argument("campaign", metavar="CAMPAIGN")
@scan_option("scan", "The --out folder of a scan or of watch.")
@click.option(
    "--provider", default="", metavar="NAME", help="The cloud or network; AS64500 is one too."
)
@click.option(
    "--reseller",
    default="",
    metavar="ID",
    help="Instead of a network: the reseller with this reseller_id in the log.",
)
@click.option(
    "--asn",
    "networks",
    multiple=True,
    metavar="NUMBER",
    help="A network of that provider; may be repeated.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The report as JSON; FILE.txt is the same for a person.",
)
@name_option
@click.option("--contact", default="", metavar="TEXT", help="Whom the provider may answer.")
@click.option("--suspected", is_flag=True, help="Report it though it is only suspected.")
@by_option
@yes_option
@json_option
@state_options
@pass_session
def command(
    session: Session,
    campaign: str,
    scan: Path,
    provider: str,
    reseller: str,
    networks: tuple[str, ...],
    out: Path,
    name: str | None,
    contact: str,
    suspected: bool,
    by: str | None,
    yes: bool,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Tell the provider of a network which of its addresses CAMPAIGN used, and when.

    Only addresses of that network are in it, with exact times, and none that more strangers than
    accounts of the campaign used. A reseller is told of the customers that it named itself, and of
    addresses whose requests all came through it. The text is printed before it is written.
    """
    from revenuer.app.desk import login
    from revenuer.app.sharing.abuse import complaint, provider_of, write_complaint
    from revenuer.cli.show.json_text import print_json
    from revenuer.reports.abuse import complaint_json, complaint_text

    told = provider_of(provider, networks, reseller)
    recorder = recorder_at(session, state, config, keys)
    said = complaint(
        campaign,
        scan,
        told,
        recorder,
        reporter=own_name(name, config),
        contact=contact,
        suspected=suspected,
    )
    if as_json:
        print_json(complaint_json(said))
    else:
        click.echo(complaint_text(said), nl=False)
    sys.stdout.flush()
    confirm_leaving(yes)
    for path in write_complaint(said, out, recorder, by=by or login(), now=datetime.now(UTC)):
        session.say(f"Wrote {path}.")
