"""Options that the commands on appeals have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revenuer.cli.casebook_options import CasebookInputs, Opened, casebook_options, opened
from revenuer.cli.exits import Exit

if TYPE_CHECKING:
    from revenuer.app.casebook.appeal_work import Office

F = TypeVar("F", bound=Callable[..., Any])

appeal_argument = click.argument("appeal", metavar="APPEAL")
version_option = click.option(
    "--version",
    "version",
    type=int,
    metavar="N",
    help="Only if the appeal is still at this version, as `appeal show` printed it.",
)
preview_option = click.option(
    "--preview", is_flag=True, help="Print the letter alone; nothing is sent or decided."
)
_SNAPSHOT = click.option(
    "--snapshot",
    "snapshots",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="REVENUER_SNAPSHOT",
    metavar="FILE",
    help="A snapshot whose decisions can be appealed against, beside those of casebook.snapshots.",
)


class OfficeInputs(CasebookInputs):
    """What `office_options` give a command."""

    snapshots: tuple[Path, ...]


def office_options(command: F) -> F:
    """Give a command the options of `OfficeInputs`."""
    return _SNAPSHOT(casebook_options(command))


def text_options(what: str) -> Callable[[F], F]:
    """The options `--text` and `--file`, for words that may be long.

    Args:
        what: Whose words they are.
    """

    def give(command: F) -> F:
        text = click.option("--text", default="", metavar="TEXT", help=f"{what}; it is sealed.")
        file = click.option(
            "--file",
            type=click.File(encoding="utf-8"),
            metavar="FILE",
            help="The same, from a file; - for stdin.",
        )
        return text(file(command))

    return give


def words_of(text: str, file: Any) -> str:
    """The words that `--text` or `--file` give."""
    if text and file is not None:
        raise click.UsageError("Give --text or --file, not both.")
    return text if file is None else str(file.read())


def office_of(given: OfficeInputs) -> tuple[Office, Opened]:
    """Where appeals are heard, and who works there."""
    at = opened(given["url"], given["by"], given["config"], given["keys"])
    from revenuer.app.casebook.appeal_grounds import desks_of
    from revenuer.app.casebook.appeal_work import Office

    snapshots = dict.fromkeys([*given["snapshots"], *map(Path, at.settings.casebook.snapshots)])
    desks = tuple(desks_of(at.casebook, snapshots))
    return Office(at.casebook, desks, at.settings.appeals), at


def confirm(yes: bool, question: str) -> None:
    """Go on only where a person says so, here or by `--yes`."""
    if yes:
        return
    if sys.stdin.isatty() and click.confirm(question, err=True):
        return
    click.echo("Nothing was done: nobody said yes (--yes).", err=True)
    raise click.exceptions.Exit(Exit.UNDECIDED)
