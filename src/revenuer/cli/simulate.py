"""`revenuer simulate`: worlds with ground truth, or a campaign planted in one's own logs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from revenuer.cli.inputs import json_option, out_option
from revenuer.cli.session import Session, pass_session


@click.command("simulate")
@out_option
@click.option(
    "--into",
    multiple=True,
    metavar="LOGS",
    help="Plant one campaign in these logs and write both to DIR; may be repeated.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME",
    help="S1 to S12; may be repeated. All of them unless said; with --into, one.",
)
@click.option(
    "--innocent",
    "innocents",
    multiple=True,
    metavar="NAME",
    help="Look-alikes such as N1 or classroom; may be repeated. All of them unless said.",
)
@click.option("--accounts", type=click.IntRange(1), metavar="N", help="Accounts in all.")
@click.option("--exchanges", type=click.IntRange(1), metavar="N", help="Exchanges, about.")
@click.option("--days", type=click.IntRange(1), metavar="N", help="Length of the window.")
@click.option("--start", type=click.DateTime(), help="First day, UTC.")
@click.option("--guilty-share", type=click.FloatRange(0, 1), help="Of the accounts.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--no-text", is_flag=True, help="Leave prompts and answers out.")
@click.option(
    "--prompts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Draw prompts from these sets instead of the project's own generators.",
)
@json_option
@pass_session
def command(
    session: Session,
    out: Path,
    into: tuple[str, ...],
    scenarios: tuple[str, ...],
    innocents: tuple[str, ...],
    accounts: int | None,
    exchanges: int | None,
    days: int | None,
    start: datetime | None,
    guilty_share: float | None,
    seed: int,
    no_text: bool,
    prompts: Path | None,
    as_json: bool,
) -> None:
    """Make a world of logs whose campaigns are known, in DIR.

    With --into, plant a campaign in your own logs instead, to see the smallest that is still
    caught. Who is guilty is in DIR/truth, which a scan does not read.
    """
    raise click.UsageError("unfinished")
