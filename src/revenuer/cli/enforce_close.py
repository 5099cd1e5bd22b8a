"""`revenuer enforce refuse | withdraw`: plans that come to nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revenuer.cli.enforce_options import by_option, desk_and_policy, snapshot_option
from revenuer.cli.inputs import json_option, keys_option
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    from revenuer.casework.decisions import Proposal

F = TypeVar("F", bound=Callable[..., Any])


def _close_options(command: F) -> F:
    why = click.option(
        "--why", required=True, metavar="TEXT", help="The reason, for the audit log."
    )
    argument = click.argument("plan", metavar="PLAN")
    return argument(snapshot_option(keys_option(why(by_option(json_option(command))))))


@click.command("refuse")
@_close_options
@pass_session
def refuse_command(
    session: Session,
    plan: str,
    snapshot: Path,
    keys: Path | None,
    why: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Refuse the plan that waits under the digest PLAN: nobody approves it any more.

    Whoever may approve it may refuse it; who proposed it withdraws it instead.
    """
    from revenuer.app.closing_plans import refuse
    from revenuer.app.desk import login

    desk, _ = desk_and_policy(snapshot, keys, None)
    _show(session, refuse(desk, plan, by=by or login(), why=why, now=datetime.now(UTC)), as_json)


@click.command("withdraw")
@_close_options
@pass_session
def withdraw_command(
    session: Session,
    plan: str,
    snapshot: Path,
    keys: Path | None,
    why: str,
    by: str | None,
    as_json: bool,
) -> None:
    """Withdraw the plan that waits under the digest PLAN; only who proposed it may."""
    from revenuer.app.closing_plans import withdraw
    from revenuer.app.desk import login

    desk, _ = desk_and_policy(snapshot, keys, None)
    _show(session, withdraw(desk, plan, by=by or login(), why=why, now=datetime.now(UTC)), as_json)


def _show(session: Session, closed: Proposal, as_json: bool) -> None:
    from revenuer.cli.show.enforce import print_list
    from revenuer.cli.show.json_text import print_json

    if as_json:
        print_json(closed)
    else:
        print_list((), [closed], datetime.now(UTC), session.stdout())
