"""`revenuer access simulate`: a stream of sign-ups whose truth is known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from revenuer.cli.inputs import json_option, out_option
from revenuer.cli.session import Session, pass_session


@click.command("simulate")
@out_option
@click.option("--applications", type=int, metavar="N", help="In the stream, about.")
@click.option("--days", type=int, metavar="N", help="Length of the stream.")
@click.option("--history-days", type=int, metavar="N", help="Of sign-ups before it, 28 or more.")
@click.option("--history", type=float, metavar="SHARE", help="Their pace beside the stream's.")
@click.option(
    "--fraudulent-share", type=float, metavar="SHARE", help="Of the applications, 0 to 1."
)
@click.option(
    "--operator",
    "operators",
    multiple=True,
    metavar="NAME",
    help="S1 to S12, adaptive, slow-drip, ...; may be repeated. All of them unless said.",
)
@click.option(
    "--honest",
    multiple=True,
    metavar="NAME",
    help="Honest cohorts such as family or hackathon; may be repeated. All of them unless said.",
)
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="First day, UTC.")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same bytes.")
@json_option
@pass_session
def command(session: Session, /, out: Path, as_json: bool, **asked: Any) -> None:
    """Make a stream of sign-ups whose frauds are known, in DIR.

    DIR gets applications.parquet, the accounts.parquet of those who came before, scan with the
    campaigns that were convicted by then, and truth: who applied, and how each check that they
    may be asked for comes out.
    """
    from revenuer.app.signups import simulate_signups
    from revenuer.cli.show.json_text import print_json
    from revenuer.worlds.signups import SignupSpec

    given = {name: value for name, value in asked.items() if value not in (None, ())}
    if isinstance(start := given.get("start"), datetime):
        given["start"] = start.replace(tzinfo=UTC)
    session.out = out
    summary = simulate_signups(SignupSpec(**given), out=out, progress=session.progress())
    if as_json:
        print_json(summary)
    else:
        click.echo(
            f"{summary.applications:,} applications in {out}, {summary.fraudulent:,} of them "
            f"fraudulent; {summary.accounts:,} earlier accounts, {summary.suspended:,} of them "
            f"suspended, in {summary.campaigns} known campaigns."
        )
