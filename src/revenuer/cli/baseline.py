"""`revenuer baseline`: what is ordinary here, and whether it still is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from revenuer.cli.exits import Exit
from revenuer.cli.inputs import (
    LogInputs,
    config_option,
    engine_from,
    engine_option,
    exchanges_argument,
    json_option,
    log_options,
    settings_from,
)
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    from revenuer.app.baseline import Open
    from revenuer.app.progress import Progress
    from revenuer.settings import Settings

content_free_option = click.option(
    "--content-free", is_flag=True, help="Look at no text, as the scans that it is for."
)


@click.group("baseline")
def command() -> None:
    """Keep what is ordinary here, and notice when it no longer is.

    `scan --baseline FILE` judges a log by the baseline and by its own ordinary use, and convicts
    nobody where `baseline check` fails.
    """


@command.command("fit")
@exchanges_argument
@log_options
@engine_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The baseline; it names no account and holds no text.",
)
@click.option(
    "--rewired",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Worlds with their links dealt out anew that are judged; none may convict.",
)
@content_free_option
@config_option
@json_option
@pass_session
def fit(
    session: Session,
    exchanges: tuple[str, ...],
    engine: str | None,
    out: Path,
    rewired: int,
    content_free: bool,
    config: Path | None,
    as_json: bool,
    **logs: Unpack[LogInputs],
) -> None:
    """Learn from EXCHANGES what ordinary use is, and write it to FILE."""
    from revenuer.app.baseline import fit_baseline
    from revenuer.cli.show.baseline import show_baseline

    settings = settings_from(config, {"engine": engine}).settings
    baseline = fit_baseline(
        _opening(exchanges, logs, settings, session.progress()),
        out=out,
        settings=settings,
        content_free=content_free,
        worlds=rewired,
        progress=session.progress(),
    )
    show_baseline(baseline, session, as_json=as_json)


@command.command("show")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@pass_session
def show(session: Session, file: Path, as_json: bool) -> None:
    """Say what the baseline in FILE was made from and what it promises."""
    from revenuer.app.baseline import read_baseline
    from revenuer.cli.show.baseline import show_baseline

    show_baseline(read_baseline(file), session, as_json=as_json)


@command.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("exchanges", nargs=-1, metavar="[EXCHANGES...]")
@log_options
@engine_option
@content_free_option
@config_option
@json_option
@pass_session
def check(
    session: Session,
    file: Path,
    exchanges: tuple[str, ...],
    engine: str | None,
    content_free: bool,
    config: Path | None,
    as_json: bool,
    **logs: Unpack[LogInputs],
) -> None:
    """Say whether EXCHANGES may be judged by the baseline in FILE.

    Exits with 4 where they may not: traffic has drifted, or the baseline never held. Without
    EXCHANGES, whether it held when it was fitted.
    """
    from revenuer.app.baseline import check_against, read_baseline
    from revenuer.campaigns.calibration import failing
    from revenuer.cli.show.baseline import show_checks

    if exchanges:
        settings = settings_from(config, {"engine": engine}).settings
        checks = check_against(
            file,
            _opening(exchanges, logs, settings, session.progress()),
            settings=settings,
            content_free=content_free,
            progress=session.progress(),
        )
    else:
        checks = read_baseline(file).checks
    show_checks(checks, session, as_json=as_json)
    if failing(checks):
        raise click.exceptions.Exit(Exit.BASELINE_FAILS)


def _opening(
    exchanges: tuple[str, ...], logs: LogInputs, settings: Settings, progress: Progress
) -> Open:
    """How the logs are opened, once there is a folder to work in."""
    from revenuer.app.opening import open_with

    engine = engine_from(settings)
    return lambda work: open_with(exchanges, **logs, engine=engine, workdir=work, progress=progress)
