"""`revenuer compliance`: drafts of policy, data-protection assessment and processing record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from revenuer.cli.inputs import config_option, out_option, policy_option, settings_from


@click.command("compliance")
@out_option
@policy_option("The enforcement policy, whose ladder and appeals are filled in.")
@click.option(
    "--as",
    "name",
    envvar="REVENUER_SHARE_NAME",
    default="A model provider",
    show_default=True,
    metavar="NAME",
    help="What you call yourself in them.",
)
@config_option
def command(out: Path, policy_file: Path | None, name: str, config: Path | None) -> None:
    """Write drafts of what you publish and file: policy, assessment, processing record.

    What this software does is filled in from the settings, the schema, the detectors' cards and
    the enforcement policy; what only you know is marked TO FILL IN.
    """
    from revenuer.app.compliance import write_compliance

    settings = settings_from(config).settings
    now = datetime.now(UTC)
    done = write_compliance(out, settings=settings, operator=name, now=now, policy=policy_file)
    for path, left in done.items():
        click.echo(f"{path}: {left} places to fill in")
