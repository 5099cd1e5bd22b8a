"""Options that the commands on the casebook have in common."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from revenuer.cli.enforce_options import by_option
from revenuer.cli.inputs import keys_folder, keys_option, settings_from
from revenuer.cli.share_options import config_file_option
from revenuer.errors import ConfigError

if TYPE_CHECKING:
    from revenuer.app.casebook.add import Added
    from revenuer.app.casebook.following import Followed
    from revenuer.app.casebook.opening import Casebook
    from revenuer.casework.roles import Actor
    from revenuer.cli.session import Session
    from revenuer.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])

NEEDED = ("alembic", "sqlalchemy")
FILE = "casebook.sqlite"

casebook_option = click.option(
    "--casebook",
    "url",
    envvar="REVENUER_CASEBOOK_URL",
    metavar="URL",
    help="Database of the casebook, sqlite:///FILE or postgresql+pg8000://USER@HOST/NAME; the "
    "user's own without it.",
)
book_option = click.option(
    "--casebook",
    "casebook",
    metavar="URL",
    help="Add what is found to this casebook, sqlite:///FILE or postgresql+pg8000://USER@HOST/NAME.",
)
case_argument = click.argument("case", metavar="CASE")
why_option = click.option(
    "--why",
    required=True,
    metavar="TEXT",
    help="The reason; it is sealed, and shown with the case.",
)
version_option = click.option(
    "--version",
    "version",
    type=int,
    metavar="N",
    help="Only if the case is still at this version, as `casebook show` printed it.",
)


class CasebookInputs(TypedDict):
    """Which casebook, and who works with it: what `casebook_options` give a command."""

    url: str | None
    by: str | None
    config: Path | None
    keys: Path | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A casebook and who works with it from the command line.

    Attributes:
        casebook: Opened.
        actor: Who.
        settings: In force.
        now: When the command began.
    """

    casebook: Casebook
    actor: Actor
    settings: Settings
    now: datetime


def casebook_options(command: F) -> F:
    """Give a command the options that say which casebook, and who works with it.

    It is called with `url`, `by`, `config` and `keys`, which `opened` takes.
    """
    return casebook_option(by_option(config_file_option(keys_option(command))))


def opened(url: str | None, by: str | None, config: Path | None, keys: Path | None) -> Opened:
    """Open the casebook that options and settings name.

    Raises:
        ConfigError: Its packages are not installed, or it cannot be opened.
        NotAllowedError: Whoever asks does not work with it.
    """
    need_casebook()
    from revenuer.app.casebook.opening import open_casebook
    from revenuer.app.casebook.people import actor_here
    from revenuer.app.desk import login

    settings = settings_from(config).settings
    casebook = open_casebook(casebook_url(settings, url), keys_folder(keys))
    if (ctx := click.get_current_context(silent=True)) is not None:
        ctx.call_on_close(casebook.database.close)
    who = login()
    return Opened(casebook, actor_here(casebook, by or who, who), settings, datetime.now(UTC))


def take_into(
    at: Opened,
    folders: Sequence[Path],
    states: Sequence[Path],
    session: Session,
    *,
    quiet: bool = False,
) -> tuple[Added, ...]:
    """Take findings into a casebook and say what followed; of what was added only if not quiet."""
    from revenuer.app.casebook.following import bare_desk, take_in

    done = take_in(
        bare_desk(at.casebook),
        folders,
        at.settings.casebook.snapshots,
        actor=at.actor,
        now=datetime.now(UTC),
        states=states,
    )
    for one in () if quiet else done.added:
        session.say(one.summary)
    say_followed(done.followed, session)
    return done.added


def say_followed(done: Followed, session: Session) -> None:
    """Say what followed from findings, and what could not be read."""
    for problem in done.synced.problems:
        session.say(f"What cannot be read: {problem}")
    if done.summary:
        session.say(done.summary)


def need_casebook() -> None:
    """Go on only with what the casebook needs.

    Raises:
        ConfigError: Its packages are not installed.
    """
    if any(importlib.util.find_spec(name) is None for name in NEEDED):
        raise ConfigError(
            "The packages of the casebook are not installed.", "Install `revenuer[casebook]`."
        )


def beside_casebook(whose: str) -> Callable[[F], F]:
    """Give a command that works without a casebook too `--casebook` and `--config`.

    It is called with `casebook` and `config`, which `configured_casebook` takes.

    Args:
        whose: What of the casebook is taken into account.
    """
    option = click.option(
        "--casebook",
        "casebook",
        envvar="REVENUER_CASEBOOK_URL",
        metavar="URL",
        help=f"{whose}; without it the one that the settings name, or the user's own if there is "
        "one.",
    )
    return lambda command: option(config_file_option(command))


def configured_casebook(url: str | None, config: Path | None, keys: Path | None) -> str | None:
    """The URL of the casebook that a command takes into account if there is one; None without.

    The user's own stands beside the user's own keys, and is not made for this.

    Raises:
        ConfigError: Its packages are not installed.
    """
    settings = settings_from(config).settings
    if not (url or settings.casebook.url):
        own = Path(click.get_app_dir("revenuer"))
        if keys_folder(keys).resolve() != own.resolve() or not (own / FILE).exists():
            return None
    need_casebook()
    return casebook_url(settings, url)


def casebook_url(settings: Settings, given: str | None) -> str:
    """The URL of the casebook; the user's own where nobody names one."""
    from revenuer.store.database import sqlite_url

    if given or settings.casebook.url:
        return given or settings.casebook.url
    return sqlite_url(Path(click.get_app_dir("revenuer")) / FILE)
