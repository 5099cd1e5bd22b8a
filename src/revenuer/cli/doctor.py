"""`revenuer doctor`: what a log can show, column by column and detector by detector."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

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


@click.command("doctor")
@exchanges_argument
@log_options
@engine_option
@config_option
@json_option
@pass_session
def command(
    session: Session,
    exchanges: tuple[str, ...],
    engine: str | None,
    config: Path | None,
    as_json: bool,
    **logs: Unpack[LogInputs],
) -> None:
    """Say how well EXCHANGES can be judged.

    For each column: how many rows have it, how many different values, and the commonest. For each
    detector: whether it can run, and if not, which column it lacks.
    """
    from revenuer.app.doctor import doctor
    from revenuer.cli.show.doctor import print_doctor
    from revenuer.cli.show.json_text import print_json

    settings = settings_from(config, {"engine": engine}).settings
    found = doctor(
        exchanges,
        settings=settings,
        engine=engine_from(settings),
        progress=session.progress(),
        **logs,
    )
    if as_json:
        print_json(found)
    else:
        print_doctor(found, session.stdout())
