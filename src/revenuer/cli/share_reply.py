"""`revenuer share reply`: what is said of another operator's object."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.enforce_options import by_option, yes_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import (
    confirm_leaving,
    name_option,
    own_name,
    recorder_at,
    state_options,
)

OPINIONS = ("strongly-disagree", "disagree", "neutral", "agree", "strongly-agree")


@click.command("reply")
@click.argument("object_id", metavar="OBJECT")
@click.option("--seen-in", metavar="CAMPAIGN", help="It was seen here too, in this campaign.")
@click.option(
    "--from",
    "scan",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The --out folder of the scan that has CAMPAIGN.",
)
@click.option("--opinion", type=click.Choice(OPINIONS), help="How far you agree with it.")
@click.option("--why", default="", metavar="TEXT", help="The reason; it leaves with the opinion.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The bundle, to push where OBJECT came from.",
)
@name_option
@click.option("--suspected", is_flag=True, help="Reply though CAMPAIGN is only suspected.")
@by_option
@yes_option
@state_options
@pass_session
def command(
    session: Session,
    object_id: str,
    seen_in: str | None,
    scan: Path | None,
    opinion: str | None,
    why: str,
    out: Path,
    name: str | None,
    suspected: bool,
    by: str | None,
    yes: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Say of another operator's OBJECT that it was seen here too, or how far you agree.

    A sighting says what an export of your own campaign says, without any value of it. It is
    printed first.
    """
    from revenuer.app.desk import login
    from revenuer.app.sharing.reply import opined, seen_here, write_reply
    from revenuer.sharing.bundle import bundle_text
    from revenuer.sharing.replies import Opinion
    from revenuer.sharing.terms import Terms

    if (seen_in is None) == (opinion is None):
        raise click.UsageError("Give --seen-in or --opinion, one of the two.")
    if seen_in is not None and scan is None:
        raise click.UsageError("--seen-in needs --from, the folder of the scan.")
    if opinion is not None and not why.strip():
        raise click.UsageError("--opinion needs --why: an opinion without a reason is no help.")
    now, terms, called = datetime.now(UTC), Terms(), own_name(name, config)
    recorder = recorder_at(session, state, config, keys)
    if seen_in is not None:
        assert scan is not None
        bundle = seen_here(
            object_id, seen_in, scan, recorder, name=called, terms=terms, suspected=suspected
        )
    else:
        assert opinion is not None
        bundle = opined(
            object_id, Opinion(opinion), why.strip(), recorder, name=called, terms=terms, now=now
        )
    click.echo(bundle_text(bundle), nl=False)
    sys.stdout.flush()
    confirm_leaving(yes)
    write_reply(bundle, out, recorder, by=by or login(), now=now)
    session.say(f"Wrote {out}.")
