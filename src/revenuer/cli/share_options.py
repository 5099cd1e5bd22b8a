"""Options that the commands of `revenuer share` have in common."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from revenuer.cli.exits import Exit
from revenuer.cli.inputs import json_option, keys_folder, keys_option, settings_from
from revenuer.cli.session import Session
from revenuer.errors import ConfigError

if TYPE_CHECKING:
    from revenuer.app.sharing.record import Recorder
    from revenuer.app.sharing.state import ShareState
    from revenuer.settings import ShareSettings
    from revenuer.sharing.http_client import Peer

F = TypeVar("F", bound=Callable[..., Any])

LABELS = ("clear", "green", "amber", "amber+strict", "red")
"""Of the Traffic Light Protocol, the widest circle first."""
OF_FILES = LABELS[:-1]
"""What is for named receivers only goes to none whom a file would not name."""
NEEDED = ("httpx", "sqlalchemy", "starlette", "uvicorn")

state_option = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Sets share.folder for this run: where collections, tokens and the audit log are.",
)
name_option = click.option(
    "--as",
    "name",
    envvar="REVENUER_SHARE_NAME",
    metavar="NAME",
    help="Sets share.name for this run: what you call yourself in it.",
)
config_file_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="REVENUER_CONFIG",
    metavar="FILE",
    help="Settings; without it, revenuer.toml in this folder if there is one.",
)


def up_to_option(said: str, default: str, labels: Sequence[str] = LABELS) -> Callable[[F], F]:
    """The option for the strictest label that may pass.

    Args:
        said: Which one that is, to follow "the strictest TLP label that".
        default: Without the option.
        labels: To choose from.
    """
    return click.option(
        "--up-to",
        type=click.Choice(labels),
        default=default,
        show_default=True,
        help=f"The strictest TLP label that {said}.",
    )


def exported_options(out: str, readers: str) -> Callable[[F], F]:
    """The options of commands that give exported bundles another form.

    Args:
        out: Help for the folder.
        readers: Who reads it, to follow "those who".
    """
    from_option = click.option(
        "--from",
        "bundles",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        multiple=True,
        required=True,
        metavar="FILE",
        help="A bundle that `share export` wrote; may be repeated.",
    )
    out_option = click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        required=True,
        metavar="DIR",
        help=out,
    )
    up_to = up_to_option(f"those who {readers} may see", "amber", OF_FILES)
    return lambda command: from_option(out_option(up_to(json_option(command))))


def state_options(command: F) -> F:
    """Give a command the options that say where sharing is kept."""
    return state_option(config_file_option(keys_option(command)))


_PEER_OPTIONS = (
    click.option(
        "--token-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Holds our token there; without it, the variable REVENUER_SHARE_TOKEN.",
    ),
    click.option("--user", default="", metavar="NAME", help="Our name, where Basic is wanted."),
    click.option("--ca", "ca_file", default="", metavar="FILE", help="Authorities to trust (PEM)."),
    click.option(
        "--certificate",
        default="",
        metavar="FILE",
        help="Our client certificate and its key (PEM).",
    ),
)


def peer_options(command: F) -> F:
    """Give a command the options that say how we are known to a server."""
    for option in reversed(_PEER_OPTIONS):
        command = option(command)
    return command


def peer_from(url: str, token_file: Path | None, user: str, ca_file: str, certificate: str) -> Peer:
    """Another operator's server, as the options name it.

    Raises:
        ConfigError: The token's file can be read by others.
    """
    from revenuer.app.sharing.peers import token_at
    from revenuer.sharing.http_client import Peer

    given = os.environ.get("REVENUER_SHARE_TOKEN", "")
    token = token_at(token_file) if token_file is not None else given
    return Peer(url, token, user, ca_file, certificate)


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


def own_name(name: str | None, config: Path | None) -> str:
    """What the operator calls itself: as the option says, or else the setting."""
    return name or settings_from(config).settings.share.name


def share_state(state: Path | None, config: Path | None, keys: Path | None) -> ShareState:
    """Open the folder of sharing that the options and settings name."""
    need_share()
    from revenuer.app.sharing.state import open_state

    settings = settings_from(config).settings.share
    return open_state(share_folder(settings, state), keys_folder(keys), settings.database)


def recorder_at(
    session: Session, state: Path | None, config: Path | None, keys: Path | None
) -> Recorder:
    """What writes down what leaves; it needs no package of sharing."""
    from revenuer.app.sharing.record import open_recorder

    folder = share_folder(settings_from(config).settings.share, state)
    recorder = open_recorder(folder, keys_folder(keys))
    for key in recorder.made_keys:
        session.say(f"{key} is a new secret key; keep it, and keep it to yourself.")
    return recorder


def confirm_leaving(yes: bool) -> None:
    """On a terminal, go on only where a person says so."""
    if yes or not sys.stdin.isatty():
        return
    if not click.confirm("Does this leave?", err=True):
        click.echo("Nothing was written: nobody said yes.", err=True)
        raise click.exceptions.Exit(Exit.UNDECIDED)
