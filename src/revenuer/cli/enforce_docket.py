"""`revenuer enforce undo | list | show | settle | outbox`: after a decision was made."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from revenuer.cli.durations import hours_of
from revenuer.cli.enforce_options import (
    by_option,
    desk_and_policy,
    known_policy,
    send_webhooks,
    snapshot_option,
)
from revenuer.cli.inputs import json_option, keys_option
from revenuer.cli.session import Session, pass_session


@click.command("undo")
@click.argument("decision", metavar="DECISION")
@snapshot_option
@known_policy
@keys_option
@click.option("--why", required=True, metavar="TEXT", help="The reason, for the audit log.")
@by_option
@click.option(
    "--keep-verdicts",
    is_flag=True,
    help="Leave what scans ask for in force; without it that is lifted too, for as long as the "
    "decision would have lasted.",
)
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ID",
    help="Only for this account, which is let go while DECISION goes on for the others; may be "
    "repeated.",
)
@json_option
@pass_session
def undo_command(
    session: Session,
    decision: str,
    snapshot: Path,
    policy_file: Path | None,
    keys: Path | None,
    why: str,
    by: str | None,
    keep_verdicts: bool,
    accounts: tuple[str, ...],
    as_json: bool,
) -> None:
    """Take DECISION back, at once; its customers are told.

    Guards let its accounts through within two seconds.
    """
    from revenuer.app.desk import login
    from revenuer.app.enforce import undo
    from revenuer.app.letting_go import release
    from revenuer.cli.show.enforce import plain_decision, print_released, print_undone
    from revenuer.cli.show.json_text import print_json

    if accounts and keep_verdicts:
        raise click.UsageError("Give --account or --keep-verdicts, not both.")
    now = datetime.now(UTC)
    desk, policy = desk_and_policy(snapshot, keys, policy_file)
    take_back = (
        partial(release, accounts=accounts)
        if accounts
        else partial(undo, releases=not keep_verdicts)
    )
    undone, settled = take_back(desk, decision, by=by or login(), why=why, now=now, policy=policy)
    if as_json:
        print_json(plain_decision(undone, now))
    elif accounts:
        print_released(undone, len(accounts), settled, session.stdout())
    else:
        print_undone(undone, settled, session.stdout())
    send_webhooks(session, desk, policy)


@click.command("list")
@snapshot_option
@keys_option
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@json_option
@pass_session
def list_command(
    session: Session, snapshot: Path, keys: Path | None, everything: bool, as_json: bool
) -> None:
    """List decisions in force, and plans that wait for approval.

    With --all also what is over: decisions, and plans that were refused or withdrawn.
    """
    from revenuer.cli.show.enforce import plain_decision, print_list
    from revenuer.cli.show.json_text import print_json

    now = datetime.now(UTC)
    desk, _ = desk_and_policy(snapshot, keys, None)
    ledger = desk.ledger()
    decisions = list(ledger.decisions.values()) if everything else ledger.in_force(now)
    proposals = [
        one
        for one in ledger.proposals.values()
        if one.waits or (everything and one.closed is not None)
    ]
    if as_json:
        said = [plain_decision(one, now) for one in decisions]
        print_json({"decisions": said, "plans": proposals})
    else:
        print_list(decisions, proposals, now, session.stdout())


@click.command("show")
@click.argument("decision", metavar="DECISION")
@snapshot_option
@keys_option
@json_option
@pass_session
def show_command(
    session: Session, decision: str, snapshot: Path, keys: Path | None, as_json: bool
) -> None:
    """Show DECISION: whom, by whom, why, until when, every step since, and what a watch saw."""
    from revenuer.app.desk import decision_named
    from revenuer.app.enforce_shown import shown_history
    from revenuer.cli.show.enforce import plain_decision, print_decision
    from revenuer.cli.show.json_text import print_json

    now = datetime.now(UTC)
    desk, _ = desk_and_policy(snapshot, keys, None)
    found = decision_named(desk.ledger(), decision)
    history = shown_history(desk, found)
    reactions = [one for one in desk.docket.reactions() if one.decision == found.id]
    if as_json:
        steps = [{"at": at, "kind": kind, "said": said} for at, kind, said in history]
        said = {"decision": plain_decision(found, now), "steps": steps, "reactions": reactions}
        print_json(said)
    else:
        print_decision(found, history, reactions, now, session.stdout())


@click.command("settle")
@snapshot_option
@known_policy
@keys_option
@click.option(
    "--every",
    callback=hours_of,
    metavar="LENGTH",
    help="Do it again and again, so often, until ^C.",
)
@json_option
@pass_session
def settle_command(
    session: Session,
    snapshot: Path,
    policy_file: Path | None,
    keys: Path | None,
    every: float | None,
    as_json: bool,
) -> None:
    """End what is over, keep the snapshot fresh, and send the webhooks that are due.

    Run it from cron, or with --every 1m, where no `watch` runs. Running it twice does no harm.
    """
    from revenuer.app.settling import settle
    from revenuer.cli.show.enforce import print_settled
    from revenuer.cli.show.json_text import print_json
    from revenuer.store.docket import docket_of

    if not docket_of(snapshot).exists:
        session.say(f"Nothing was decided about {snapshot} yet.")
        return
    while True:
        desk, policy = desk_and_policy(snapshot, keys, policy_file)
        done = settle(desk, datetime.now(UTC), policy)
        if as_json:
            print_json(done)
        else:
            print_settled(done, session.stdout())
        send_webhooks(session, desk, policy)
        if every is None:
            return
        time.sleep(every * 3600)


@click.command("outbox")
@snapshot_option
@known_policy
@keys_option
@click.option("--retry", metavar="ID", help="Try a dead webhook again; `all` for all of them.")
@json_option
@pass_session
def outbox_command(
    session: Session,
    snapshot: Path,
    policy_file: Path | None,
    keys: Path | None,
    retry: str | None,
    as_json: bool,
) -> None:
    """List the webhooks that wait and those that are dead, or try dead ones again."""
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.outbox import plain_message, print_outbox
    from revenuer.errors import NotFoundError

    desk, policy = desk_and_policy(snapshot, keys, policy_file)
    if retry is not None:
        if not desk.outbox.revive(None if retry == "all" else retry):
            raise NotFoundError(
                f"No dead webhook {retry!r}.", "`revenuer enforce outbox` lists them."
            )
        send_webhooks(session, desk, policy)
    messages = desk.outbox.listed("waiting", "dead")
    if as_json:
        print_json([plain_message(one) for one in messages])
    else:
        print_outbox(messages, session.stdout())
