"""`revenuer audit`: whether the audit log is as it was written."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session

file_argument = click.argument(
    "file",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="[FILE]",
)
snapshot_option = click.option(
    "--snapshot",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="REVENUER_SNAPSHOT",
    metavar="SNAPSHOT",
    help="Instead of FILE: the snapshot whose decisions the log is about.",
)
key_option = click.option(
    "--public-key",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="KEY",
    help="The key whose signatures count; without it, FILE.pub or that of the snapshot.",
)


@click.group("audit")
def command() -> None:
    """Check that the log of decisions is as it was written, and read it."""


@command.command("verify")
@file_argument
@snapshot_option
@key_option
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    metavar="NUMBER:HASH",
    help="An entry that others were told of, and that must be there; may be repeated.",
)
@json_option
@pass_session
def verify_command(
    session: Session,
    file: Path | None,
    snapshot: Path | None,
    public_key: Path | None,
    witnesses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Look at every byte of the audit log FILE; any change is named, and ends with code 1.

    What is printed as witness can be kept elsewhere: whoever replaces the whole log by an older
    one cannot make it fit.
    """
    from revenuer.app.audit import verify
    from revenuer.cli.show.audit import print_audited, refuse_flaws
    from revenuer.cli.show.json_text import print_json

    found = verify(_log(file, snapshot), public_key=public_key, witnesses=witnesses)
    if as_json:
        print_json(found)
    else:
        print_audited(found, session.stdout())
    refuse_flaws(found)


@command.command("show")
@file_argument
@snapshot_option
@key_option
@json_option
@pass_session
def show_command(
    session: Session,
    file: Path | None,
    snapshot: Path | None,
    public_key: Path | None,
    as_json: bool,
) -> None:
    """Print the steps in the audit log FILE, oldest first."""
    from revenuer.app.audit import read
    from revenuer.cli.show.audit import print_entries
    from revenuer.cli.show.json_text import print_json

    entries = read(_log(file, snapshot), public_key=public_key)
    if as_json:
        print_json(entries)
    else:
        print_entries(entries, session.stdout())


def _log(file: Path | None, snapshot: Path | None) -> Path:
    from revenuer.app.audit import audit_log_of

    if file is not None:
        return file
    if snapshot is None:
        raise click.UsageError("Name the audit log, or the snapshot that it is about.")
    return audit_log_of(snapshot)
