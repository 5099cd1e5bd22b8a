"""`revenuer enforce`: decide about a campaign, with a plan first, and take it back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revenuer.cli.durations import hours_of, moment_of
from revenuer.cli.enforce_close import refuse_command, withdraw_command
from revenuer.cli.enforce_docket import (
    list_command,
    outbox_command,
    settle_command,
    show_command,
    undo_command,
)
from revenuer.cli.enforce_options import (
    by_option,
    send_webhooks,
    show_ids_option,
    snapshot_option,
    yes_option,
)
from revenuer.cli.enforce_permits import permits_of_casebook, permitted_here
from revenuer.cli.exits import Exit
from revenuer.cli.inputs import (
    json_option,
    keys_folder,
    keys_option,
    policy_option,
    scan_option,
)
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    from revenuer.app.desk import Desk
    from revenuer.app.enforce import Done
    from revenuer.app.enforce_limits import Plan
    from revenuer.guard.policy import Policy

ACTIONS = ("tag", "throttle", "reduce", "challenge", "block")


class Enforce(click.Group):
    """A group whose first word may be a campaign."""

    short_for = "on"

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a first word that is no command for a campaign."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = [self.short_for, *args]
        return super().resolve_command(ctx, args)


@click.group("enforce", cls=Enforce)
def command() -> None:
    """Decide about a campaign as one, with a plan first, and take decisions back.

    `revenuer enforce CAMPAIGN ...` is short for `revenuer enforce on CAMPAIGN ...`.
    """


@command.command("on")
@click.argument("campaign", metavar="CAMPAIGN")
@scan_option("scan", "The --out folder of a scan or of watch.")
@snapshot_option
@click.option("--action", type=click.Choice(ACTIONS), help="What is done to its accounts.")
@click.option(
    "--countermeasure",
    "countermeasures",
    multiple=True,
    metavar="ID",
    help="What its accounts get beside the action, a tag without one; may be repeated. "
    "`revenuer countermeasures list` has them.",
)
@click.option("--until", callback=moment_of, metavar="TIME", help="When it ends by itself.")
@click.option(
    "--for", "hours", callback=hours_of, metavar="LENGTH", help="Or how long it lasts, such as 72h."
)
@policy_option("What is allowed, and who must approve; the one that was named last without it.")
@click.option("--permits", metavar="FILE", help="Permits; their holders get a tag at most.")
@click.option("--accounts", metavar="FILE", help="The accounts table, for whose accounts are.")
@permits_of_casebook
@keys_option
@click.option("--why", default="", metavar="TEXT", help="The reason, for the audit log.")
@by_option
@click.option(
    "--approve",
    "approvers",
    multiple=True,
    metavar="NAME",
    help="Who looked at the plan and approves it; may be repeated.",
)
@click.option(
    "--digest", default="", metavar="HEX", help="Only if the plan is still the one of this digest."
)
@click.option(
    "--whole-campaign/--these-accounts",
    default=True,
    help="Whether accounts that join the campaign later are covered.  [default: they are]",
)
@click.option("--plan", "only_plan", is_flag=True, help="Look only; nothing is decided.")
@yes_option
@show_ids_option
@json_option
@pass_session
def on_command(
    session: Session,
    campaign: str,
    scan: Path,
    snapshot: Path,
    action: str | None,
    countermeasures: tuple[str, ...],
    until: datetime | None,
    hours: float | None,
    policy_file: Path | None,
    permits: str | None,
    accounts: str | None,
    casebook: str | None,
    config: Path | None,
    keys: Path | None,
    why: str,
    by: str | None,
    approvers: tuple[str, ...],
    digest: str,
    whole_campaign: bool,
    only_plan: bool,
    yes: bool,
    show_ids: bool,
    as_json: bool,
) -> None:
    """Plan what is done about CAMPAIGN, and do it once it is approved.

    The plan says whom, until when, which innocents are near, what changes and what customers
    will read. Without the approvals that the policy wants nothing is done: the plan waits for
    `revenuer enforce approve`. An approval is for one plan: it no longer fits once the scan or
    the policy has changed.
    """
    from revenuer.app.desk import login, open_desk
    from revenuer.app.enforce import decide
    from revenuer.app.enforce_limits import Grounds, Wish, fitting
    from revenuer.app.enforce_plan import make_plan
    from revenuer.guard.ladder import action_named

    if action is None and not countermeasures:
        raise click.UsageError("Give --action, --countermeasure or both.")
    if until is not None and hours is not None:
        raise click.UsageError("Give --until or --for, not both.")
    now = datetime.now(UTC)
    desk = open_desk(snapshot, keys_folder(keys))
    for key in desk.made_keys:
        session.say(f"{key} is a new secret key; keep it where verdicts are published.")
    policy = desk.policy(policy_file)
    permitted = permitted_here(casebook, config, keys, now)
    grounds = Grounds(scan, policy, permits, accounts, permitted)
    if until is None and hours is None:
        hours = policy.verdict_hours
    given = tuple(sorted(set(countermeasures)))
    done_to = action_named(action or "tag")
    wish = Wish(campaign, done_to, until, hours, whole_campaign, why.strip(), given)
    plan = make_plan(desk, grounds, wish, now)
    with _shown(session, plan, policy, show_ids=show_ids, as_json=as_json) as said:
        if only_plan:
            return
        fitting(plan, digest)
        _confirm(yes, "Do this?")
        done = decide(
            desk,
            grounds,
            wish,
            digest=plan.digest,
            by=by or login(),
            now=datetime.now(UTC),
            approvers=approvers,
            policy_file=policy_file or desk.policy_file(),
        )
        said["done"] = done
    _finish(session, desk, policy, done, as_json)


@command.command("approve")
@click.argument("plan", metavar="PLAN")
@snapshot_option
@permits_of_casebook
@keys_option
@by_option
@yes_option
@show_ids_option
@json_option
@pass_session
def approve_command(
    session: Session,
    plan: str,
    snapshot: Path,
    casebook: str | None,
    config: Path | None,
    keys: Path | None,
    by: str | None,
    yes: bool,
    show_ids: bool,
    as_json: bool,
) -> None:
    """Look at the plan that waits under the digest PLAN, and approve it.

    The approval that was missing carries it out.
    """
    from revenuer.app.desk import login, open_desk
    from revenuer.app.enforce import approve
    from revenuer.app.enforce_limits import fitting
    from revenuer.app.enforce_plan import make_plan
    from revenuer.app.proposals import waiting

    desk = open_desk(snapshot, keys_folder(keys))
    permitted = permitted_here(casebook, config, keys, datetime.now(UTC))
    proposal, grounds, wish, _ = waiting(desk, plan, permitted=permitted)
    found = make_plan(desk, grounds, wish, datetime.now(UTC))
    with _shown(session, found, grounds.policy, show_ids=show_ids, as_json=as_json) as said:
        fitting(found, proposal.plan)
        _confirm(yes, "Approve this?")
        done = approve(
            desk, proposal.plan, by=by or login(), now=datetime.now(UTC), permitted=permitted
        )
        said["done"] = done
    _finish(session, desk, grounds.policy, done, as_json)


for _more in (
    refuse_command,
    withdraw_command,
    undo_command,
    list_command,
    show_command,
    settle_command,
    outbox_command,
):
    command.add_command(_more)


@contextmanager
def _shown(
    session: Session, plan: Plan, policy: Policy, *, show_ids: bool, as_json: bool
) -> Iterator[dict[str, object]]:
    """Show a plan; as JSON in one piece with what came of it, however that ends."""
    from revenuer.cli.show.enforce import plain_plan, print_plan
    from revenuer.cli.show.json_text import print_json

    if not as_json:
        print_plan(plan, policy, session.stdout(), show_ids=show_ids)
        yield {}
        return
    said: dict[str, object] = {"plan": plain_plan(plan, policy, show_ids=show_ids), "done": None}
    try:
        yield said
    finally:
        print_json(said)


def _confirm(yes: bool, question: str) -> None:
    """Go on only where a person says so, here or by `--yes`."""
    if yes:
        return
    if sys.stdin.isatty() and click.confirm(question, err=True):
        return
    click.echo("Nothing was done: nobody said yes (--yes).", err=True)
    raise click.exceptions.Exit(Exit.UNDECIDED)


def _finish(session: Session, desk: Desk, policy: Policy, done: Done, as_json: bool) -> None:
    from revenuer.cli.show.enforce import print_done

    if not as_json:
        print_done(done, session.stdout())
    if done.missing:
        raise click.exceptions.Exit(Exit.UNDECIDED)
    send_webhooks(session, desk, policy)
