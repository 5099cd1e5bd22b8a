"""`revenuer casebook add`: what a scan or a watch found becomes cases."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from revenuer.cli.casebook_options import casebook_options, opened, take_into
from revenuer.cli.casebook_text_options import TextInputs, beside_of, logs_option
from revenuer.cli.inputs import engine_from, json_option, log_options
from revenuer.cli.session import Session, pass_session


@click.command("add")
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR...",
)
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The --state folder that the scan or watch had: an erasure looks there too. May be "
    "repeated.",
)
@logs_option
@log_options
@casebook_options
@json_option
@pass_session
def command(
    session: Session,
    folders: tuple[Path, ...],
    states: tuple[Path, ...],
    logs: tuple[str, ...],
    as_json: bool,
    **more: Unpack[TextInputs],
) -> None:
    """Add what scans or watches left in DIR, their --out folders.

    A campaign that is known makes its case grow; a new one opens a case. Adding the same again
    changes nothing. A folder is added as a whole or not at all. Then decisions about the snapshots
    of the setting casebook.snapshots are taken over, and admission learns whom the newest convicts.
    """
    from revenuer.cli.show.cases import plain_added, print_added
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.permits import print_checked

    at = opened(more["url"], more["by"], more["config"], more["keys"])
    done = take_into(at, folders, states, session, quiet=True)
    if as_json:
        print_json([plain_added(one) for one in done])
    else:
        print_added(done, session.stdout())
        for one in done:
            if one.permits is not None and (one.permits.new or one.permits.expired):
                print_checked(one.permits, session.stdout())
    if logs:
        from revenuer.app.casebook.texts import keep_texts

        kept = keep_texts(
            at.casebook,
            [case for one in done for case in (*one.opened, *one.grown)],
            logs,
            actor=at.actor,
            now=at.now,
            settings=at.settings,
            beside=beside_of(more),
            engine=engine_from(at.settings),
            progress=session.progress(),
        )
        session.say(f"The texts of {sum(one.new for one in kept):,} more exchanges are kept.")
