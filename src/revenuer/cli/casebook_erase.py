"""`revenuer casebook erase`: take an account out of every place that is known to name it."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.exits import Exit
from revenuer.cli.inputs import json_option
from revenuer.cli.records_options import around_of, snapshots_option, state_option
from revenuer.cli.session import Session, pass_session


@click.command("erase")
@click.argument("account_id", required=False, metavar="[ACCOUNT_ID]")
@click.option("--why", default="", metavar="TEXT", help="The reason, such as a request's number.")
@click.option("--plan", "plan_only", is_flag=True, help="Only say what would be erased, and where.")
@click.option(
    "--let-go",
    "lets_go",
    is_flag=True,
    help="End decisions in force for the account; without it they forbid the erasure.",
)
@click.option(
    "--go-on", is_flag=True, help="Instead of ACCOUNT_ID: go on with all that is not done."
)
@snapshots_option
@state_option
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    account_id: str | None,
    why: str,
    plan_only: bool,
    lets_go: bool,
    go_on: bool,
    snapshots: tuple[Path, ...],
    share: Path | None,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Erase the account ACCOUNT_ID: destroy its key, and take it out of all known places.

    Each place says done, nothing there, or could not and what to do; `--go-on` goes on with what
    is left, also after a crash. Where retention.erasure_persons is 2, another person agrees by
    the same command. Code 5: another person must agree. Code 1: something is left to do.
    """
    if bool(account_id) == go_on:
        raise click.UsageError("Name an account, or say --go-on.")
    at = opened(url, by, config, keys)
    from revenuer.app.casebook import erasure
    from revenuer.app.casebook.erasure_plan import plan_erasure
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.records import print_erasures, print_plan, refuse_left

    around = around_of(at, keys, snapshots, share)
    if plan_only and account_id:
        plan = plan_erasure(at.casebook, around, account_id, actor=at.actor, now=at.now)
        return print_json(plan) if as_json else print_plan(plan, session.stdout())
    if account_id:
        persons = at.settings.retention.erasure_persons
        done = [
            erasure.erase(
                at.casebook,
                around,
                account_id,
                why=why,
                actor=at.actor,
                now=at.now,
                persons=persons,
                lets_go=lets_go,
            )
        ]
    else:
        done = erasure.go_on(at.casebook, around, actor=at.actor, now=at.now)
    if as_json:
        print_json(done)
    else:
        print_erasures(done, session.stdout())
    if any(one.state == erasure.ASKED for one in done):
        session.say("Another person must agree, by the same command.")
        raise click.exceptions.Exit(Exit.UNDECIDED)
    refuse_left(done)
    return None
