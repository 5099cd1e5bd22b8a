"""`revenuer share verify`: whether a report is as it was signed."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option


@click.command("verify")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE...",
)
@click.option(
    "--public-key",
    "key",
    required=True,
    metavar="KEY",
    help="The reporter's: a file, or the 64 hexadecimal digits in the report.",
)
@json_option
def command(files: tuple[Path, ...], key: str, as_json: bool) -> None:
    """Look whether a report, its manifest and the files that it rests on are as they were signed.

    One FILE is the manifest that `revenuer share report` wrote; the others are what came with it.
    Nothing but the public key is needed: get it from the reporter another way than the
    report. Any change of any byte is named, and ends with code 1; files that the manifest names and
    that were not given are listed.
    """
    from revenuer.app.sharing.custody import verify
    from revenuer.cli.show.json_text import print_json
    from revenuer.errors import AuditError
    from revenuer.reports.wording import counted

    found = verify(files, key)
    if as_json:
        print_json(found)
    else:
        for one in found.looked:
            click.echo(f"{one.path}: {'; '.join(one.flaws) or 'as it was signed'}")
        for name in found.not_given:
            click.echo(f"{name}: not given, not looked at")
        for entry in found.entries:
            click.echo(f"entry {entry}")
    wrong = [one for one in found.looked if one.flaws]
    if wrong:
        raise AuditError(
            f"{counted(len(wrong), 'file')} of {len(found.looked)} not as signed.",
            "Ask the reporter for the files, and for the key, another way.",
        )
