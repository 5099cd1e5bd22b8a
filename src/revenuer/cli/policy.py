"""`revenuer policy`: what the guard is told to do, checked and tried out before it does it."""

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
    scan_option,
    settings_from,
)
from revenuer.cli.session import Session, pass_session

file_argument = click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE"
)


@click.group("policy")
def command() -> None:
    """Check what the guard is told to do, and try it out on logs."""


@command.command("check")
@file_argument
@json_option
@pass_session
def check(session: Session, file: Path, as_json: bool) -> None:
    """Say what the policy in FILE means, or everything that is wrong with it."""
    from revenuer.app.guard_policy import load_policy
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.policy import plain_policy, print_policy

    policy = load_policy(file)
    if as_json:
        print_json(plain_policy(policy))
    else:
        print_policy(policy, session.stdout())


@command.command("replay")
@file_argument
@exchanges_argument
@scan_option("scan", "The --out folder of a scan, for its verdicts.")
@log_options
@engine_option
@config_option
@json_option
@pass_session
def replay_command(
    session: Session,
    file: Path,
    exchanges: tuple[str, ...],
    scan: Path,
    engine: str | None,
    config: Path | None,
    as_json: bool,
    **logs: Unpack[LogInputs],
) -> None:
    """Say what the policy in FILE would have done to EXCHANGES; innocents first.

    The exchanges are decided on in the order of their time, by the same core as live, as if the
    verdicts in DIR had been in force from the first to the last. Nothing is written.
    """
    from revenuer.app.guard_policy import load_policy
    from revenuer.app.opening import open_with
    from revenuer.app.replay import replay
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.policy import plain_replay, print_replay

    settings = settings_from(config, {"engine": engine}).settings
    progress = session.progress()
    found = replay(
        lambda work: open_with(
            exchanges, **logs, engine=engine_from(settings), workdir=work, progress=progress
        ),
        policy=load_policy(file),
        scan=scan,
        progress=progress,
        permits=logs["permits"],
        accounts=logs["accounts"],
    )
    if as_json:
        print_json(plain_replay(found))
    else:
        print_replay(found, session.stdout())
