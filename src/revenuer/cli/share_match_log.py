"""`revenuer share match approve`, `withdraw`, `log`: what peers may learn and what they asked."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.durations import hours_of
from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import share_state, state_options


@click.command("approve")
@click.argument("partner", metavar="PARTNER")
@click.option("--kind", required=True, metavar="KIND", help="Of which values.")
@click.option("--by", required=True, metavar="NAME", help="The person who approves it.")
@click.option("--why", required=True, metavar="TEXT", help="The reason, for the audit log.")
@click.option(
    "--for", "hours", callback=hours_of, default="24h", show_default=True, metavar="LENGTH",
    help="How long it holds.",
)  # fmt: skip
@state_options
@pass_session
def approve_command(
    session: Session,
    partner: str,
    kind: str,
    by: str,
    why: str,
    hours: float,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Let PARTNER learn which values of a kind are in common, not only how many."""
    opened = share_state(state, config, keys)
    from revenuer.app.access import refuse_unless_partner
    from revenuer.app.sharing.matching_approvals import approve
    from revenuer.matching.canonical import MatchKind

    refuse_unless_partner(partner)
    try:
        wanted = MatchKind(kind)
    except ValueError:
        known = ", ".join(each.value for each in MatchKind)
        raise click.BadParameter(f"{kind!r} is no kind; there are {known}") from None
    row = approve(opened, partner, wanted, by=by, why=why, hours=hours)
    session.say(f"{partner} may learn common values of the kind {kind} for {hours:g} hours.")
    click.echo(row.id)


@click.command("withdraw")
@click.argument("approval", metavar="ID")
@click.option("--by", metavar="NAME", help="Who does this; your login name without it.")
@state_options
@pass_session
def withdraw_command(
    session: Session,
    approval: str,
    by: str | None,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Take the approval ID back."""
    opened = share_state(state, config, keys)
    from revenuer.app.desk import login
    from revenuer.app.sharing.matching_approvals import withdraw

    withdraw(opened, approval, by=by or login())
    session.say(f"The approval {approval} holds no more.")


@click.command("log")
@click.option("--partner", metavar="NAME", help="Only what this one asked.")
@json_option
@state_options
@pass_session
def log_command(
    session: Session,
    partner: str | None,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Print what peers asked of us: who, when, how many, which buckets; and what was approved."""
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.matching_approvals import asked_of_us
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.matching import plain_log, print_log

    told = plain_log(*asked_of_us(opened, partner))
    if as_json:
        print_json(told)
    else:
        print_log(told, session.stdout())
