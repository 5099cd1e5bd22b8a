"""`revenuer pivot`: from an account or a token to its neighbours."""

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


@click.command("pivot")
@click.argument("target", metavar="ACCOUNT|TOKEN")
@exchanges_argument
@log_options
@engine_option
@config_option
@json_option
@pass_session
def command(
    session: Session,
    target: str,
    exchanges: tuple[str, ...],
    engine: str | None,
    config: Path | None,
    as_json: bool,
    **logs: Unpack[LogInputs],
) -> None:
    """Walk from a known account, or a shared token, to its neighbours in EXCHANGES.

    Several accounts are given with commas. Neighbours come in the order of how rare the things are
    that they share with the target.
    """
    from revenuer.app.pivot import pivot
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.pivot import print_pivot

    settings = settings_from(config, {"engine": engine}).settings
    found = pivot(
        target,
        exchanges=exchanges,
        settings=settings,
        engine=engine_from(settings),
        progress=session.progress(),
        **logs,
    )
    if as_json:
        print_json(found)
    else:
        print_pivot(found, session.stdout())
