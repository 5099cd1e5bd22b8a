"""Options that the commands of `revenuer provenance` have in common."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revenuer.cli.inputs import keys_folder, keys_option

if TYPE_CHECKING:
    from revenuer.app.provenance.registering import Registry

F = TypeVar("F", bound=Callable[..., Any])

folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="REVENUER_PROVENANCE",
    metavar="DIR",
    help="Where commitments, their secrets and the audit log are; among your keys without it.",
)
commitment_argument = click.argument("commitment", metavar="COMMITMENT")
tokenizer_option = click.option(
    "--tokenizer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="tokenizer.json of the model, where answers come as text.",
)
private_out_option = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="A new file, which you alone can read.",
)


def file_option(name: str, help_: str) -> Callable[[F], F]:
    """An option that names a file that is there.

    Args:
        name: With its dashes.
        help_: What it holds.
    """
    return click.option(
        name,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help=help_,
    )


def registry_options(command: F) -> F:
    """Give a command `--folder` and `--keys`."""
    return folder_option(keys_option(command))


def opened(folder: Path | None, keys: Path | None) -> Registry:
    """The folder of provenance that is named, or the user's own."""
    from revenuer.app.provenance.registering import open_registry

    secret = keys_folder(keys)
    return open_registry(folder or secret / "provenance", secret)


def named_files(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> dict[str, Path]:
    """Files by the name that stands before each, as in NAME=FILE."""
    found: dict[str, Path] = {}
    for value in values:
        name, equals, file = value.partition("=")
        if not equals or not name or name in found:
            raise click.BadParameter(f"{value!r} is no NAME=FILE with a name of its own.")
        if not Path(file).is_file():
            raise click.BadParameter(f"File {file!r} does not exist.")
        found[name] = Path(file)
    return found


def ids_of(file: Path | None) -> list[str]:
    """The account ids of a file, one a line."""
    lines = [] if file is None else file.read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip()]
