"""`revenuer casebook places`: folders and files in which accounts may be named."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.casebook_options import casebook_options, opened
from revenuer.cli.inputs import json_option
from revenuer.cli.records_options import around_of, snapshots_option, state_option
from revenuer.cli.session import Session, pass_session

KINDS = ("scan", "scan-state", "watch", "intel", "known-innocent", "shared", "snapshot")


@click.command("places")
@click.option(
    "--add",
    "added",
    nargs=2,
    type=(click.Choice(KINDS), click.Path(path_type=Path)),
    multiple=True,
    metavar="KIND PATH",
    help=f"Note another; KIND is one of {', '.join(KINDS)}. May be repeated.",
)
@snapshots_option
@state_option
@json_option
@casebook_options
@pass_session
def command(
    session: Session,
    added: tuple[tuple[str, Path], ...],
    snapshots: tuple[Path, ...],
    share: Path | None,
    as_json: bool,
    url: str | None,
    by: str | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Print where accounts may be named, as far as the casebook knows: an erasure looks there.

    Folders of scans that cases were made from, and snapshots and the folder of sharing that
    the settings name, are known without being added.
    """
    at = opened(url, by, config, keys)
    from revenuer.app.casebook.places import NOT_REACHED, note_place, places_around
    from revenuer.cli.show.json_text import print_json

    for kind, place in added:
        note_place(at.casebook, kind, place, actor=at.actor, now=at.now)
    with at.casebook.reading() as connection:
        found = places_around(connection, around_of(at, keys, snapshots, share))
    if as_json:
        print_json([{"kind": kind, "place": str(place)} for kind, place in found])
        return
    for kind, place in found:
        click.echo(f"{kind:<14} {place}")
    for text in NOT_REACHED:
        session.say(f"Not reached from here: {text}.")
