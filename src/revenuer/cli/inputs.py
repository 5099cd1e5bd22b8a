"""The options that many commands share: which logs, which settings, which output."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

if TYPE_CHECKING:
    from revenuer.config_file import Effective
    from revenuer.settings import Settings
    from revenuer.sources import EngineMaker

F = TypeVar("F", bound=Callable[..., Any])
CASEBOOK = "casebook"
"""In place of a file: take the casebook's own table, as it is now."""


def permits_place(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """The place of permits that `--permits` names; the casebook's are put in a file for a while."""
    if value != CASEBOOK:
        return value
    from revenuer.cli.casebook_tables import permits_file

    return str(permits_file(ctx))


def innocents_place(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    """The file that `--known-innocent` names; the casebook's list is put in one for a while."""
    if value is None or str(value) != CASEBOOK:
        if value is not None and not value.is_file():
            raise click.BadParameter(f"File {str(value)!r} does not exist.")
        return value
    from revenuer.cli.casebook_tables import innocents_file

    return innocents_file(ctx)


class LogInputs(TypedDict):
    """Which tables stand beside the exchanges, and how to read them."""

    accounts: str | None
    permits: str | None
    account_links: str | None
    column_map: str | None
    map_pairs: tuple[str, ...]
    log_format: str | None


exchanges_argument = click.argument("exchanges", nargs=-1, required=True, metavar="EXCHANGES...")

_LOG_OPTIONS = (
    click.option("--accounts", metavar="FILE", help="The accounts table."),
    click.option(
        "--permits",
        metavar="FILE",
        callback=permits_place,
        help="Declared legitimate use; `casebook` for the casebook's own permits.",
    ),
    click.option("--account-links", metavar="FILE", help="Attributes of accounts that change."),
    click.option(
        "--column-map",
        metavar="FILE",
        help="TOML that maps your columns to the contract's names.",
    ),
    click.option(
        "--map",
        "map_pairs",
        metavar="OURS=YOURS",
        multiple=True,
        help="Map one column, such as account_id=key_hash; may be repeated.",
    ),
    click.option(
        "--format",
        "log_format",
        metavar="NAME",
        help="Read as this log format instead of recognising it.",
    ),
)

config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="REVENUER_CONFIG",
    metavar="FILE",
    help="Settings; without it, revenuer.toml in this folder if there is one.",
)
engine_option = click.option(
    "--engine",
    metavar="NAME",
    help="Sets engine for this run: duckdb, clickhouse, spark, or a server's URL.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON to stdout instead of a table."
)
out_option = click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="DIR",
    help="Where the results go; DIR is overwritten.",
)


intel_option = click.option(
    "--intel",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="What peers say, as `share accept` leaves it; their word convicts nobody by itself.",
)
keys_option = click.option(
    "--keys",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="REVENUER_KEYS",
    metavar="DIR",
    help="Folder of the secret keys, made on first use; yours alone without it.",
)


def keys_folder(given: Path | None) -> Path:
    """The folder of the secret keys; the user's own without one."""
    return given or Path(click.get_app_dir("revenuer"))


def policy_option(help_: str) -> Callable[[F], F]:
    """The option `--policy`.

    Args:
        help_: What the command takes from it.
    """
    return click.option(
        "--policy",
        "policy_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help=help_,
    )


def scan_option(name: str, help_: str) -> Callable[[F], F]:
    """The option `--from`: the folder of a scan.

    Args:
        name: Of the parameter.
        help_: What the command takes from it.
    """
    return click.option(
        "--from",
        name,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        required=True,
        metavar="DIR",
        help=help_,
    )


def log_options(command: F) -> F:
    """Give a command the options of `LogInputs`."""
    for option in reversed(_LOG_OPTIONS):
        command = option(command)
    return command


def settings_from(config: Path | None, overrides: Mapping[str, Any] | None = None) -> Effective:
    """Read the settings in force for this run.

    Args:
        config: The file named on the command line.
        overrides: Key with dots to value; None means not given.

    Returns:
        Settings and where each comes from.
    """
    from revenuer.config_file import load_settings

    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    return load_settings(config, environment=os.environ, folder=Path.cwd(), overrides=given)


def engine_from(settings: Settings) -> EngineMaker | None:
    """What starts the engine that the settings name; None for DuckDB."""
    from revenuer.wiring import engine_maker

    return engine_maker(settings.engine, os.environ)
