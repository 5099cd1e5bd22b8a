"""Options that the commands of `revenuer share` have in common."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revenuer.cli.inputs import keys_folder, keys_option, settings_from
from revenuer.errors import ConfigError

if TYPE_CHECKING:
    from revenuer.app.sharing.state import ShareState
    from revenuer.settings import ShareSettings

F = TypeVar("F", bound=Callable[..., Any])

NEEDED = ("httpx", "sqlalchemy", "starlette", "uvicorn")

state_option = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Sets share.folder for this run: where collections, tokens and the audit log are.",
)
config_file_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="REVENUER_CONFIG",
    metavar="FILE",
    help="Settings; without it, revenuer.toml in this folder if there is one.",
)


def state_options(command: F) -> F:
    """Give a command the options that say where sharing is kept."""
    return state_option(config_file_option(keys_option(command)))


def need_share() -> None:
    """Go on only where the packages of sharing are installed.

    Raises:
        ConfigError: They are not.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise ConfigError(
            "The packages of sharing are not installed.", "Install `revenuer[share]`."
        )


def share_folder(settings: ShareSettings, given: Path | None) -> Path:
    """The folder of sharing; the user's own where nobody names one."""
    if given is not None:
        return given
    return (
        Path(settings.folder) if settings.folder else Path(click.get_app_dir("revenuer"), "share")
    )


def share_state(state: Path | None, config: Path | None, keys: Path | None) -> ShareState:
    """Open the folder of sharing that the options and settings name."""
    need_share()
    from revenuer.app.sharing.state import open_state

    settings = settings_from(config).settings.share
    return open_state(share_folder(settings, state), keys_folder(keys), settings.database)
