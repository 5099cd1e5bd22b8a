"""`revenuer audit`: whether the audit log is as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from revenuer.cli.casebook_options import casebook_option, casebook_options, casebook_url, opened
from revenuer.cli.inputs import json_option, keys_folder, keys_option, settings_from
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import config_file_option

if TYPE_CHECKING:
    from revenuer.app.audit import Audited

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
@casebook_option
@config_file_option
@keys_option
@pass_session
def verify_command(
    session: Session,
    file: Path | None,
    snapshot: Path | None,
    public_key: Path | None,
    witnesses: tuple[str, ...],
    as_json: bool,
    url: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Look at every byte of the audit log FILE; any change is named, and ends with code 1.

    Without FILE and --snapshot it is the casebook's log, and after it the logs of the dockets
    that the casebook anchors. What is printed as witness can be kept elsewhere: whoever replaces
    the whole log by an older one cannot make it fit.
    """
    from revenuer.app.audit import audit_log_of, verify
    from revenuer.cli.show.audit import print_audited, refuse_flaws
    from revenuer.cli.show.json_text import print_json

    if file is not None or snapshot is not None:
        log = file if file is not None else audit_log_of(snapshot or Path())
        several = [verify(log, public_key=public_key, witnesses=witnesses)]
    else:
        several = _casebook_audited(url, config, keys, witnesses)
    if as_json:
        print_json(several[0] if len(several) == 1 else several)
    else:
        for found in several:
            print_audited(found, session.stdout())
    for found in several:
        refuse_flaws(found)


@command.command("show")
@file_argument
@snapshot_option
@key_option
@click.option("--case", default="", metavar="CASE", help="Only what is about one case.")
@json_option
@casebook_options
@pass_session
def show_command(
    session: Session,
    file: Path | None,
    snapshot: Path | None,
    public_key: Path | None,
    case: str,
    as_json: bool,
    by: str | None,
    url: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Print the steps in the audit log FILE, oldest first; without FILE the casebook's."""
    from revenuer.app.audit import audit_log_of, read
    from revenuer.cli.show.audit import print_entries
    from revenuer.cli.show.json_text import print_json

    if file is not None or snapshot is not None:
        log = file if file is not None else audit_log_of(snapshot or Path())
        entries = read(log, public_key=public_key)
    else:
        at = opened(url, by, config, keys)
        from revenuer.app.casebook.auditing import entries_about

        entries = entries_about(at.casebook, case, actor=at.actor)
    if as_json:
        print_json(entries)
    else:
        print_entries(entries, session.stdout())


@command.command("export")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@casebook_options
@pass_session
def export_command(
    session: Session,
    out: Path,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Write the casebook's audit log to FILE as JSON Lines, with its checkpoint and key beside it.

    `revenuer audit verify FILE` checks it without the casebook.
    """
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.auditing import export_log
    from revenuer.reports.wording import counted

    lines = export_log(at.casebook, out, actor=at.actor)
    session.say(f"{counted(lines, 'entry', 'entries')} in {out}.")


def _casebook_audited(
    url: str | None, config: Path | None, keys: Path | None, witnesses: tuple[str, ...]
) -> list[Audited]:
    from revenuer.app.casebook.auditing import look_at, verify_anchored, verify_casebook

    settings = settings_from(config).settings
    there = look_at(casebook_url(settings, url), keys_folder(keys))
    try:
        return [verify_casebook(there, witnesses), *verify_anchored(there)]
    finally:
        there.database.close()
