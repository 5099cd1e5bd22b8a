"""`revenuer verdicts`: what the guard looks up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.enforce_options import send_webhooks
from revenuer.cli.inputs import (
    json_option,
    keys_folder,
    keys_option,
    permits_place,
    policy_option,
    scan_option,
)
from revenuer.cli.session import Session, pass_session


@click.group("verdicts")
def command() -> None:
    """Publish the verdicts of a scan for the guard or a SIEM, and look into what is published."""


@command.command("publish")
@scan_option("scan", "The --out folder of a scan or of watch.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The snapshot; a guard sees the old one or the new one, whole.",
)
@policy_option("What is done about which verdict; without it, the defaults of docs/guard.md.")
@click.option(
    "--permits",
    metavar="FILE",
    callback=permits_place,
    help="Permits; nothing is published about holders.",
)
@click.option(
    "--accounts", metavar="FILE", help="The accounts table, for what concerns organizations."
)
@keys_option
@json_option
@pass_session
def publish_command(
    session: Session,
    scan: Path,
    out: Path,
    policy_file: Path | None,
    permits: str | None,
    accounts: str | None,
    keys: Path | None,
    as_json: bool,
) -> None:
    """Write the verdicts of a scan to FILE, signed, for the guard.

    Only convicted campaigns are in it, unless the policy says otherwise; never a cleared one, and
    never a holder of a permit. FILE names no account. The guard's host needs the two files beside
    it, FILE.pub and FILE.fingerprint-key; the signing key stays in the folder of the keys. What
    was decided with `enforce` stays in force.
    """
    from revenuer.app.desk import open_desk
    from revenuer.app.guard_policy import load_policy
    from revenuer.app.verdicts import publish
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.verdicts import print_published

    policy = None if policy_file is None else load_policy(policy_file)
    done = publish(
        scan,
        out=out,
        keys=keys_folder(keys),
        now=datetime.now(UTC),
        policy=policy,
        permits=permits,
        accounts=accounts,
        policy_file=policy_file,
    )
    for key in done.made_keys:
        session.say(f"{key} is a new secret key; keep it where verdicts are published.")
    for note in done.notes:
        session.say(f"Note: {note}.")
    if as_json:
        print_json(done)
    else:
        print_published(done, session.stdout())
    if policy is not None and policy.webhooks:
        send_webhooks(session, open_desk(out, keys_folder(keys)), policy)


@command.command("show")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="KEY",
    help="The key whose signature counts; without it, FILE.pub.",
)
@json_option
@pass_session
def show_command(session: Session, file: Path, public_key: Path | None, as_json: bool) -> None:
    """Say what is in the snapshot FILE: how many verdicts, how old, asking for what."""
    from revenuer.app.verdicts import show
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.verdicts import print_shown

    shown = show(file, now=datetime.now(UTC), public_key=public_key)
    if as_json:
        print_json(shown)
    else:
        print_shown(shown, session.stdout())


@command.command("findings")
@scan_option("scan", "The --out folder of a scan or of watch.")
def findings_command(scan: Path) -> None:
    """Print the campaigns of a scan as OCSF Detection Findings, a line of JSON each.

    For a SIEM: class 2004 of OCSF 1.9.0. They name no account.
    """
    import msgspec

    from revenuer.app.saved import read_findings
    from revenuer.guard.ocsf import finding_of_campaign

    now = datetime.now(UTC)
    for campaign in read_findings(scan).campaigns:
        click.echo(msgspec.json.encode(finding_of_campaign(campaign, now)))
