"""What the commands of `revenuer enforce` share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from revenuer.cli.inputs import keys_folder, policy_option
from revenuer.cli.session import Session

if TYPE_CHECKING:
    from revenuer.app.desk import Desk
    from revenuer.guard.policy import Policy

snapshot_option = click.option(
    "--snapshot",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="REVENUER_SNAPSHOT",
    required=True,
    metavar="FILE",
    help="The snapshot that guards look up; decisions lie beside it, in FILE.docket.",
)
by_option = click.option("--by", metavar="NAME", help="Who does this; your login name without it.")
yes_option = click.option("--yes", is_flag=True, help="Do it without asking.")
show_ids_option = click.option(
    "--show-ids", is_flag=True, help="Name accounts by their ids instead of fingerprints."
)
known_policy = policy_option("The policy; without it, the one that was named last.")


def desk_and_policy(
    snapshot: Path, keys: Path | None, policy_file: Path | None
) -> tuple[Desk, Policy]:
    """Where decisions about a snapshot are made, and the policy that holds there."""
    from revenuer.app.desk import open_desk
    from revenuer.errors import NotFoundError
    from revenuer.store.docket import docket_of

    if not docket_of(snapshot).exists:
        raise NotFoundError(
            f"Nothing was decided about {snapshot} yet.", "`revenuer enforce CAMPAIGN` decides."
        )
    desk = open_desk(snapshot, keys_folder(keys))
    return desk, desk.policy(policy_file)


def send_webhooks(session: Session, desk: Desk, policy: Policy) -> None:
    """Send webhooks at once; what fails stays in the outbox, and is said."""
    from revenuer.app.delivery import deliver
    from revenuer.reports.wording import counted

    sent = deliver(desk, policy)
    for problem in sent.problems:
        session.say(f"Webhook {problem}.")
    if sent.waiting:
        session.say(
            f"{counted(sent.waiting, 'webhook')} waiting; `revenuer enforce settle` sends what is "
            "due."
        )
