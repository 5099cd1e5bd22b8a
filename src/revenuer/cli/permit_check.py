"""`revenuer permit check`: count what was used against permits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from revenuer.cli.casebook_options import CasebookInputs, Opened, casebook_options, opened
from revenuer.cli.inputs import engine_from, engine_option, json_option
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    import polars as pl


@click.command("check")
@click.option(
    "--from",
    "scan",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The --out folder of a scan or of watch that was told of the permits.",
)
@click.option(
    "--logs", multiple=True, metavar="EXCHANGES", help="Logs to count in; may be repeated."
)
@click.option("--accounts", metavar="FILE", help="With --logs: the accounts table.")
@engine_option
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    scan: Path | None,
    logs: tuple[str, ...],
    accounts: str | None,
    engine: str | None,
    as_json: bool,
    **where: Unpack[CasebookInputs],
) -> None:
    """Count what holders of permits used, and say which permits are outgrown.

    `casebook add` does the same with each folder. A day that is counted again counts once.
    """
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.permits import plain_checked, print_checked

    at = opened(**where)
    from revenuer.app.casebook.permit_check import check_permits

    use = _counted(at, logs, accounts, engine, session) if logs else None
    done = check_permits(at.casebook, folder=scan, use=use, actor=at.actor, now=at.now)
    if as_json:
        print_json(plain_checked(done))
    else:
        print_checked(done, session.stdout())


def _counted(
    at: Opened, logs: tuple[str, ...], accounts: str | None, engine: str | None, session: Session
) -> pl.DataFrame:
    from dataclasses import replace

    from revenuer.app.casebook.permit_check import permits_table
    from revenuer.app.permit_use import use_in_logs

    settings = at.settings if engine is None else replace(at.settings, engine=engine)
    return use_in_logs(
        logs,
        permits=permits_table(at.casebook, actor=at.actor, now=at.now),
        accounts=accounts,
        engine=engine_from(settings),
        progress=session.progress(),
    )
